/**
 * Notes: what a step says beside what it does. They are no state: undoing a step drops them, and no kernel code reads them.
 * Traces, detectors and the debugger do.
 */

import type { KernelObject } from './layout.ts';

/** Kernel memory touched in a way that real memory forgives and a sanitizer does not. */
export interface Fault {
  readonly type: 'fault';
  readonly kind: 'use-after-free' | 'double-free' | 'uninitialised-read' | 'out-of-bounds' | 'assertion' | 'unbalanced';
  readonly access: 'read' | 'write' | 'free' | 'check';
  readonly cell: number;
  readonly object: KernelObject | null;
  /** What went wrong, when the kind and the cell do not say it. */
  readonly message?: string;
}

/** A room's own word on a step; `type` says which room and what, the other keys are plain data. */
export interface Remark {
  readonly type: string;
  readonly [detail: string]: unknown;
}

export type Note = Fault | Remark;

/** Whether a note reports a memory fault or a failed assertion. */
export const isFault = (note: Note): note is Fault => note.type === 'fault';
