/**
 * Signals of POSIX timers, which thaw does not model: they come when the recording shows that somebody takes or sees them;
 * timer_create(2). Who takes one from a handler's line is provided by the replay itself.
 */

import { SI_TIMER } from '../../kernel-sim/abi/signal-code.ts';
import { fileAt } from '../../kernel-sim/fs/files.ts';
import { queued } from '../../kernel-sim/signal/pending.ts';
import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { NO_VARIABLES } from './arguments.ts';
import type { Simulation } from './simulation.ts';

/** Events after a look at what is pending among which the signal is taken. */
const LOOK_AHEAD = 40;

/** Bytes of one struct signalfd_siginfo. */
const RECORD = 128;

const valueIn = (printed: Expr | null | undefined): unknown => {
  const found = printed ? evaluate(printed, NO_VARIABLES) : undefined;
  return found?.ok ? found.value : undefined;
};

/** Whether a signal is one that only a timer of the recorded kernel could send. */
export const isOfTimer = ({ si_code }: SigInfo): boolean => si_code === SI_TIMER && !syscalls.has('timer_create');

function word(bytes: string, at: number): number {
  return [0, 1, 2, 3].reduce((sum, i) => sum | (bytes.charCodeAt(at + i) << (8 * i)), 0);
}

/** The signals that a read of a signalfd shows; none when strace cut them off. */
function signalsRead(bytes: string): readonly SigInfo[] {
  return Array.from({ length: Math.floor(bytes.length / RECORD) }, (_, i) => {
    const at = i * RECORD;
    const [low, high] = [word(bytes, at + 48) >>> 0, word(bytes, at + 52) >>> 0];
    return {
      si_signo: word(bytes, at),
      si_code: word(bytes, at + 8),
      si_timerid: word(bytes, at + 24),
      si_overrun: word(bytes, at + 32),
      si_int: word(bytes, at + 44),
      si_ptr: (BigInt(high) << 32n) | BigInt(low),
    };
  });
}

/** The signals that a call takes. */
function takenBy({ store }: Simulation, task: Task, { name, args, result }: RecordedCall): readonly SigInfo[] {
  if (result.kind !== 'value') return [];
  if (name === 'rt_sigtimedwait') {
    const info = valueIn(args?.[1]);
    return typeof info === 'object' && info !== null ? [info as SigInfo] : [];
  }
  const [fd, bytes] = name === 'read' ? (args ?? []).slice(0, 2).map(valueIn) : [];
  if (typeof fd !== 'number' || typeof bytes !== 'string') return [];
  const file = fileAt(store, task, fd);
  return file !== null && store.peek(file.operations).name === 'signalfd' ? signalsRead(bytes) : [];
}

/** Calls that see a signal and leave it where it is. */
const LOOKING = /^(rt_sigpending|p?poll|p?select6?)$/;

/** The signals of timers that the task of a call at an index takes, or sees and takes soon. */
function expected(
  simulation: Simulation,
  task: Task,
  call: RecordedCall,
  events: readonly RecordedEvent[],
  index: number,
): readonly SigInfo[] {
  const own = takenBy(simulation, task, call).filter(isOfTimer);
  if (own.length > 0 || !LOOKING.test(call.name) || call.result.kind !== 'value') return own;
  const next = events
    .slice(index + 1, index + LOOK_AHEAD)
    .find((event) => event.task === call.task && (event.kind === 'enter' || event.kind === 'signal'));
  if (call.name !== 'rt_sigpending') {
    const sees = next?.kind === 'enter' && next.call.name === 'read' && Number(call.result.value) > 0;
    return sees ? takenBy(simulation, task, next.call).filter(isOfTimer) : [];
  }
  const set = valueIn(call.args?.[0]);
  const later = events
    .slice(index + 1, index + LOOK_AHEAD)
    .filter((event) => event.task === call.task)
    .flatMap((event) => {
      if (event.kind === 'enter') return takenBy(simulation, task, event.call);
      const info = event.kind === 'signal' ? valueIn(event.info) : undefined;
      return info === undefined ? [] : [info as SigInfo];
    })
    .filter(isOfTimer);
  return later.filter(({ si_signo }) => Array.isArray(set) && set.includes(si_signo)).slice(0, 1);
}

/** Sends a signal of a timer unless one of that timer is there already: there is never more than one. */
export function sendOfTimer(simulation: Simulation, task: Task, info: SigInfo): void {
  const { store } = simulation;
  const shared = store.peek(store.peek(task.process)!.signals)!;
  const there = [...queued(store, store.peek(task.signals)!), ...queued(store, shared)];
  const isThere = there.some((each) => isOfTimer(each) && each.si_timerid === info.si_timerid);
  if (!isThere) simulation.sendFromOutside(task, info);
}

/** Makes the signals of timers come that a call is about to take or to see. */
export function provideTimerSignals(
  simulation: Simulation,
  task: Task,
  call: RecordedCall,
  events: readonly RecordedEvent[],
  index: number,
): void {
  for (const info of expected(simulation, task, call, events, index)) sendOfTimer(simulation, task, info);
}
