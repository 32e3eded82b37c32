// Reads one call: `name = callee(arguments) = what it returns (remark)  # intent: callee`.

import { errnoNames, parseErrno } from '../../kernel-sim/abi/errno.ts';
import type { Call, Expectation } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseArguments, parseExpression } from './parse-expression.ts';
import { didYouMean } from './suggest.ts';

/** A call; without `calls` any callee will do. */
export function parseCall(cursor: Cursor, calls?: ReadonlySet<string>): Call {
  const start = cursor.peek().span;
  const bind = cursor.at('=', 1) ? parseName(cursor, 'a variable for the result') : undefined;
  if (bind !== undefined) cursor.take();

  const name = cursor.peek();
  const callee = parseName(cursor, 'a system call');
  if (calls !== undefined && !calls.has(callee) && cursor.at('(')) {
    cursor.fail(name.span, `unknown call "${callee}"${didYouMean(callee, calls)}`);
  }
  const args = parseArguments(cursor);
  const expect = cursor.accept('=') ? parseExpectation(cursor) : undefined;
  if (expect !== undefined && cursor.at('(')) skipRemark(cursor);
  const span = cursor.spanFrom(start);
  const intent = parseIntent(cursor, calls);
  return {
    kind: 'call',
    ...(bind !== undefined && { bind }),
    callee,
    args,
    ...(expect !== undefined && { expect }),
    ...(intent !== undefined && { intent }),
    span,
  };
}

function parseName(cursor: Cursor, purpose: string): string {
  const { kind, text } = cursor.peek();
  if (kind === 'name') cursor.take();
  else cursor.unexpected(`expected ${purpose}`);
  return text;
}

function parseExpectation(cursor: Cursor): Expectation {
  if (cursor.accept('?')) return parseErrnoName(cursor) ?? { kind: 'any' };
  const start = cursor.peek().span;
  const expr = parseExpression(cursor);
  const errno = parseErrnoName(cursor);
  if (errno !== undefined && (expr.kind !== 'number' || expr.value !== -1)) {
    cursor.fail(cursor.spanFrom(start), `a call that fails returns -1: write -1 ${errno.errno}`);
  }
  if (expr.kind === 'name' && parseErrno(expr.name) !== undefined) {
    cursor.fail(expr.span, `a call that fails returns -1: write -1 ${expr.name}`);
  }
  return errno ?? { kind: 'value', expr };
}

function parseErrnoName(cursor: Cursor): Extract<Expectation, { kind: 'errno' }> | undefined {
  const { kind, text, span } = cursor.peek();
  if (kind !== 'name') return undefined;
  cursor.take();
  const errno = parseErrno(text);
  if (errno !== undefined) return { kind: 'errno', errno };
  cursor.fail(span, `unknown error "${text}"${didYouMean(text, errnoNames)}`);
  return undefined;
}

/** strace's explanation behind a result, `(No such file or directory)`, which means nothing here. */
function skipRemark(cursor: Cursor): void {
  cursor.open('(', '');
  for (let open = 0; cursor.peek().kind !== 'end' && (open > 0 || !cursor.at(')')); ) {
    const { text } = cursor.take();
    if (text === '(') open += 1;
    if (text === ')') open -= 1;
  }
  cursor.close(')', 'behind a remark');
}

function parseIntent(cursor: Cursor, calls?: ReadonlySet<string>): string | undefined {
  const { kind, text, span } = cursor.peek();
  if (kind !== 'intent') return undefined;
  cursor.take();
  const [name = ''] = text.split(/#[1-9][0-9]*$/); // `fork#2` is the program's second fork
  if (calls !== undefined && !calls.has(name)) {
    cursor.fail(span, `the intent "${text}" is not the name of a call${didYouMean(name, calls)}`);
  }
  return text;
}
