import type { Expr, Program, Statement } from '../../../../src/userland/language/ast.ts';
import type { Diagnostic } from '../../../../src/userland/language/diagnostic.ts';
import { parseProgram } from '../../../../src/userland/language/parse.ts';

/** Calls that the programs of these tests make. */
export const calls: ReadonlySet<string> = new Set([
  'clone',
  'exit',
  'fork',
  'getpid',
  'kill',
  'msgget',
  'open',
  'pause',
  'read',
  'rt_sigaction',
  'wait4',
  'write',
]);

/** The program that a text describes; throws when the text has a mistake. */
export function program(text: string, name = 'main'): Program {
  const parsed = parseProgram(name, text, { file: 'test', line: 1, column: 1 }, calls);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.diagnostics.map(({ line, column, message }) => `${line}:${column}: ${message}`).join('\n'));
}

/** What is wrong with a text. */
export function mistakes(text: string): readonly Diagnostic[] {
  const parsed = parseProgram('main', text, { file: 'test', line: 1, column: 1 }, calls);
  return parsed.ok ? [] : parsed.diagnostics;
}

/** The first argument of the one call `exit(…)`. */
export function expression(text: string): Expr {
  const [statement] = program(`exit(${text})`).statements;
  if (statement?.kind !== 'call') throw new Error('not a call');
  return statement.args[0]!;
}

/** A tree without the places of its nodes. */
export function withoutSpans<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(withoutSpans) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const kept = Object.entries(tree).filter(([key]) => key !== 'span');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutSpans(value)])) as T;
}

/** The statements of a text without their places. */
export function statements(text: string): readonly Statement[] {
  return withoutSpans(program(text).statements);
}
