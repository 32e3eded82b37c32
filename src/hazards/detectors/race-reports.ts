/** Data races and lost updates as reports. */

import { behindRace } from './behind.ts';
import { dataRaces } from './data-race.ts';
import { lostUpdates } from './lost-update.ts';
import { accessOf, type Found, locationKindOf, locksOf } from './report.ts';
import type { RunRecord } from './run-record.ts';
import type { Subject } from './subject.ts';

/** Two accesses that nothing orders. */
export function raceReports(record: RunRecord, { label }: Subject): Found[] {
  const { store } = record.machine;
  return dataRaces(record).map(({ cell, location, locationKind, first, second, hazard }) => {
    const accesses = [second, first].map((step) => {
      const how = step.freed.some((object) => object === store.cellOwner(cell))
        ? 'free'
        : step.writes.includes(cell)
          ? 'write'
          : 'read';
      return accessOf(step, step.plain ? `plain ${how}` : how, label);
    });
    return {
      kind: 'data-race',
      location,
      locationKind,
      step: second.number,
      accesses,
      locks: locksOf(accesses),
      hazard,
      message: 'nothing orders the two, and no lock is common to them',
    };
  });
}

/** Changes of one that another took back without having seen them. */
export function updateReports(record: RunRecord, subject: Subject, open: () => Subject): Found[] {
  return lostUpdates(record, subject, open).map(({ cell, location, read, lost, write }) => {
    const kind = locationKindOf(record.machine.store, cell);
    const accesses = [
      accessOf(write, 'plain write', subject.label),
      accessOf(lost, 'write that is lost', subject.label),
      accessOf(read, 'plain read', subject.label),
    ];
    return {
      kind: 'lost-update',
      location,
      locationKind: kind,
      step: write.number,
      accesses,
      locks: locksOf(accesses),
      hazard: behindRace(kind, [read, lost, write]),
      message: 'the value written was made of the one that was read before the other write',
    };
  });
}
