/** Reads the text of one whole call, `msgget(0x4d51, IPC_CREAT|0600) = -1 EEXIST (File exists)`. */

import { parseErrno } from '../../kernel-sim/abi/errno.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { parseRecordedCall, parseRecordedValue } from '../../userland/language/parse.ts';
import { withoutDuration, withoutPaths } from './decoration.ts';
import type { RecordedResult } from './recording.ts';

export interface CallText {
  readonly name: string;
  readonly args: readonly Expr[] | null;
  readonly result: RecordedResult;
  readonly resumes: string | null;
  readonly text: string;
}

const resuming = /<\.\.\. resuming interrupted ([A-Za-z0-9_]+|system call) \.\.\.>/;
const parts = /^([a-z_?][A-Za-z0-9_]*)\((.*)\) += (.*)$/s;

/** Reads a call; arguments that the language of programs does not know give null in their place. */
export function parseCallText(raw: string, file: string, line: number): CallText {
  const text = withoutPaths(withoutDuration(raw.trimEnd()));
  const resumes = resuming.exec(text)?.[1] ?? null;
  const cut = parts.exec(text);
  const name = cut?.[1] ?? text.slice(0, Math.max(0, text.indexOf('(')));
  const result = parseResult(lastResult(text));
  if (resumes !== null) return { name, args: [], result, resumes, text };
  const head = text.slice(0, closing(text) + 1);
  const parsed = parseRecordedCall(head, { file, line, column: 1 });
  return { name, args: parsed.ok ? parsed.value.args : null, result, resumes, text };
}

/** Reads the {si_signo=…} of a signal; null when it is none. */
export function parseInfo(text: string, file: string, line: number): Expr | null {
  if (text === '' || text.startsWith('(')) return null;
  const parsed = parseRecordedValue(text, { file, line, column: 1 });
  return parsed.ok ? parsed.value : null;
}

/** The offset of the parenthesis that closes the arguments: the last one before ` = `, with strings passed over. */
function closing(text: string): number {
  let depth = 0;
  for (let at = text.indexOf('('); at !== -1 && at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      at = end === -1 ? text.length : end + 1;
    } else if (character === '(') depth += 1;
    else if (character === ')' && --depth === 0) return at;
  }
  return text.length - 1;
}

const lastResult = (text: string): string => {
  const rest = text.slice(closing(text) + 1);
  return rest.replace(/^ *= ?/, '');
};

const number = /^(-?(?:0x[0-9a-fA-F]+|\d+))(?: \/\*.*?\*\/)?(?: ([A-Z][A-Z0-9_]+))?(?: \((.*)\))?/s;

function parseResult(text: string): RecordedResult {
  if (text.startsWith('?')) {
    const errno = parseErrno(/^\? ([A-Z0-9_]+)/.exec(text)?.[1] ?? '');
    return errno === undefined ? { kind: 'none' } : { kind: 'errno', errno };
  }
  const found = number.exec(text);
  if (found === null) return { kind: 'none' };
  const errno = found[2] === undefined ? undefined : parseErrno(found[2]);
  if (errno !== undefined) return { kind: 'errno', errno };
  const exact = found[1]!.startsWith('-') ? -BigInt(found[1]!.slice(1)) : BigInt(found[1]!);
  const value = Number(exact);
  return { kind: 'value', value: Number.isSafeInteger(value) ? value : exact, remark: found[3] ?? '' };
}
