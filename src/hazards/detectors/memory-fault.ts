/** Kernel memory touched after its end, before its beginning or beyond its bounds, and failed assertions: with who freed it. */

import { type Fault, isFault } from '../../kernel-sim/machine/note.ts';
import { isHazard } from '../finding.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';

export interface MemoryFault {
  readonly fault: Fault;
  /** The cells of the same object that the step touched in the same way. */
  readonly cells: readonly number[];
  readonly step: RecordedStep;
  /** Who freed the memory, where it was freed. */
  readonly freedAt: RecordedStep | null;
  /** The catalogued hazard that a monitor took it for. */
  readonly hazard: string | null;
}

/** The faults of a run; of those of the same operation in objects of the same kind, the first. */
export function memoryFaults({ steps }: RunRecord): MemoryFault[] {
  const faults = new Map<string, MemoryFault>();
  for (const step of steps) {
    for (const fault of step.notes) {
      if (!isFault(fault)) continue;
      const { kind, object } = fault;
      const key = `${kind} ${object?.layout.kind} ${step.call} ${step.operation}`;
      if (faults.has(key)) continue;
      const alike = step.notes.filter(
        (note) => isFault(note) && note.kind === kind && note.object === object,
      ) as Fault[];
      const isBefore = ({ number, freed }: RecordedStep): boolean =>
        number <= step.number && object !== null && freed.includes(object);
      faults.set(key, {
        fault,
        cells: [...new Set(alike.map(({ cell }) => cell))],
        step,
        freedAt: steps.findLast(isBefore) ?? null,
        hazard: step.notes.find((note) => isHazard(note))?.finding.id ?? null,
      });
    }
  }
  return [...faults.values()];
}
