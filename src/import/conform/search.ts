/**
 * Walks through a recording, looking for an order of effects that explains it.
 *
 * Where the replay and the recording part, the decisions before are changed one at a time, the latest first: by one line, then for as
 * long as the call lasts; then two at a time, until the replay passes; bounded by {@link TRIALS}. If none does, the event is taken as recorded and counted as a divergence.
 */

import { fileAt } from '../../kernel-sim/fs/files.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { passedOver } from './inherited.ts';
import { GUESSES } from './prepare.ts';
import { type Handled, Replay } from './replay.ts';
import type { Decide, Decision } from './settle.ts';
import { unseenValues } from './unseen-values.ts';
import type { Verdict } from './verdict.ts';
import type { Setting } from './world.ts';

/** How often a stretch of the log is replayed before its divergence is accepted. */
const TRIALS = 120;

/** How many events a whole log may cost in such trials; after that, divergences are accepted as they come. */
const BUDGET = 150_000;

/** Events before a divergence whose decisions are reconsidered. */
const WINDOW = 60;

/** Events after which what lies behind is no longer taken back. */
const MEMORY = 4000;

/** Where the kernel stood before an event, and what was decided while it was handled. */
interface Moment {
  readonly mark: number;
  decisions: readonly Decision[];
  /** Whom each of them was about. */
  readonly about: readonly number[];
}

/** A decision: which one of those that were taken while an event was handled. */
type Choice = readonly [event: number, ordinal: number];

/** Decisions that differ from the usual ones, by event. */
type Script = ReadonlyMap<number, readonly Decision[]>;

/** Something that the log does not show and a divergence tells: an inherited descriptor, or what SETALL sets. */
export type Assumption = { readonly inherited: number } | { readonly guessed: RecordedCall; readonly guess: number };

export class Search {
  readonly replay: Replay;
  /** What became of each event; undefined for those that are not compared. */
  readonly verdicts: (Verdict | null)[] = [];
  readonly #events: readonly RecordedEvent[];
  readonly #moments: (Moment | undefined)[] = [];
  readonly #accepted = new Set<number>();
  #script: Script = new Map();
  #mayAssume = true;
  #spent = 0;

  constructor(events: readonly RecordedEvent[], setting: Setting) {
    this.#events = events;
    this.replay = new Replay(events, setting);
  }

  /** Replays all without looking for descriptors from before. */
  runAsItIs(): void {
    this.#mayAssume = false;
    this.run();
  }

