// Reads programs: one call per line or `;`, `repeat N { … }`, `#` comments. The texts come from scenario files, from the
// restorer's plans and, call by call, from recorded traces (strace(1)).
// Names are not looked up here, but for the calls: what a variable or a parameter may be is known to the whole scenario.

import type { Call, Expr, Origin, Program, Source, Statement } from './ast.ts';
import { Cursor } from './cursor.ts';
import { diagnosticAt, type Parsed } from './diagnostic.ts';
import { parseCall } from './parse-call.ts';
import { parseArgument, parseExpression } from './parse-expression.ts';
import { tokenize } from './token.ts';

/** Characters of a program's text; more is refused unread. */
export const maxProgramLength = 1024 * 1024;

/**
 * Reads a program; strace(1) syntax with the additions of docs/scenario-format.md.
 * `calls` are the names of all system calls: any other callee is a mistake.
 */
export function parseProgram(name: string, text: string, origin: Origin, calls: ReadonlySet<string>): Parsed<Program> {
  const source: Source = { ...origin, text };
  const parsed = parseText(source, true, (cursor) => parseStatements(cursor, calls, false));
  return parsed.ok ? { ok: true, value: { name, statements: parsed.value, source } } : parsed;
}

/**
 * Reads one call of a recorded trace, `msgget(0x4d51, IPC_CREAT|0600) = -1 EEXIST (File exists)`: any callee, and dollar
 * signs in strings mean nothing. What strace prints around it (pid, time, <unfinished ...>) must be gone.
 */
export function parseRecordedCall(text: string, origin: Origin): Parsed<Call> {
  return parseText({ ...origin, text }, false, (cursor) => parseCall(cursor));
}

/** Reads one value of a recorded trace, such as the {si_signo=…} of a signal's line. */
export function parseRecordedValue(text: string, origin: Origin): Parsed<Expr> {
  return parseText({ ...origin, text }, false, parseArgument);
}

function parseText<T>(source: Source, templates: boolean, parse: (cursor: Cursor) => T): Parsed<T> {
  if (source.text.length > maxProgramLength) {
    const span = { offset: 0, length: 1, line: source.line, column: source.column };
    const message = `longer than ${maxProgramLength} characters, the most that is read`;
    return { ok: false, diagnostics: [diagnosticAt(source, span, message)] };
  }
  const cursor = new Cursor(tokenize(source, { templates }), source);
  const value = parse(cursor);
  if (cursor.peek().kind !== 'end') cursor.unexpected('expected nothing more');
  return cursor.diagnostics.length > 0 ? { ok: false, diagnostics: cursor.diagnostics } : { ok: true, value };
}

function parseStatements(cursor: Cursor, calls: ReadonlySet<string>, insideBlock: boolean): Statement[] {
  const statements: Statement[] = [];
  while (!cursor.exhausted) {
    while (cursor.peek().kind === 'newline' || cursor.at(';')) cursor.take();
    if (cursor.peek().kind === 'end' || (insideBlock && cursor.at('}'))) break;
    if (cursor.peek().kind === 'intent') cursor.fail(cursor.peek().span, 'an intent stands behind a call, on its line');
    if (cursor.at('}')) cursor.fail(cursor.peek().span, 'a } without its {');
    const statement = startsRepeat(cursor) ? parseRepeat(cursor, calls) : parseCall(cursor, calls);
    if (!endsStatement(cursor, insideBlock)) cursor.unexpected('expected the end of the line or ;');
    if (!cursor.failed) statements.push(statement);
    cursor.recover();
    if (!insideBlock) cursor.accept('}');
  }
  return statements;
}

function startsRepeat(cursor: Cursor): boolean {
  return cursor.at('repeat') && !cursor.at('=', 1);
}

function parseRepeat(cursor: Cursor, calls: ReadonlySet<string>): Statement {
  const { span } = cursor.take();
  const count = parseExpression(cursor);
  cursor.expect('{', 'and the calls to repeat');
  cursor.deeper();
  const body = parseStatements(cursor, calls, true);
  cursor.shallower();
  cursor.expect('}', 'behind the calls to repeat');
  return { kind: 'repeat', count, body, span: cursor.spanFrom(span) };
}

function endsStatement(cursor: Cursor, insideBlock: boolean): boolean {
  const { kind } = cursor.peek();
  return kind === 'newline' || kind === 'end' || cursor.at(';') || (insideBlock && cursor.at('}'));
}
