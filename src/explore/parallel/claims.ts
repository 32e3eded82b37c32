/**
 * What processes that search parts of the same tree tell each other of the states they have come to: whoever is told of a state
 * does not search below it. Who sleeps at a state is one bit for each actor, by the sender's numbers, so their names go along.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { SINGLE } from '../stands.ts';

export interface Claims {
  /** Which search of its process they belong to. */
  readonly round: number;
  /** Names of the actors whose numbers are the bits of the values; null where values are counts of preemptions. */
  readonly actors: readonly string[] | null;
  /** Three numbers for each state: the two halves of its hash, and the value kept with it. */
  readonly states: Int32Array;
}

/** Integers in threes, as many as there are. */
export class Triples {
  #numbers = new Int32Array(3 * 1024);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(first: number, second: number, third: number): void {
    if (this.#length === this.#numbers.length) {
      const longer = new Int32Array(this.#numbers.length * 2);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.#length++] = first;
    this.#numbers[this.#length++] = second;
    this.#numbers[this.#length++] = third;
  }

  /** What was added since this was last asked. */
  take(): Int32Array {
    const taken = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** Claims to states, to be sent. */
export function claimsOf(round: number, states: Int32Array, actors: readonly Actor[] | null): Claims {
  return { round, states, actors: actors?.slice(0, SINGLE).map(({ name }) => name) ?? null };
}

/**
 * Calls `claim` for each state of a message, with its value in the receiver's numbers.
 * A state at which somebody sleeps whom the receiver does not know yet is passed over: it will be searched once more.
 */
export function receive(
  { actors: senders, states }: Claims,
  actors: readonly Actor[],
  claim: (lo: number, hi: number, value: number) => void,
): void {
  const bits = senders?.map((name) => sleeperBit(actors.findIndex((actor) => actor.name === name)));
  for (let i = 0; i < states.length; i += 3) {
    const value = bits === undefined ? (states[i + 2] as number) : translated(states[i + 2] as number, bits);
    if (value !== UNKNOWN) claim(states[i] as number, states[i + 1] as number, value);
  }
}

const UNKNOWN = -1;

/** The bit of an actor who can sleep; 0 for any other. */
const sleeperBit = (index: number): number => (index >= 0 && index < SINGLE ? 1 << index : 0);

function translated(value: number, bits: readonly number[]): number {
  let result = 0;
  for (let left = value; left !== 0; left &= left - 1) {
    const bit = bits[31 - Math.clz32(left & -left)] ?? 0;
    if (bit === 0) return UNKNOWN;
    result |= bit;
  }
  return result;
}
