/** What an open file of /proc/<pid>/sig/ keeps; file->private_data of the posted series, SEMANTICS B6 G7, G8. */

import { operation } from '../../machine/effect.ts';
import { type Handle, layout } from '../../machine/layout.ts';
import type { Transaction } from '../../machine/store.ts';
import type { SigFileName } from '../../signal/procsig/text.ts';
import type { Task } from '../../task/task.ts';
import type { File } from '../file.ts';

interface LeftoverFields {
  text: string;
}

/** Text that a write did not use and that the next one puts in front; struct proc_pid_sig_partial. */
export type Leftover = Handle<LeftoverFields>;

export const Leftover = layout<LeftoverFields>('sig_leftover', { text: '' }, { heap: true });

/** What was true of the target when the file was opened; only detectors and repaired kernels look at it. */
export interface Opened {
  /** How often the target had called execve. */
  readonly execs: number;
  /** What was pending then, for the thread and for its process. */
  readonly pending: bigint;
  readonly shared: bigint;
}

interface SigFileFields {
  file: SigFileName;
  opened: Opened | null;
  leftover: Leftover | null;
  /** The text that the last read made; detectors compare the next one with it (G17). */
  lastText: string | null;
  /** The text made at open when G17 is repaired. */
  snapshot: string | null;
}

export type SigFile = Handle<SigFileFields>;

export const SigFile = layout<SigFileFields>(
  'sig_file',
  { file: 'blocked', opened: null, leftover: null, lastText: null, snapshot: null },
  { shadow: ['lastText'] },
);

/** What an open file keeps; for operations. */
export const sigFileOf = (tx: Transaction, file: File): SigFile => tx.read(file.data) as SigFile;

/** Notes what is true of the target as the file is opened. */
export const beginFile = operation(
  'procsig.open',
  (tx: Transaction, file: File, name: SigFileName, target: Task | null): SigFile => {
    const sigFile = tx.create(SigFile, { file: name, opened: target === null ? null : lookAt(tx, target) });
    tx.write(file.data, sigFile);
    return sigFile;
  },
);

function lookAt(tx: Transaction, target: Task): Opened {
  const own = tx.read(target.signals);
  const process = tx.read(target.process);
  const shared = process === null ? null : tx.read(process.signals);
  return {
    execs: tx.read(target.execs),
    pending: own === null ? 0n : tx.read(own.pending),
    shared: shared === null ? 0n : tx.read(shared.pending),
  };
}

/** Lets the last holder's leftover go. */
export const endFile = operation('procsig.release', (tx: Transaction, file: File): void => {
  const sigFile = sigFileOf(tx, file);
  const leftover = tx.read(sigFile.leftover);
  if (leftover !== null) tx.free(leftover);
  tx.free(sigFile);
});
