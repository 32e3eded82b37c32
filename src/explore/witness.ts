/** The accesses behind a hazard: what the detectors see on its shortest schedule. */

import { reportsOf } from '../hazards/detectors/detect.ts';
import type { DetectorReport } from '../hazards/detectors/report.ts';
import type { FoundHazard } from './explain.ts';
import type { Subject } from './subject.ts';

/**
 * The reports of which a found hazard is what comes of them, in the order in which they become certain; none for a hazard that one
 * actor alone brings about. Their steps are numbered as in the schedule.
 *
 * @param open makes the subject at its start
 */
export const witnessReports = (open: () => Subject, { finding, schedule }: FoundHazard): DetectorReport[] =>
  reportsOf(open, schedule).filter(({ hazard }) => hazard === finding.id);
