/** `thaw replay`: one run of each scenario, printed as strace would, with hazards where they become certain. */

import { openSchedule } from '../explore/schedule-file.ts';
import { endReports } from '../hazards/detectors/detect.ts';
import { renderDiagnostic } from '../scenario/diagnostic.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openSession, type Session } from '../scenario/session.ts';
import { EventSource, type TraceEvent } from '../trace/event.ts';
import type { Report } from '../trace/hazard-block.ts';
import { eventJson } from '../trace/json.ts';
import { reportJson, type Sighting } from '../trace/report-block.ts';
import { type LineKind, StraceText } from '../trace/strace.ts';
import type { Diagnostic } from '../userland/language/diagnostic.ts';
import { coloursOf } from './colour.ts';
import { detectIn, subjectIn } from './detection.ts';
import { DIFFERENT, endWith, refuse, tell } from './exit.ts';
import { complaintsOf } from './expectation.ts';
import { Output, printJson } from './output.ts';
import { pinnedFile, type Run, runFreely, runSaved, type SavedRun } from './run.ts';
import { openAll, type ScenarioOptions } from './scenario-options.ts';
import { type Sleeper, sleepersOf, sleeperText } from './sleeper.ts';
import { TraceFile } from './trace-file.ts';

export interface ReplayOptions extends ScenarioOptions {
  readonly schedule?: string;
  readonly seed?: number;
  readonly width?: number;
  readonly trace?: string;
  readonly quiet?: boolean;
  readonly detect?: boolean;
}

/** What a run came to, as `--json` prints it. */
interface Replayed extends Run {
  readonly file: string;
  readonly ok: boolean;
  readonly hazards: readonly Report[];
  /** What the detectors have seen. */
  readonly reports: readonly object[];
  readonly unexpected: readonly Pick<Diagnostic, 'line' | 'column' | 'message'>[];
  /** Who waits for ever, and in which call. */
  readonly waiting: readonly string[];
  readonly trace?: readonly object[];
}

export async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const scenarios = await openAll(files, options);
  if (scenarios === null) return;
  const file = options.trace === undefined ? null : new TraceFile(options.trace, options.width ?? 64);
  const runs: Replayed[] = [];
  try {
    for (const scenario of scenarios) {
      const run = await new Replay(scenario, options, file).run();
      if (run !== null) runs.push(run);
    }
  } catch (error) {
    file?.drop();
    throw error;
  }
  if (runs.length < scenarios.length) {
    file?.drop();
    return;
  }
  await file?.end();
  if (options.json) printJson({ runs });
}

class Replay {
  readonly #scenario: Scenario;
  readonly #options: ReplayOptions;
  readonly #file: TraceFile | null;
  readonly #output = new Output();
  readonly #hazards: Report[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #events: object[] = [];
  readonly #reports: Sighting[] = [];
  #text: StraceText | null = null;
  #source: EventSource | null = null;
  #sleepers: () => readonly Sleeper[] = () => [];
  /** What the detectors will have seen in this run, in order. */
  #foreseen: Sighting[] = [];
  #atEnd: () => readonly Sighting[] = () => [];

  constructor(scenario: Scenario, options: ReplayOptions, file: TraceFile | null) {
    this.#scenario = scenario;
    this.#options = options;
    this.#file = file;
  }

  async run(): Promise<Replayed | null> {
    if (this.#options.detect) {
      this.#foreseen = [...(await detectIn(this.#scenario, (watch) => this.#go(watch)))];
    }
    const ran = await this.#go((session) => this.#watch(session));
    if (ran === null) return null;
    if (!this.#options.detect) for (const report of this.#atEnd()) this.#tell(report);
    this.#text?.end();
    this.#output.flush();
    return this.#judge(ran);
  }

  /** Makes the run; what `watch` gives is called after each step. */
  async #go(watch: (session: Session) => () => void): Promise<Run | SavedRun | null> {
    const scenario = this.#scenario;
    const file = this.#options.schedule ?? (this.#options.seed === undefined ? pinnedFile(scenario) : undefined);
    if (file === undefined) {
      const session = openSession(scenario);
      return runFreely(session, this.#options.seed, watch(session));
    }
    const schedule = await openSchedule(file, scenario.title);
    if (schedule.ok) return runSaved(scenario, schedule.saved, watch);
    refuse(schedule.message);
    return null;
  }

  /** Listens to a run: what it gives is to be called after each step. */
  #watch(session: Session): () => void {
    const { k, interpreter } = session;
    const { quiet, json, width = 64 } = this.#options;
    const source = new EventSource(k.machine.store, (task) => interpreter.labelOf(task));
    const text = quiet || json ? null : new StraceText(this.#painter(), { width });
    this.#text = text;
    this.#source = source;
    this.#atEnd = () => endReports(subjectIn(session), new Set(this.#hazards.map(({ id }) => id)), source.steps);
    this.#sleepers = () => sleepersOf(k.machine, (actor) => interpreter.labelOf(actor));
    return () => {
      const events = source.afterStep();
      for (const event of events) this.#keep(event);
      for (; this.#foreseen[0]?.step === source.steps; ) this.#tell(this.#foreseen.shift() as Sighting);
      if (events.length === 0) return;
      this.#diagnostics.push(...complaintsOf(events, interpreter));
    };
  }

  #painter(): (line: string, kind: LineKind) => void {
    const { cyan, dim, yellow, red } = coloursOf(process.stdout);
    const paint = { call: (line: string) => line, signal: cyan, end: dim, hazard: yellow, unexpected: red };
    return (line, kind) => this.#output.line(paint[kind](line));
  }

  /** Puts what a detector has seen where the run stands. */
  #tell(sighting: Sighting): void {
    this.#reports.push(sighting);
    this.#keep({ kind: 'report', sighting, step: this.#source?.steps ?? 0, who: { pid: 0, label: '' } });
  }

