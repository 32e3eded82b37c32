/**
 * What processes that search parts of the same tree tell each other of the states they have come to: whoever is told of a state
 * does not search below it. Who sleeps at a state is one bit for each actor, by the sender's numbers, so their names go along.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';

export interface Claims {
  /** Which search of its process they belong to. */
  readonly round: number;
  /** Names of the actors whose numbers are the bits of the values; null where values are counts of preemptions. */
  readonly actors: readonly string[] | null;
  /** Four numbers for each state: the two halves of its hash, the value kept with it, and the steps that lead on from it. */
  readonly states: Int32Array;
}

/** Numbers that a message holds at most. */
const MOST = 4 * 1024;

/** Gathers claims until they are worth a message. */
export class Claiming {
  readonly #numbers = new Int32Array(MOST);
  #length = 0;

  /** Whether the message is full. */
  get isFull(): boolean {
    return this.#length === MOST;
  }

  add(lo: number, hi: number, value: number, edges: number): void {
    this.#numbers.set([lo, hi, value, edges], this.#length);
    this.#length += 4;
  }

  /** What was gathered, to be sent; null when there is nothing. */
  take(round: number, actors: readonly Actor[] | null): Claims | null {
    if (this.#length === 0) return null;
    const states = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return { round, actors: actors?.slice(0, 31).map(({ name }) => name) ?? null, states };
  }
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
  const bits = senders?.map((name) => bitOf(actors.findIndex((actor) => actor.name === name)));
  for (let i = 0; i < states.length; i += 4) {
    const value = bits === undefined ? (states[i + 2] as number) : translated(states[i + 2] as number, bits);
    if (value !== UNKNOWN) claim(states[i] as number, states[i + 1] as number, value);
  }
}

const UNKNOWN = -1;

/** The bit of an actor who can sleep; 0 for any other. */
const bitOf = (index: number): number => (index >= 0 && index < 31 ? 1 << index : 0);

function translated(value: number, bits: readonly number[]): number {
  let result = 0;
  for (let left = value; left !== 0; left &= left - 1) {
    const bit = bits[31 - Math.clz32(left & -left)] ?? 0;
    if (bit === 0) return UNKNOWN;
    result |= bit;
  }
  return result;
}