  /** @returns what has to be assumed about the time before the log for a new search to come further; null at the end */
  run(): Assumption | null {
    for (let index = 0; index < this.#events.length; index += 1) {
      if (index % MEMORY === MEMORY - 1) this.#forget();
      if (this.#step(index, this.#script)) continue;
      const assumption = this.#mayAssume ? this.#assume(index) : null;
      if (assumption !== null) return assumption;
      if (this.#explain(index)) continue;
      this.#accepted.add(index);
      this.#step(index, this.#script);
    }
    return null;
  }

  #assume(index: number): Assumption | null {
    const inherited = passedOver(this.#events, index, (fd) => this.#isFree(index, fd));
    if (inherited !== null) return { inherited };
    const guessed = unseenValues(this.#events, index);
    if (guessed === null) return null;
    const guess = (this.replay.simulation.setting.guesses.get(guessed) ?? 0) + 1;
    return guess < GUESSES.length ? { guessed, guess } : null;
  }

  /** Whether the simulated task has given a descriptor out in the call, or has it free. */
  #isFree(index: number, fd: number): boolean {
    const { simulation } = this.replay;
    const event = this.#events[index]!;
    const task = simulation.task(event.task);
    if (task === null || !('call' in event)) return false;
    const outcome = simulation.store.peek(simulation.follower(task).outcome);
    const gave = outcome?.ok === true && Number(outcome.value.value) === fd;
    return gave || fileAt(simulation.store, task, fd) === null || event.call.name.startsWith('pipe');
  }

  /** Handles one event; false when it does not agree. */
  #step(index: number, script: Script): boolean {
    const { store } = this.replay.simulation;
    const known = script.get(index);
    const decisions: Decision[] = [];
    const about: number[] = [];
    const mark = store.mark();
    const decide: Decide = (usually, task) => {
      about.push(task);
      const decision = known?.[decisions.length] ?? usually;
      decisions.push(decision);
      return decision;
    };
    const handled = this.#attempt(index, decide, mark);
    this.#moments[index] = { mark, decisions, about };
    this.verdicts[index] = handled.verdict;
    return handled.mismatch === null || this.#accepted.has(index);
  }

  #attempt(index: number, decide: Decide, mark: number): Handled {
    const { store } = this.replay.simulation;
    try {
      return this.replay.handle(index, decide, this.#accepted.has(index));
    } catch (error) {
      store.undo(mark);
      const event = this.#events[index]!;
      const call = 'call' in event ? event.call.text : event.kind;
      const simulated = `the simulator fails: ${(error as Error).message}`;
      const divergence = { line: event.line, call, recorded: call, simulated };
      return { mismatch: { recorded: call, simulated }, verdict: { kind: 'diverged', divergence } };
    }
  }

  /** Looks for other decisions before `index` under which it agrees; on success the replay stands behind it. */
  #explain(index: number): boolean {
    if (this.#spent > BUDGET) return false;
    const first = Math.max(0, index - WINDOW, this.#oldest());
    const usual = this.#script;
    const choices: Choice[] = [];
    for (let event = index; event >= first; event -= 1) {
      const count = this.#moments[event]?.decisions.length ?? 0;
      for (let ordinal = count - 1; ordinal >= 0; ordinal -= 1) choices.push([event, ordinal]);
    }
    choices.splice(TRIALS, choices.length, ...this.#ownChoices(index, first));
    const taken = new Map(choices.map(([event]) => [event, this.#moments[event]!.decisions]));
    const changed = (script: Script, [event, ordinal]: Choice, late = false): Script => {
      const before = script.get(event) ?? taken.get(event)!;
      const decision = late ? 'late' : before[ordinal] !== true;
      return new Map(script).set(event, [...before.slice(0, ordinal), decision]);
    };
    const ran = ([event, ordinal]: Choice): boolean => taken.get(event)![ordinal] === true;
    let trials = 0;
    const tries = (script: Script, from: number): boolean => {
      trials += 1;
      this.#back(from);
      for (let event = from; event <= index; event += 1) {
        this.#spent += 1;
        if (!this.#step(event, script)) return false;
      }
      this.#script = script;
      return true;
    };
    for (const choice of choices) {
      if (tries(changed(usual, choice), choice[0])) return true;
    }
    for (const choice of choices.filter(ran)) {
      if (tries(changed(usual, choice, true), choice[0])) return true;
    }
    const near = choices.slice(0, 24);
    for (const [i, one] of near.entries()) {
      for (const other of near.slice(i + 1)) {
        if (trials > 3 * TRIALS) break;
        if (one[0] === other[0]) continue;
        const from = Math.min(one[0], other[0]);
        if (tries(changed(changed(usual, one), other), from)) return true;
      }
    }
    // Nothing helps: back to the order that was tried first.
    const from = choices.length === 0 ? index : Math.min(...choices.map(([event]) => event));
    this.#back(from);
    for (let event = from; event < index; event += 1) this.#step(event, usual);
    return false;
  }

  /** The decisions before an event about the task that it is of, as far back as the task has been in one call. */
  #ownChoices(index: number, before: number): readonly Choice[] {
    const { task } = this.#events[index]!;
    const choices: Choice[] = [];
    for (let event = before - 1; event >= Math.max(this.#oldest(), before - MEMORY); event -= 1) {
      const { about } = this.#moments[event]!;
      for (const [ordinal, whom] of about.entries()) if (whom === task) choices.push([event, ordinal]);
      if (this.#events[event]!.task === task) break;
    }
    return choices;
  }

  #back(event: number): void {
    this.replay.simulation.store.undo(this.#moments[event]!.mark);
  }

  #oldest(): number {
    let oldest = this.#moments.length;
    while (oldest > 0 && this.#moments[oldest - 1] !== undefined) oldest -= 1;
    return oldest;
  }

  #forget(): void {
    this.#moments.length = 0;
    this.replay.simulation.store.forget();
  }
}
