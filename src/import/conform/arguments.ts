/**
 * The arguments of a recorded call as the simulated kernel takes them. strace prints an output argument as what the kernel left there,
 * or as a bare pointer when the call failed; either way the kernel is given a good buffer, unless the call found it bad.
 */

import { IPC_SET, SETALL, SETVAL } from '../../kernel-sim/abi/ipc.ts';
import { type Datum, FAULT, OUT } from '../../syscalls/datum.ts';
import type { Parameter } from '../../syscalls/parameter.ts';
import type { Syscall } from '../../syscalls/syscall.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { type Environment, evaluate } from '../../userland/language/evaluate.ts';
import { ANY, type Value } from '../../userland/language/value.ts';
import type { RecordedCall } from '../strace/recording.ts';

/** Recorded traces have no variables. */
export const NO_VARIABLES: Environment = {
  lookup: () => undefined,
  self: { pid: 0, tid: 0, ppid: 0 },
  params: new Map(),
};

/** A recorded argument behind its parameter's name. */
export type ByParameter = ReadonlyMap<string, Expr>;

/** Puts a call's arguments behind the names of its parameters: strace names some itself, and in an order of its own. */
export function byParameter(call: RecordedCall, { parameters }: Syscall): ByParameter {
  const names = Object.keys(parameters);
  const found = new Map<string, Expr>();
  for (const [i, arg] of (call.args ?? []).entries()) {
    if (arg.kind === 'assign') found.set(arg.name, arg.value);
    else if (names[i] !== undefined) found.set(names[i], arg);
  }
  return found;
}

/** The arguments for the simulated kernel; a text says which of them has no meaning for it. */
export function argumentsOf(call: RecordedCall, syscall: Syscall): readonly Datum[] | string {
  const given = byParameter(call, syscall);
  const failedToReach = call.result.kind === 'errno' && call.result.errno === 'EFAULT';
  const command = commandOf(given);
  const args: Datum[] = [];
  for (const [name, parameter] of Object.entries(syscall.parameters)) {
    const expr = given.get(name);
    if (expr === undefined) {
      args.push(parameter.kind === 'program' ? null : (undefined as unknown as Datum));
      continue;
    }
    if (isFilled(parameter, given, command)) args.push(outputFor(expr, failedToReach));
    else {
      const value = evaluate(expr, NO_VARIABLES);
      if (!value.ok) return `argument ${name}: ${value.message}`;
      const cut = expr.kind === 'string' && expr.truncated && typeof value.value === 'string';
      args.push(cut ? goingOn(value.value, given) : toDatum(value.value));
    }
  }
  return args;
}

/** Whether the kernel fills the argument in: buffers of the *ctl calls go either way, sets and segments both ways at once. */
function isFilled({ direction }: Parameter<unknown>, given: ByParameter, command: number): boolean {
  if (direction !== 'inout') return direction === 'out';
  return given.has('cmd') && command !== IPC_SET && command !== SETVAL && command !== SETALL;
}

function commandOf(given: ByParameter): number {
  const cmd = given.get('cmd');
  const value = cmd === undefined ? undefined : evaluate(cmd, NO_VARIABLES);
  return value?.ok && typeof value.value === 'number' ? value.value : -1;
}

function outputFor(expr: Expr, failedToReach: boolean): Datum {
  if (expr.kind === 'null') return null;
  return failedToReach && expr.kind === 'number' ? FAULT : OUT;
}

/** Bytes that strace cut off are taken to go on like those that it shows: programs fill large buffers so. */
function goingOn(shown: string, given: ByParameter): string {
  const count = given.get('count');
  const value = count === undefined ? undefined : evaluate(count, NO_VARIABLES);
  const length = value?.ok && typeof value.value === 'number' ? Math.min(value.value, MAX_BUFFER) : shown.length;
  return shown === '' ? shown : shown.repeat(Math.ceil(length / shown.length)).slice(0, length);
}

/** bytes */
const MAX_BUFFER = 1 << 20;

const toDatum = (value: Value): Datum => (value === ANY ? OUT : (value as Datum));
