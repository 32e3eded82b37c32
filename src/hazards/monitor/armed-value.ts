/**
 * Watches the life of an armed value: who took it, whether that was meant, what it came through, and how it was lost.
 * SEMANTICS A7, B1 (N4-N15, N19-N22, N24), and the parts of B2-B4 that a chosen number runs into.
 */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import { findPid } from '../../kernel-sim/pid/pid.ts';
import { capable } from '../../kernel-sim/task/cred.ts';
import { asInt, type Consumer, isMeantFor } from '../../kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Outcome } from '../../syscalls/leave.ts';
import { consumerOf } from '../../userland/intent.ts';
import { type Ledger, ledgerOf, type Survival, type Taken } from './ledger.ts';
import { inHandler, report } from './report.ts';

const RESERVED_PIDS = 300;

/** What a write to the control file came to. */
export function onSet(tx: Transaction, note: Remark): void {
  const task = note.task as Task;
  const { before, after, parsed, ok } = note as unknown as {
    before: bigint | null;
    after: bigint | null;
    parsed: string;
    ok: boolean;
  };
  const ledger = ledgerOf(tx, task);
  if (!ok && before !== null && after === null) {
    report(tx, 'N4', task, {
      intended: 'a write that fails changes nothing',
      happened: `the write failed with EINVAL and the armed ${before} is gone`,
    });
  }
  if (ok && parsed === 'fill' && after === null) {
    report(tx, 'N5', task, { intended: 'a value to be armed', happened: 'the write succeeded and nothing is armed' });
  }
  if (ok) forget(tx, ledger);
}

function forget(tx: Transaction, ledger: Ledger): void {
  tx.write(ledger.survival, null);
  tx.write(ledger.survivedCall, null);
  tx.write(ledger.lost, null);
}

/** A call takes the armed value. */
export function onTaken(tx: Transaction, k: Kernel, note: Remark): void {
  const task = note.task as Task;
  const { by, value, intent } = note as unknown as { by: Consumer; value: bigint; intent: string | null };
  const ledger = ledgerOf(tx, task);
  tx.write(ledger.taken, { by, value });
  const intended = `${value} to be taken by ${intent ?? 'the next call'}`;
  if (BigInt(asInt(value)) !== value) {
    report(tx, 'N15', task, { intended, happened: `${by} cut ${value} to ${asInt(value)}` });
  }
  if (by === 'fork' && !capable(tx.read(task.cred), 'CAP_SYS_ADMIN')) {
    report(tx, 'N16', task, {
      intended: 'numbers to be chosen by the privileged',
      happened: `a task without CAP_SYS_ADMIN chose pid ${value}`,
    });
  }
  const id = misuse(tx, k, task, ledger, by, intent);
  if (id !== null) report(tx, id, task, { intended, happened: `${by} took it${throughWhat(tx, ledger)}` });
  forget(tx, ledger);
}

function throughWhat(tx: Transaction, ledger: Ledger): string {
  const call = tx.read(ledger.survivedCall);
  return call === null ? '' : `, after it had come through ${call}`;
}

const bySurvival: Record<Survival, string> = {
  failed: 'N8',
  existing: 'I5',
  'refused-set': 'I8',
  'zero-set': 'N14',
  'failed-exec': 'N21',
};

/** Which hazard it is that this call takes the value; null when it is the one meant. */
function misuse(
  tx: Transaction,
  k: Kernel,
  task: Task,
  ledger: Ledger,
  by: Consumer,
  intent: string | null,
): string | null {
  const survival = tx.read(ledger.survival);
  const meant = isMeantFor(intent, by) && k.userland.isMeantCall(tx, task, intent);
  if (inHandler(tx, task)) return 'N11';
  if (survival === 'refused-set' && by !== 'ipc_set') return 'N8';
  if (survival !== null && (!meant || survival !== 'failed')) return bySurvival[survival];
  if (meant) return null;
  if (by === 'open' && pathArgument(tx, task).endsWith('next_syscall_data')) return 'N19';
  return isMeantFor(intent, by) || k.fixed('N13') ? 'N12' : 'N13';
}

const pathArgument = (tx: Transaction, task: Task): string =>
  (tx.peek(task.frame)?.call.args ?? []).filter((argument) => typeof argument === 'string').join(' ');

/** A call is over: did it take the value, leave it, or go without one that was lost before? */
export function onExit(tx: Transaction, k: Kernel, note: Remark): void {
  const task = note.task as Task;
  const call = note.call as string;
  const outcome = note.outcome as Exclude<Outcome, { restart: true }>;
  if (call === 'kill') onLook(tx, k, task, note, outcome);
  if (call === 'dup2' && !outcome.ok && outcome.errno === 'EBUSY') {
    report(tx, 'F2', task, {
      call,
      intended: 'to replace whatever is there',
      happened: 'the number is reserved by an open that is not over',
    });
  }
  const by = consumerOf(call, []);
  const noPid = by === 'fork' && !outcome.ok && outcome.errno === 'ENOMEM';
  if (tx.read(task.remembered) === null) {
    if (noPid) onExhausted(tx, task, call);
    return;
  }
  const ledger = ledgerOf(tx, task);
  const taken = tx.read(ledger.taken);
  tx.write(ledger.taken, null);
  if (noPid && taken === null) onExhausted(tx, task, call);
  if (call.startsWith('exec') && !outcome.ok && isArmed(tx, task)) survive(tx, ledger, 'failed-exec', call);
  if (by === null || inHandler(tx, task)) return;
  if (taken !== null) onTakenCallExit(tx, k, task, ledger, call, taken, outcome);
  else if (isArmed(tx, task)) onUntaken(tx, task, ledger, call, by, outcome);
  else onBare(tx, task, ledger, call, by, outcome);
}

