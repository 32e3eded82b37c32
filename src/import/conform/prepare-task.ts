/** Arguments of calls about tasks, namespaces and signals that mean something else in the simulated world, or that strace leaves out. */

import {
  CLONE_INTO_CGROUP,
  CLONE_NEWCGROUP,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../../kernel-sim/abi/clone.ts';
import { SI_QUEUE, SI_USER } from '../../kernel-sim/abi/signal-code.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { type Datum, integerOf, OUT } from '../../syscalls/datum.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { NO_VARIABLES } from './arguments.ts';
import type { Simulation } from './simulation.ts';

type Change = (args: readonly Datum[]) => readonly Datum[];

const asTheyAre: Change = (args) => args;

const isStruct = (datum: Datum | undefined): datum is { readonly [field: string]: Datum } =>
  typeof datum === 'object' && datum !== null && !Array.isArray(datum);

/** Namespaces that thaw does not model change nothing that it does: whoever got one is where it was. */
const UNMODELLED = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWUSER | CLONE_NEWCGROUP;

/** Bytes of the structure of clone3. */
const LATEST_SIZE = 88;

const bits = (datum: Datum | undefined): bigint => (typeof datum === 'bigint' ? datum : BigInt(integerOf(datum)));

function prepareClone({ store }: Simulation, task: Task, { result }: RecordedCall): Change {
  if (result.kind === 'errno') return asTheyAre;
  const ns = store.peek(task.pidNsForChildren) ?? store.peek(task.pidNs)!;
  const level = store.peek(ns.level);
  return ([first, ...others]) => {
    if (typeof first === 'number') return [first & ~UNMODELLED, ...others];
    if (!isStruct(first)) return [first!, ...others];
    const { cgroup: _, ...rest } = first;
    const flags = bits(rest.flags) & ~BigInt(UNMODELLED | CLONE_NEWTIME) & ~BigInt(CLONE_INTO_CGROUP);
    const isNew = (flags & BigInt(CLONE_NEWPID)) !== 0n;
    const known = withoutOuterNumbers(rest, level + (isNew ? 2 : 1));
    // The number of a descriptor could be stored where it was to be.
    const stored: { readonly [field: string]: Datum } = 'pidfd' in rest ? { pidfd: OUT } : {};
    // A line that is cut off for want of a result has no size.
    const size = result.kind === 'none' ? [LATEST_SIZE] : others;
    return [{ ...known, ...stored, flags: Number(flags) }, ...size];
  };
}

/** Numbers chosen for namespaces around those of the log are nobody's here. */
function withoutOuterNumbers(
  { set_tid, set_tid_size, ...rest }: { readonly [field: string]: Datum },
  levels: number,
): { readonly [field: string]: Datum } {
  if (!Array.isArray(set_tid) || set_tid.length <= levels) {
    return {
      ...rest,
      ...(set_tid === undefined ? {} : { set_tid }),
      ...(set_tid_size === undefined ? {} : { set_tid_size }),
    };
  }
  return { ...rest, set_tid: set_tid.slice(0, levels), set_tid_size: levels };
}

function prepareUnshare(_simulation: Simulation, _task: Task, { result }: RecordedCall): Change {
  if (result.kind !== 'value') return asTheyAre;
  return ([flags]) => [integerOf(flags) & ~(UNMODELLED | CLONE_NEWTIME)];
}

/** strace prints nothing of details that say no signal; what comes of them is seen when it arrives. */
function prepareDetails(
  _simulation: Simulation,
  _task: Task,
  { result, args }: RecordedCall,
  events: readonly RecordedEvent[],
): Change {
  const printed = args?.at(-1);
  if (printed?.kind !== 'struct' || printed.fields.length > 0) return asTheyAre;
  const signal = args!.at(-2);
  const found = signal === undefined ? undefined : evaluate(signal, NO_VARIABLES);
  const seen = found?.ok ? arrivalOf(Number(found.value), events) : null;
  const refused = result.kind === 'errno' && result.errno === 'EPERM';
  const details = refused ? { si_code: SI_USER } : (seen ?? { si_code: SI_QUEUE });
  return (given) => [...given.slice(0, -1), details];
}

/** What is told of the first signal of a number that arrives with details. */
function arrivalOf(signo: number, events: readonly RecordedEvent[]): { readonly [field: string]: Datum } | null {
  for (const event of events) {
    const printed =
      event.kind === 'signal'
        ? event.info
        : event.kind === 'leave' && event.call.name === 'rt_sigtimedwait'
          ? (event.call.args?.[1] ?? null)
          : null;
    const value = printed === null ? undefined : evaluate(printed, NO_VARIABLES);
    const info = value?.ok ? (value.value as Datum) : undefined;
    if (isStruct(info) && info.si_signo === signo && info.si_code !== SI_USER) return info;
  }
  return null;
}

/** What is done with the arguments, by name of the call; `events` are those from the call on. */
export const TASK_CALLS: Readonly<
  Record<string, (simulation: Simulation, task: Task, call: RecordedCall, events: readonly RecordedEvent[]) => Change>
> = {
  clone: prepareClone,
  clone3: prepareClone,
  unshare: prepareUnshare,
  rt_sigqueueinfo: prepareDetails,
  rt_tgsigqueueinfo: prepareDetails,
};
