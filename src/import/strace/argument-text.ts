/** The arguments of a recorded call as a program has them: what only this one run could know is left open. */

import type { Syscall } from '../../syscalls/syscall.ts';
import type { Expr, Field } from '../../userland/language/ast.ts';
import type { RecordedCall } from './recording.ts';

/** Fields that differ from run to run. */
const OPEN = /^(st_|si_[us]time|si_addr|ru_|(msg|sem|shm)_[a-z]*time)/;

/**
 * The texts of a call's arguments in the order of its parameters.
 *
 * @param print prints one expression
 * @returns null when there are too many arguments
 */
export function argumentTexts(
  call: RecordedCall,
  { parameters }: Syscall,
  print: (expr: Expr) => string,
): string[] | null {
  const names = Object.entries(parameters);
  const args = call.args ?? [];
  if (args.length > names.length) return null;
  return args.map((arg, i) => {
    const value = arg.kind === 'assign' ? arg.value : arg;
    const direction = names[i]![1].direction;
    // A bare pointer says nothing; a small number is what SETVAL sets.
    if (value.kind === 'number' && (direction === 'out' || (direction === 'inout' && value.value > 0xffff))) return '_';
    if (direction === 'out' && value.kind === 'array' && value.elements.length === 0) return '_';
    return text(value, print);
  });
}

function text(expr: Expr, print: (expr: Expr) => string): string {
  switch (expr.kind) {
    case 'struct':
      return `{${expr.fields.map((field) => fieldText(field, print)).join(', ')}}`;
    case 'change':
      return text(expr.before, print);
    default:
      return print(expr);
  }
}

function fieldText({ name, value }: Field, print: (expr: Expr) => string): string {
  if (name === undefined) return text(value, print);
  return `${name}=${OPEN.test(name) ? '_' : text(value, print)}`;
}
