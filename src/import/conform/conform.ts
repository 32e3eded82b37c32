/** Conforms one log: reads it, replays it and counts. */

import { type LogBounds, readLog } from '../strace/read-log.ts';
import type { Recording } from '../strace/recording.ts';
import { Search } from './search.ts';
import type { CallCount, Divergence, LogReport, Verdict } from './verdict.ts';
import { settingOf } from './world.ts';

export type Conformed =
  | { readonly ok: true; readonly report: LogReport }
  | { readonly ok: false; readonly message: string };

/** How many things that the log does not show are assumed for its sake. */
const MAX_ASSUMPTIONS = 24;

/** How many divergences of a log are kept in words. */
const KEPT = 100;

/** Reads and replays a log; a message when it is none. */
export async function conform(file: string, bounds?: LogBounds): Promise<Conformed> {
  const read = await readLog(file, bounds);
  return read.ok ? { ok: true, report: conformRecording(read.value) } : read;
}

/** Replays a recording on the 6.x profile. */
export function conformRecording(recording: Recording): LogReport {
  let setting = settingOf(recording);
  for (let assumptions = 0; ; assumptions += 1) {
    const search = new Search(recording.events, setting);
    if (assumptions === MAX_ASSUMPTIONS) search.runAsItIs();
    const more = assumptions === MAX_ASSUMPTIONS ? null : search.run();
    if (more === null) return count(recording, search.verdicts);
    setting =
      'inherited' in more
        ? { ...setting, inherited: [...setting.inherited, more.inherited] }
        : { ...setting, guesses: new Map(setting.guesses).set(more.guessed, more.guess) };
  }
}

function count(recording: Recording, verdicts: readonly (Verdict | null)[]): LogReport {
  const byCall: Record<string, CallCount> = {};
  const skippedCalls: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const divergences: Divergence[] = [];
  const deliveries = { compared: 0, agreed: 0 };
  const ends = { compared: 0, agreed: 0 };
  let [calls, compared, agreed] = [0, 0, 0];
  for (const [i, event] of recording.events.entries()) {
    const verdict = verdicts[i];
    if (verdict?.kind === 'diverged' && divergences.length < KEPT) divergences.push(verdict.divergence);
    if (event.kind === 'signal' || event.kind === 'exited' || event.kind === 'killed') {
      const counts = event.kind === 'signal' ? deliveries : ends;
      if (verdict === null || verdict === undefined) continue;
      counts.compared += 1;
      if (verdict.kind === 'agreed') counts.agreed += 1;
      continue;
    }
    if (event.kind !== 'enter' && event.kind !== 'leave') continue;
    const { name } = event.call;
    byCall[name] ??= { calls: 0, compared: 0, agreed: 0, skipped: 0 };
    const counts = byCall[name];
    if (event.kind === 'enter') {
      calls += 1;
      counts.calls += 1;
      if (event.call.endLine === null) skip(name, 'the log ends first');
      if (verdict?.kind !== 'diverged') continue;
    }
    if (verdict === null || verdict === undefined) continue;
    if (verdict.kind === 'skipped') {
      skip(name, verdict.reason);
      continue;
    }
    if (event.kind === 'enter') continue;
    compared += 1;
    counts.compared += 1;
    if (verdict.kind === 'agreed') {
      agreed += 1;
      counts.agreed += 1;
    }
  }

  function skip(name: string, reason: string): void {
    byCall[name]!.skipped += 1;
    skippedCalls[name] = (skippedCalls[name] ?? 0) + 1;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }

  return {
    file: recording.file,
    calls,
    compared,
    agreed,
    skipped: skippedCalls,
    reasons,
    divergence: divergences[0] ?? null,
    divergences,
    deliveries,
    ends,
    byCall,
    unreadable: recording.unreadable.count,
    cut: recording.cut,
  };
}
