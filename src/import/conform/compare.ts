/** Compares what a call came to in the simulation with what is recorded: result, errno and everything the kernel wrote. */

import type { Result } from '../../kernel-sim/result.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Datum, Return } from '../../syscalls/datum.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { Expr } from '../../userland/language/ast.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { agrees } from './agreement.ts';
import { byParameter } from './arguments.ts';
import { outcomeText, resultText } from './outcome.ts';
import type { Simulation } from './simulation.ts';
import { IN_USER_NAMESPACE, isAboutRights, isInUserNamespace, withoutIds } from './user-namespace.ts';
import { skipped, type Verdict } from './verdict.ts';

export interface Difference {
  readonly kind: 'mismatch';
  readonly recorded: string;
  readonly simulated: string;
}

const differ = (recorded: string, simulated: string): Difference => ({ kind: 'mismatch', recorded, simulated });

/** null when they agree. What rights in a user namespace come to is not compared. */
export function compareCall(
  call: RecordedCall,
  outcome: Result<Return>,
  { store }: Simulation,
  task: Task,
): Difference | (Verdict & { kind: 'skipped' }) | null {
  if (!isInUserNamespace(store, task)) return compareAnswers(call, outcome);
  const difference = compareAnswers({ ...call, args: call.args?.map(withoutIds) ?? null }, outcome);
  return difference !== null && isAboutRights(call, outcome) ? skipped(IN_USER_NAMESPACE) : difference;
}

function compareAnswers(call: RecordedCall, outcome: Result<Return>): Difference | null {
  const { result } = call;
  if (!outcome.ok) {
    if (result.kind === 'errno' && result.errno === outcome.errno) return null;
    return differ(resultText(call), outcomeText(outcome));
  }
  if (result.kind !== 'value') return differ(resultText(call), outcomeText(outcome));
  if (!sameValue(call.name, BigInt(result.value), BigInt(outcome.value.value)))
    return differ(resultText(call), outcomeText(outcome));
  return compareOutputs(call, outcome.value.out ?? {}, Number(result.value));
}

/** kcmp tells an order of addresses apart from equality, and the order is not compared. */
const sameValue = (name: string, recorded: bigint, simulated: bigint): boolean =>
  name === 'kcmp' ? (recorded === 0n) === (simulated === 0n) : recorded === simulated;

function compareOutputs(call: RecordedCall, out: Readonly<Record<string, Datum>>, value: number): Difference | null {
  const syscall = syscalls.get(call.name);
  if (syscall === undefined) return null;
  const given = byParameter(call, syscall);
  for (const [name, actual] of Object.entries(out)) {
    const printed = given.get(name);
    // A bare pointer: strace does not show what is there.
    if (syscall.parameters[name]!.kind === 'fd_set') {
      if (!sameSet(call.text, name, actual)) return differ(`${name} as in ${call.text}`, `${name} ${show(actual)}`);
      continue;
    }
    if (printed === undefined || printed.kind === 'number' || printed.kind === 'null') continue;
    // strace prints as much of a message buffer as was offered, whatever came of it.
    const seen = call.name === 'msgrcv' ? withText(printed, value) : printed;
    if (!agrees(seen, actual)) return differ(`${name} as in ${call.text}`, `${name} ${show(actual)}`);
  }
  return null;
}

const setNames: Readonly<Record<string, string>> = { readfds: 'in', writefds: 'out', exceptfds: 'except' };

/** Whether a set of select is what strace shows behind the result: the arguments are those before the call. */
function sameSet(text: string, name: string, actual: Datum): boolean {
  const behind = text.slice(text.lastIndexOf(') ='));
  const shown = new RegExp(`[( ]${setNames[name]} \\[([\\d ]*)\\]`).exec(behind);
  const fds = (shown?.[1] ?? '').split(' ').filter((fd) => fd !== '');
  return Array.isArray(actual) && actual.length === fds.length && fds.every((fd, i) => Number(fd) === actual[i]);
}

/** A message as printed, its text cut to what was received. */
function withText(printed: Expr, length: number): Expr {
  if (printed.kind !== 'struct') return printed;
  const fields = printed.fields.map(({ name, value }) => {
    if (name !== 'mtext' || value.kind !== 'string') return { name: name!, value };
    const bytes = value.parts.map((part) => (part.kind === 'bytes' ? part.bytes : '')).join('');
    const parts = [{ kind: 'bytes' as const, bytes: bytes.slice(0, length) }];
    return { name, value: { ...value, parts, truncated: value.truncated && bytes.length < length } };
  });
  return { ...printed, fields };
}

const show = (datum: Datum): string =>
  JSON.stringify(datum, (_, value) =>
    typeof value === 'bigint' ? String(value) : typeof value === 'symbol' ? '_' : value,
  );
