/**
 * Calls in flight.
 *
 * A frame says how far a handler has come: the call and the results its effects gave so far. It is an immutable value that lives
 * in a cell of its actor, so undo, redo and the state key treat it like any other value. The generator that runs the handler is
 * only a cache: it moves along with the newest frame, and a frame without one makes it again from the recorded results.
 */

import type { Effect, Steps } from './effect.ts';
import { type Hashed, hashHi, hashLo, mix } from './hash.ts';

/** What an actor asked the kernel to do. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Makes the handler's generator; calling it again gives one that does the same. */
  readonly start: () => Steps<unknown>;
}

type EntryKind = 'result' | 'enter' | 'again' | 'leave';

const SALT: Record<EntryKind, number> = { result: 1, enter: 2, leave: 3, again: 4 };

/** One result, or the beginning or end of a scope. Hashed when asked: without tracking nobody ever does. */
class LogEntry implements Hashed {
  readonly kind: EntryKind;
  readonly value: unknown;
  readonly before: LogEntry | null;
  #lo: number | undefined;
  #hi: number | undefined;

  constructor(before: LogEntry | null, kind: EntryKind, value: unknown) {
    this.before = before;
    this.kind = kind;
    this.value = value;
  }

  get lo(): number {
    this.#lo ??= mix(mix(this.before?.lo ?? 0, SALT[this.kind]), hashLo(this.value));
    return this.#lo;
  }

  get hi(): number {
    this.#hi ??= mix(mix(this.before?.hi ?? 0, SALT[this.kind]), hashHi(this.value));
    return this.#hi;
  }
}

/** The log with everything since the innermost open scope replaced by the scope's value, or by the state of a loop's next turn. */
function collapsed(log: LogEntry | null, kind: 'again' | 'leave', value: unknown): LogEntry {
  let entry = log;
  while (entry !== null && entry.kind !== 'enter' && entry.kind !== 'again') entry = entry.before;
  if (entry === null) throw new Error('a handler left a scope that it had not entered');
  return new LogEntry(entry.before, kind, value);
}

/** What a handler that is run again is told where it had asked for an effect or marked a scope. */
function answerOf({ kind, value }: LogEntry): unknown {
  if (kind === 'leave') return { value };
  return kind === 'again' ? { again: value } : value;
}

export class Frame implements Hashed {
  readonly call: Call;
  /** The effect the handler waits to have performed; undefined when it has returned. Changes in {@link proceed} alone. */
  next: Effect | undefined;
  /** What the handler returned, when `next` is undefined. */
  value: unknown;
  readonly #log: LogEntry | null;
  #lo: number | undefined;
  #hi: number | undefined;
  #generator: Steps<unknown> | undefined;
  #successors: Map<unknown, Frame> | undefined;

  private constructor(call: Call, log: LogEntry | null, generator: Steps<unknown>, result: unknown) {
    this.call = call;
    let last = log;
    let answer = result;
    for (;;) {
      const { done, value } = generator.next(answer);
      if (done) {
        this.value = value;
        this.#log = null;
        return;
      }
      const yielded = value;
      if ('op' in yielded) {
        this.next = yielded;
        this.#generator = generator;
        this.#log = last;
        return;
      }
      const { scope } = yielded;
      last = scope === 'enter' ? new LogEntry(last, 'enter', undefined) : collapsed(last, scope, yielded.value);
      answer = undefined;
    }
  }

  get lo(): number {
    if (this.#lo === undefined) {
      const rest = this.next === undefined ? hashLo(this.value) : (this.#log?.lo ?? 0);
      this.#lo = mix(mix(hashLo(this.call.name), hashLo(this.call.args)), rest);
    }
    return this.#lo;
  }

  get hi(): number {
    if (this.#hi === undefined) {
      const rest = this.next === undefined ? hashHi(this.value) : (this.#log?.hi ?? 0);
      this.#hi = mix(mix(hashHi(this.call.name), hashHi(this.call.args)), rest);
    }
    return this.#hi;
  }

  /** Whether no effect of the call has been performed yet. */
  get isFresh(): boolean {
    for (let entry = this.#log; entry !== null; entry = entry.before) if (entry.kind !== 'enter') return false;
    return this.next !== undefined;
  }

  /** What the call has in its hands: its arguments, what its effects gave so far, and what it is about to touch. */
  *holds(): Generator {
    yield* this.call.args;
    yield* this.next?.args ?? [];
    for (let entry = this.#log; entry !== null; entry = entry.before) yield entry.value;
  }

  /** The frame of a call that has just been made. */
  static begin(call: Call): Frame {
    return new Frame(call, null, call.start(), undefined);
  }

  /**
   * The frame after the next effect gave `result`.
   *
   * @param remember keep the successor, so that a search which comes here again needs no generator
   */
  after(result: unknown, remember = false): Frame {
    const known = this.#successors?.get(result);
    if (known !== undefined) return known;
    const generator = this.#generator ?? this.#rebuild();
    this.#generator = undefined;
    const frame = new Frame(this.call, new LogEntry(this.#log, 'result', result), generator, result);
    if (remember && isKey(result)) {
      if (this.#successors === undefined) this.#successors = new Map();
      this.#successors.set(result, frame);
    }
    return frame;
  }

  /** Goes on after `result` in place, and forgets how it came there: for runs that are never taken back. */
  proceed(result: unknown): void {
    const generator = this.#generator!;
    let { done, value } = generator.next(result);
    while (!done && 'scope' in (value as object)) ({ done, value } = generator.next(undefined));
    this.next = done ? undefined : (value as Effect);
    if (done) this.value = value;
  }

  /** Runs the handler again on its recorded results, up to where this frame is. */
  #rebuild(): Steps<unknown> {
    const entries: LogEntry[] = [];
    for (let entry = this.#log; entry !== null; entry = entry.before) entries.push(entry);
    const generator = this.call.start();
    generator.next();
    for (const entry of entries.reverse()) generator.next(answerOf(entry));
    return generator;
  }
}

/** Whether a result can be looked up by identity: a primitive, or a kernel object, of which there is one for each name. */
function isKey(result: unknown): boolean {
  return typeof result !== 'object' || result === null || 'base' in result;
}
