/** Watches the control file itself: who reads it and who is refused. SEMANTICS A1, A4, A5, B1. */

import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { report } from './report.ts';

/** Somebody has read a task's armed value. */
export function onSeen(tx: Transaction, note: Remark): void {
  const target = note.task as Task;
  const reader = note.by as Task;
  if (reader === target) return;
  if (tx.read(target.state) === 'zombie') {
    report(tx, 'N24', reader, {
      intended: 'the dead to show nothing',
      happened: 'a zombie still shows an armed value',
    });
  }
  if (tx.read(reader.cred).euid !== 0 && tx.read(reader.cred).euid !== tx.read(target.cred).euid) {
    report(tx, 'N20', reader, {
      intended: 'armed numbers to be private',
      happened: "another user's task read the armed value",
    });
  }
}

const refusals: Readonly<Record<string, { id: string; intended: string; happened: string }>> = {
  position: {
    id: 'N7',
    intended: 'a write after a read to arm the value',
    happened: 'EINVAL: the read had moved the position of the open file',
  },
  'other-task': {
    id: 'N22',
    intended: 'to arm the task whose file it is',
    happened: 'EPERM: a task can only arm itself',
  },
  deputy: {
    id: 'N17',
    intended: 'only the program itself to arm its task',
    happened: 'output of a program with other credentials went to the control file that its caller had opened',
  },
  'former-self': {
    id: 'N23',
    intended: 'to arm itself through a file that it opened before exec',
    happened: 'EPERM: exec gave the thread another number',
  },
};

/** A write to the control file was refused before its text was looked at, or cut. */
export function onRefused(tx: Transaction, note: Remark): void {
  if (note.why === 'cut') {
    report(tx, 'N6', tx.actor as Task, {
      intended: 'the whole text to be taken',
      happened: 'the write was cut to 4095 bytes and succeeded',
    });
    return;
  }
  const refusal = refusals[String(note.why)];
  if (refusal !== undefined) report(tx, refusal.id, tx.actor as Task, refusal);
}
