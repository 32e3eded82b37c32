/** What happened to memory that should not have, and what was left of it, as reports. */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Machine } from '../../kernel-sim/machine/machine.ts';
import { behindLeak } from './behind.ts';
import { leaks } from './leaks.ts';
import { memoryFaults } from './memory-fault.ts';
import { accessOf, type Found, locationKindOf, locksOf } from './report.ts';
import type { RunRecord } from './run-record.ts';
import type { Subject } from './subject.ts';

/** Faults of the tracked heap, failed assertions, and locks given back by who does not hold them. */
export function faultReports(record: RunRecord, { label }: Subject): Found[] {
  const { store } = record.machine;
  return memoryFaults(record).map(({ fault, cells, step, freedAt, hazard }) => {
    const accesses = [
      accessOf(step, fault.access, label),
      ...(freedAt === null ? [] : [accessOf(freedAt, 'free', label)]),
    ];
    return {
      kind: fault.kind,
      location: cells.map((cell) => store.cellName(cell)).join(', '),
      locationKind: locationKindOf(store, fault.cell),
      step: step.number,
      accesses,
      locks: locksOf(accesses),
      hazard,
      message: fault.message ?? faultTexts[fault.kind] ?? fault.kind,
    };
  });
}

const faultTexts: Readonly<Record<string, string>> = {
  'use-after-free': 'the memory has been given back',
  'double-free': 'the memory has been given back before',
  'uninitialised-read': 'the memory was never written',
  'out-of-bounds': 'the place is not inside the object',
};

/**
 * Memory that nothing leads to at the end of a run, by kind.
 *
 * @param seen ids of the hazards that the run came to
 * @param step the last one
 */
export function leakReports({ machine, label }: Subject, seen: ReadonlySet<string>, step: number): Found[] {
  const byKind = Map.groupBy(leaks(machine), ({ layout }) => layout.kind);
  return [...byKind].map(([kind, objects]) => ({
    kind: 'memory-leak',
    location: objects.map(({ name }) => name).join(', '),
    locationKind: kind,
    step,
    accesses: [],
    locks: [],
    hazard: behindLeak(kind, seen),
    message: `${objects.length} ${kind} object${objects.length === 1 ? '' : 's'} that nothing leads to any more, made by ${makersOf(machine, objects, label)}`,
  }));
}

/** Who has allocated objects. */
function makersOf({ actors }: Machine, objects: readonly KernelObject[], label: Subject['label']): string {
  const makers = objects.map(({ allocator }) => actors.find((actor) => actor === allocator));
  return [...new Set(makers.map((actor) => (actor === undefined ? 'the kernel' : label(actor))))].join(', ');
}
