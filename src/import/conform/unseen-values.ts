/** Finds the SETALL whose values, which strace does not show, a later call depends on. */

import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { NO_VARIABLES } from './arguments.ts';

/** The last successful SETALL on the set of the semaphore call at `index`; null when there is none. */
export function unseenValues(events: readonly RecordedEvent[], index: number): RecordedCall | null {
  const event = events[index]!;
  if (!('call' in event) || !/^sem(op|timedop|ctl)$/.test(event.call.name)) return null;
  const set = setOf(event.call);
  for (let i = index - 1; i >= 0; i -= 1) {
    const before = events[i]!;
    if (before.kind === 'enter' && isSetAll(before.call) && setOf(before.call) === set) return before.call;
  }
  return null;
}

function setOf({ args }: RecordedCall): unknown {
  const value = args?.[0] === undefined ? undefined : evaluate(args[0], NO_VARIABLES);
  return value?.ok ? value.value : null;
}

function isSetAll({ name, args, result }: RecordedCall): boolean {
  const cmd = args?.[2];
  return name === 'semctl' && cmd?.kind === 'name' && cmd.name === 'SETALL' && result.kind === 'value';
}