function isArmed(tx: Transaction, task: Task): boolean {
  const nsd = tx.read(task.nsd);
  return nsd !== null && tx.read(nsd.ndata) !== 0;
}

function survive(tx: Transaction, ledger: Ledger, how: Survival, call: string): void {
  tx.write(ledger.survival, how);
  tx.write(ledger.survivedCall, call);
}

/** The call left the value armed. */
function onUntaken(
  tx: Transaction,
  task: Task,
  ledger: Ledger,
  call: string,
  by: Consumer,
  outcome: { ok: boolean },
): void {
  const nsd = tx.read(task.nsd);
  if (nsd === null || !isMeantFor(tx.read(nsd.intent), by)) return;
  if (by === 'ipc_set') survive(tx, ledger, outcome.ok ? 'zero-set' : 'refused-set', call);
  else if (!outcome.ok) survive(tx, ledger, 'failed', call);
  else if (by !== 'fork' && by !== 'open') survive(tx, ledger, 'existing', call); // those two always make something
}

/** The call took the value. */
function onTakenCallExit(
  tx: Transaction,
  k: Kernel,
  task: Task,
  ledger: Ledger,
  call: string,
  taken: Taken,
  outcome: Exclude<Outcome, { restart: true }>,
): void {
  const wanted = asInt(taken.value);
  const intended = `${call} to give ${wanted}`;
  if (outcome.ok) return;
  const gone = !isArmed(tx, task);
  if (gone) tx.write(ledger.lost, { by: taken.by, value: taken.value, why: 'failed' });
  const id = refusal(tx, k, taken.by, wanted, outcome.errno);
  if (id !== null && (gone || id !== 'F3'))
    report(tx, id, task, { call, intended, happened: `it failed with ${outcome.errno} and the value is gone` });
}

/** Which hazard a refused number is. */
function refusal(tx: Transaction, k: Kernel, by: Consumer, wanted: number, errno: string): string | null {
  switch (by) {
    case 'fork':
      if (errno === 'EBUSY' || errno === 'EEXIST') return 'P6';
      if (errno !== 'EINVAL') return null;
      return wanted >= 0 && wanted < RESERVED_PIDS ? 'P3' : wanted >= tx.read(k.system.pidMax) ? 'P8' : null;
    case 'msgget':
    case 'semget':
    case 'shmget':
      if (wanted < 0) return errno === 'EINVAL' ? null : 'I3';
      return errno === 'EBUSY' ? 'I1' : null;
    case 'open':
      if (errno === 'EBUSY') return 'F1';
      return errno === 'EMFILE' ? 'F4' : wanted >= 0 ? 'F3' : null;
    default:
      return null;
  }
}

/** The call had no value to take: was one lost that it should have had? */
function onBare(
  tx: Transaction,
  task: Task,
  ledger: Ledger,
  call: string,
  by: Consumer,
  outcome: Exclude<Outcome, { restart: true }>,
): void {
  const lost = tx.read(ledger.lost);
  if (lost === null || lost.by !== by || !outcome.ok) return;
  tx.write(ledger.lost, null);
  report(tx, lost.why === 'restarted' ? 'N10' : 'N9', task, {
    call,
    intended: `${call} to give ${lost.value}`,
    happened: `it gave ${outcome.value.value} and no error: the value was taken by a call that ${lost.why === 'restarted' ? 'a signal made start again' : 'failed'}`,
  });
}

/** The call is to be made again after a signal: what it took is not there any more. */
export function onRestart(tx: Transaction, note: Remark): void {
  const task = note.task as Task;
  if (tx.read(task.remembered) === null) return;
  const ledger = ledgerOf(tx, task);
  const taken = tx.read(ledger.taken);
  tx.write(ledger.taken, null);
  if (taken !== null && !isArmed(tx, task)) tx.write(ledger.lost, { ...taken, why: 'restarted' });
}

/** An ordinary fork found no number: memory does not run out here (P10). */
function onExhausted(tx: Transaction, task: Task, call: string): void {
  report(tx, 'P10', task, {
    call,
    intended: 'to be told that no pid is left',
    happened: 'ENOMEM, as if memory had run out',
  });
}

/** A look whether a pid exists: its bit may be taken although nobody can find it yet (P9). */
function onLook(
  tx: Transaction,
  k: Kernel,
  task: Task,
  note: Remark,
  outcome: Exclude<Outcome, { restart: true }>,
): void {
  const pid = (note.args as readonly unknown[])[0];
  if (outcome.ok || outcome.errno !== 'ESRCH' || typeof pid !== 'number' || pid <= 0) return;
  if (tx.read(k.initPidNs.map.at(pid)) && findPid(tx, k.initPidNs, pid) === null) {
    report(tx, 'P9', task, {
      call: 'kill',
      intended: 'to learn whether the pid is free',
      happened: `ESRCH, although ${pid} is already taken`,
    });
  }
}
