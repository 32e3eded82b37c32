/** What the detectors have to say of a run, in the manner of a kernel sanitizer. DESIGN "The trace". */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Store } from '../../kernel-sim/machine/store.ts';
import type { ReportedAccess, Sighting } from '../../trace/report-block.ts';
import { findEntry } from '../catalogue/index.ts';
import type { RecordedStep } from './run-record.ts';

export type ReportKind =
  | 'data-race'
  | 'lost-update'
  | 'use-after-free'
  | 'double-free'
  | 'uninitialised-read'
  | 'out-of-bounds'
  | 'assertion'
  | 'unbalanced'
  | 'deadlock'
  | 'lost-wakeup'
  | 'memory-leak';

/** A report before the hazard behind it is looked up. */
export type Found = Omit<DetectorReport, 'hazardName'>;

/** A report with the name of the hazard behind it. */
export const named = (found: Found): DetectorReport => ({
  ...found,
  hazardName: found.hazard === null ? null : (findEntry(found.hazard)?.name ?? null),
});

export interface DetectorReport extends Sighting {
  readonly kind: ReportKind;
  /** Which kind of object and which field it is: the same for all objects of a kind. */
  readonly locationKind: string;
}

/** What people call an actor. */
export type LabelOf = (actor: RecordedStep['actor']) => string;

/** A step as an access to what a report is about. */
export function accessOf(step: RecordedStep, access: string, label: LabelOf): ReportedAccess {
  const { call, operation, number, locks } = step;
  return { task: label(step.actor), call, operation, step: number, access, locks };
}

/** The locks of several accesses, each once. */
export const locksOf = (accesses: readonly ReportedAccess[]): readonly string[] => [
  ...new Set(accesses.flatMap(({ locks }) => locks)),
];

/** `pid_namespace.map`: the kind of object that a cell belongs to, and the field. */
export function locationKindOf(store: Store, cell: number): string {
  const owner = store.cellOwner(cell);
  return owner === undefined ? '' : `${owner.layout.kind}.${fieldOf(store, cell, owner)}`;
}

function fieldOf(store: Store, cell: number, owner: KernelObject): string {
  const field = store.cellName(cell).slice(owner.name.length + 1);
  const bracket = field.indexOf('[');
  return bracket === -1 ? field : field.slice(0, bracket);
}

/** Whether no kernel code looks at a cell: whoever watches the kernel keeps it there. */
export function isShadow(store: Store, cell: number): boolean {
  const owner = store.cellOwner(cell);
  const shadow = owner?.layout.shadow ?? false;
  return typeof shadow === 'boolean' ? shadow : shadow.includes(fieldOf(store, cell, owner as KernelObject));
}
