/** The events of a recording by task: which one of the same task comes next. */

import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';

export class RecordedOrder {
  readonly events: readonly RecordedEvent[];
  /** For each event the next one of the same task; -1 for none. */
  readonly following: Int32Array;
  /** The events of each task that the log follows. */
  readonly tasks: ReadonlyMap<number, readonly number[]>;

  constructor(events: readonly RecordedEvent[]) {
    this.events = events;
    this.following = followers(events);
    this.tasks = byTask(events);
  }

  /** The next event of a task after an index. */
  nextOf(task: number, index: number): RecordedEvent | undefined {
    const events = this.tasks.get(task) ?? [];
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]! > index) high = middle;
      else low = middle + 1;
    }
    return this.events[events[low] ?? -1];
  }

  /** Whether a signal's line comes right after the last line of the call whose first line this is. */
  isSignalled(call: RecordedCall, index: number): boolean {
    const leave = this.following[index]!;
    const after = leave < 0 ? -1 : this.following[leave]!;
    return leave >= 0 && call.endLine !== null && after >= 0 && this.events[after]!.kind === 'signal';
  }
}

function byTask(events: readonly RecordedEvent[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const [i, { task }] of events.entries()) {
    const known = found.get(task);
    if (known === undefined) found.set(task, [i]);
    else known.push(i);
  }
  return found;
}

function followers(events: readonly RecordedEvent[]): Int32Array {
  const following = new Int32Array(events.length).fill(-1);
  const last = new Map<number, number>();
  for (const [i, { task }] of events.entries()) {
    const before = last.get(task);
    if (before !== undefined) following[before] = i;
    last.set(task, i);
  }
  return following;
}
