/** Which pending signals stay pending while a task runs: those that everybody blocks who could take them. */

import type { LiveTask, Thread } from '../image/index.ts';

/** The signals that are held back from a queue: `thread` is whose own it is, null for that of the process. */
export function heldBack({ threads }: LiveTask, thread: Thread | null): readonly number[] {
  const [first, ...others] = thread === null ? threads : [thread];
  return first!.blocked.filter((signo) => others.every(({ blocked }) => blocked.includes(signo)));
}
