/**
 * Long work in turns: a generator that stops now and then, so that whoever drives it can look up (at a signal, a message, a line
 * of progress) and go on, or leave it at that.
 */

import { setImmediate } from 'node:timers/promises';

export type Turns<T> = Generator<void, T>;

/** Does the work at one go. */
export function atOnce<T>(turns: Turns<T>): T {
  for (;;) {
    const { done, value } = turns.next();
    if (done === true) return value;
  }
}

/** Does the work with the event loop let in between its turns. */
export async function inTurns<T>(turns: Turns<T>): Promise<T> {
  for (;;) {
    const { done, value } = turns.next();
    if (done === true) return value;
    await setImmediate();
  }
}
