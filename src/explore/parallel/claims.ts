/**
 * What processes that search parts of the same tree tell each other of the states they have come to: whoever is told of a state
 * does not search below it. Who sleeps at a state is one bit for each actor, by the sender's numbers, so their names go along.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { SINGLE } from '../stands.ts';

export interface Claims {
  /** Which search of its process they belong to. */
  readonly round: number;
  /** The sender's rank; who has the lower one counts a state that both have come to. */
  readonly rank: number;
  /** Names of the actors whose numbers are the bits of the values; null where values are counts of preemptions. */
  readonly actors: readonly string[] | null;
  /** Four numbers for each state: the two halves of its hash, the value kept with it, and how many steps lead on from it. */
  readonly states: Int32Array;
}

/** In the place of a number of steps: the state is another's, and kept with another value only. */
const NOT_MINE = -1;

/** Gathers the states of a message. */
export class Claiming {
  #numbers = new Int32Array(4 * 1024);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(lo: number, hi: number, value: number, edges: number | null): void {
    if (this.#length === this.#numbers.length) {
      const longer = new Int32Array(this.#numbers.length * 2);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.#length++] = lo;
    this.#numbers[this.#length++] = hi;
    this.#numbers[this.#length++] = value;
    this.#numbers[this.#length++] = edges ?? NOT_MINE;
  }

  /** What was added since this was last asked. */
  take(): Int32Array {
    const taken = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** The names that go along with values that are masks. */
export const sleepersOf = (actors: readonly Actor[]): string[] => actors.slice(0, SINGLE).map(({ name }) => name);

/**
 * Calls `claim` for each state of a message, with its value in the receiver's numbers.
 * The value is null where somebody sleeps whom the receiver does not know yet; `edges` is null for a state that is not the sender's.
 */
export function receive(
  { actors: senders, states }: Claims,
  actors: readonly Actor[],
  claim: (lo: number, hi: number, value: number | null, edges: number | null) => void,
): void {
  const bits = senders?.map((name) => sleeperBit(actors.findIndex((actor) => actor.name === name)));
  for (let i = 0; i < states.length; i += 4) {
    const kept = states[i + 2] as number;
    const edges = states[i + 3] as number;
    const value = bits === undefined ? kept : translated(kept, bits);
    claim(states[i] as number, states[i + 1] as number, value, edges === NOT_MINE ? null : edges);
  }
}

/** The bit of an actor who can sleep; 0 for any other. */
const sleeperBit = (index: number): number => (index >= 0 && index < SINGLE ? 1 << index : 0);

function translated(value: number, bits: readonly number[]): number | null {
  let result = 0;
  for (let left = value; left !== 0; left &= left - 1) {
    const bit = bits[31 - Math.clz32(left & -left)] ?? 0;
    if (bit === 0) return null;
    result |= bit;
  }
  return result;
}
