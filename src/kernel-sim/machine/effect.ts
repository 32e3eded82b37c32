/**
 * Operations and effects: the only way kernel code touches state.
 *
 * A handler is a generator. To touch state it yields an {@link Effect}: plain data that names an {@link Operation} and its
 * arguments. The machine performs it as one indivisible step on the store and sends the result back. The step's footprint is
 * what the operation touched, recorded while it ran, so it cannot disagree with what was done.
 *
 * What the real code does under one lock is one operation. What it does unlocked, or across a dropped lock, is several; such an
 * operation is declared plain where the real code takes no lock for it, so that detectors of data races can tell.
 */

import type { Cell } from './layout.ts';
import type { Transaction } from './store.ts';

/** One kind of atomic step. */
export interface Operation {
  readonly name: string;
  readonly body: (tx: Transaction, ...args: never[]) => unknown;
  /** When false the actor has to wait; what it reads decides when to look again. */
  readonly when: ((tx: Transaction, ...args: never[]) => boolean) | undefined;
  /** The virtual time in ns at which the wait ends whatever `when` says; null for never. */
  readonly deadline: ((tx: Transaction, ...args: never[]) => number | null) | undefined;
  /** Whether the real code does this without any lock, and not as an atomic access either; it may hang on the arguments. */
  readonly plain: boolean | ((...args: never[]) => boolean);
}

/** The next atomic operation of an actor. */
export interface Effect {
  readonly op: Operation;
  readonly args: readonly unknown[];
}

/** Marks the beginning or the end of a part of a handler whose inner results may be forgotten once it is over; see {@link scoped}. */
export interface ScopeMark {
  readonly scope: 'enter' | 'again' | 'leave';
  readonly value?: unknown;
}

/** Kernel code that runs in steps and ends in a `T`. */
export type Steps<T> = Generator<Effect | ScopeMark, T, unknown>;

/**
 * Declares an operation and returns what yields it: `const taken = yield* testAndSet(ns, 5000)`.
 *
 * Arguments and results are plain data or kernel objects. The body runs to its end in one step and may not keep the transaction.
 */
export function operation<A extends readonly unknown[], R>(
  name: string,
  body: (tx: Transaction, ...args: A) => R,
  {
    when,
    deadline,
    plain = false,
  }: {
    when?: (tx: Transaction, ...args: A) => boolean;
    deadline?: (tx: Transaction, ...args: A) => number | null;
    plain?: boolean | ((...args: A) => boolean);
  } = {},
): (...args: A) => Steps<R> {
  const op = { name, body, when, deadline, plain } as unknown as Operation;
  return function* (...args: A): Steps<R> {
    return (yield { op, args }) as R;
  };
}

/** Reads one cell without any lock. */
export const load = operation('load', <T>(tx: Transaction, cell: Cell<T>): T => tx.read(cell), { plain: true });

/** Reads one cell without any lock where any value that it has had will do; READ_ONCE. */
export const loadOnce = operation('load_once', <T>(tx: Transaction, cell: Cell<T>): T => tx.read(cell));

/** Writes one cell without any lock. */
export const store = operation('store', <T>(tx: Transaction, cell: Cell<T>, value: T): void => tx.write(cell, value), {
  plain: true,
});

const ENTER: ScopeMark = { scope: 'enter' };

/**
 * Runs `steps` as a part whose inner results no longer tell states apart once it has returned: only its value does.
 * Two runs that reach the same value by different results are then the same state. Costs no step.
 */
export function* scoped<T>(steps: Steps<T>): Steps<T> {
  const known = (yield ENTER) as { value: T } | undefined;
  if (known !== undefined) return known.value;
  const value = yield* steps;
  yield { scope: 'leave', value };
  return value;
}

/**
 * A loop of which only its present state tells states apart, not the turns before. `turn` gives the state of the next turn, or the
 * value of the loop. Costs no step.
 */
export function* repeated<S, T>(first: S, turn: (state: S) => Steps<{ again: S } | { done: T }>): Steps<T> {
  const known = (yield ENTER) as { value: T } | { again: S } | undefined;
  if (known !== undefined && 'value' in known) return known.value;
  let state = known === undefined ? first : known.again;
  for (;;) {
    const outcome = yield* turn(state);
    if ('done' in outcome) {
      yield { scope: 'leave', value: outcome.done };
      return outcome.done;
    }
    state = outcome.again;
    yield { scope: 'again', value: state };
  }
}
