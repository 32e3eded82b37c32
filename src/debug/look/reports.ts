/** `info reports`: what the detectors see in the run so far, and who waits for whom. The run is made again aside for it. */

import { reportsOf } from '../../hazards/detectors/detect.ts';
import type { DetectorReport } from '../../hazards/detectors/report.ts';
import { MOST_STEPS } from '../../hazards/detectors/run-record.ts';
import { waitingActors } from '../../hazards/detectors/stuck.ts';
import type { Subject } from '../../hazards/detectors/subject.ts';
import { openSession } from '../../scenario/session.ts';
import { reportBlock } from '../../trace/report-block.ts';
import type { Debuggee } from '../debuggee.ts';
import { listing } from './columns.ts';
import { effectText } from './steps.ts';

/** What the detectors see in the steps up to here. Steps are numbered as the debugger counts them. */
export function reportsHere({ session, scenario }: Debuggee): DetectorReport[] {
  const open = (): Subject => {
    const { k, interpreter } = openSession(scenario);
    return { machine: k.machine, label: (actor) => interpreter.labelOf(actor) };
  };
  const schedule = session.timeline.schedule().subarray(0, session.position);
  const stretches = Array.from(schedule, (index) => ({ actor: session.actorAt(index)?.name ?? 'time', steps: 1 }));
  return reportsOf(open, stretches);
}

/** The reports as blocks, and below them who waits for what. */
export function reportsText(debuggee: Debuggee): string {
  const blocks = reportsHere(debuggee).map((report) => reportBlock(report).join('\n'));
  const cut = debuggee.session.position > MOST_STEPS;
  if (cut) blocks.unshift(`The detectors look at the first ${MOST_STEPS} steps only.`);
  const reports = blocks.length === 0 ? 'The detectors see nothing up to here.' : blocks.join('\n');
  return `${reports}\n${waitingText(debuggee)}`;
}

/** Who cannot step, and who holds the lock that it waits for. */
function waitingText(debuggee: Debuggee): string {
  const rows = waitingActors(debuggee.session.machine).map(({ actor, call, operation, holder, waitsFor }) => [
    debuggee.nameOf(actor),
    effectText(call, operation),
    holder === null ? waitsFor.join(', ') : `a lock that ${debuggee.nameOf(holder)} holds`,
  ]);
  return listing(['task', 'waits in', 'for'], rows, 'Nobody waits.');
}
