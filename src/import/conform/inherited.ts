/** Finds descriptors that a program had before its log began: numbers that are passed over although nobody in the log took them. */

import type { Expr } from '../../userland/language/ast.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';

const TAKING = /^(open|openat|creat|dup|dup2|dup3|fcntl|mq_open|pipe2?|eventfd2?|signalfd4?|pidfd_open)$/;

/** Numbers that a call took, by its result or in what it wrote. */
function takenBy({ name, args, result }: RecordedCall): readonly number[] {
  if (result.kind !== 'value' || !TAKING.test(name)) return [];
  const [first] = args ?? [];
  if (name.startsWith('pipe')) return first?.kind === 'array' ? first.elements.map(numberOf) : [];
  return name === 'fcntl' && !isDuplication(args?.[1]) ? [] : [Number(result.value)];
}

const numberOf = (expr: Expr): number => (expr.kind === 'number' ? Number(expr.value) : -1);
const isDuplication = (expr: Expr | undefined): boolean => expr?.kind === 'name' && expr.name.startsWith('F_DUPFD');

/**
 * The lowest descriptor that the call at `index` passed over and that no call before it is known to have taken, in a replay that would
 * have given it out; null when there is none.
 */
export function passedOver(
  events: readonly RecordedEvent[],
  index: number,
  free: (fd: number) => boolean,
): number | null {
  const event = events[index];
  if (event?.kind !== 'leave' || /^(dup2|dup3)$/.test(event.call.name)) return null;
  const taken = takenBy(event.call);
  const highest = Math.max(-1, ...taken);
  for (let fd = 3; fd < highest; fd += 1) {
    if (!taken.includes(fd) && free(fd) && !wasTaken(events, index, fd)) return fd;
  }
  return null;
}

const wasTaken = (events: readonly RecordedEvent[], before: number, fd: number): boolean =>
  events.some((event, i) => i < before && event.kind === 'leave' && takenBy(event.call).includes(fd));