  #keep(event: TraceEvent): void {
    if (event.kind === 'fault' && this.#options.detect) return; // a detector tells more of it
    this.#text?.add(event);
    this.#file?.add(event);
    if (event.kind === 'hazard') this.#hazards.push(event.report);
    if (this.#options.json && !this.#options.quiet) this.#events.push(eventJson(event));
  }

  #judge(ran: Run | SavedRun): Replayed {
    const { file } = this.#scenario;
    const sleepers = ran.ending === 'stuck' ? this.#sleepers() : [];
    const complaints = this.#complaints(ran, sleepers);
    for (const complaint of complaints) tell(complaint);
    if (complaints.length > 0) endWith(DIFFERENT);
    const ids = [...new Set(this.#hazards.map(({ id }) => id))];
    tell(
      `${file}: ${ran.steps} steps, ${endingText(ran, sleepers)}; hazards: ${ids.join(' ') || 'none'}${reportsText(this.#reports)}`,
    );
    return {
      file,
      ok: complaints.length === 0,
      ending: ran.ending,
      steps: ran.steps,
      hazards: this.#hazards,
      reports: this.#reports.map(reportJson),
      unexpected: this.#diagnostics.map(({ line, column, message }) => ({ line, column, message })),
      waiting: sleepers.map(sleeperText),
      drift: ran.drift,
      ...(this.#options.quiet ? {} : { trace: this.#events }),
    };
  }

  /** What the run was not meant to do, for people. */
  #complaints(ran: Run | SavedRun, sleepers: readonly Sleeper[]): string[] {
    const { file, expect } = this.#scenario;
    const strange = this.#hazards.filter(({ id }) => expect.hazards?.includes(id) === false);
    const mayDiffer = expect.outcome === 'sometimes' || expect.outcome === 'never';
    const deadlocked = expect.deadlock === true ? [] : sleepers.filter(({ idle }) => !idle);
    return [
      ...(mayDiffer ? [] : this.#diagnostics.map(renderDiagnostic)),
      ...strange.map(({ id, name, task }) => `${file}: hazard ${id} (${name}) in ${task} is not among expect.hazards`),
      ...deadlocked.map((sleeper) => `${file}: ${sleeperText(sleeper)}, and nobody is left to wake it`),
      ...ran.drift.map((point) => `${file}: drift: the run never comes to ${point}, which the schedule names`),
      ...('reproduced' in ran && !ran.reproduced ? [`${file}: the hazard of the schedule does not happen`] : []),
      ...(ran.ending === 'out-of-steps' ? [`${file}: given up after ${ran.steps} steps`] : []),
    ];
  }
}

/** Kinds of reports and how many there are of each, for the summary. */
function reportsText(reports: readonly Sighting[]): string {
  const byKind = Map.groupBy(reports, ({ kind }) => kind);
  const counts = [...byKind].map(([kind, some]) => (some.length === 1 ? kind : `${kind} (${some.length})`));
  return counts.length === 0 ? '' : `; reports: ${counts.join(', ')}`;
}

function endingText({ ending }: Run, sleepers: readonly Sleeper[]): string {
  if (ending === 'finished') return 'all tasks have ended';
  if (ending === 'out-of-steps') return 'given up';
  return sleepers.every(({ idle }) => idle) ? 'everybody is idle' : 'everybody waits';
}
