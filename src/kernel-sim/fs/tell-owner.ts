/**
 * Telling who asked for it that something became possible; fs/fcntl.c:send_sigio, fcntl(2) "Managing signals".
 *
 * Left out on purpose: whether the owner may be sent signals at all (sigio_perm), which fails for set-user-id programs only.
 */

import { POLLERR, POLLIN, POLLMSG, POLLOUT, POLLRDNORM, POLLWRBAND, POLLWRNORM } from '../abi/descriptor.ts';
import { F_OWNER_PGRP, F_OWNER_TID } from '../abi/open.ts';
import { SIGIO } from '../abi/signal.ts';
import { POLL_ERR, POLL_IN, POLL_MSG, POLL_OUT } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, findTask, groupMembers } from '../pid/pid.ts';
import { sendFromKernel, sendSignal } from '../signal/send.ts';
import type { Task } from '../task/task.ts';
import type { File } from './file.ts';

/** What became possible, and the poll bits that go with it in si_band. */
const bands: ReadonlyMap<number, number> = new Map([
  [POLL_IN, POLLIN | POLLRDNORM],
  [POLL_OUT, POLLOUT | POLLWRNORM | POLLWRBAND],
  [POLL_MSG, POLLIN | POLLRDNORM | POLLMSG],
  [POLL_ERR, POLLERR],
]);

/** Sends the owner of an open file SIGIO, or the signal of F_SETSIG with the descriptor and what happened; for operations. */
export function tellOwner(tx: Transaction, k: Kernel, file: File, reason: number): void {
  const { type, pid } = tx.read(file.owner);
  if (pid === 0) return;
  const signo = tx.read(file.ownerSignal);
  for (const target of targets(tx, k, type, pid)) {
    const scope = type === F_OWNER_TID ? 'thread' : 'process';
    if (signo === 0) {
      sendFromKernel(tx, k, SIGIO, target, scope);
      continue;
    }
    const info = { si_signo: signo, si_code: reason, si_band: bands.get(reason)!, si_fd: tx.read(file.asyncFd) };
    const sent = sendSignal(tx, k, { info, plain: false, force: true }, target, scope);
    if (!sent.ok) sendFromKernel(tx, k, SIGIO, target, scope); // its details could not be queued
  }
}

/** @param pid a number in the initial pid namespace */
function targets(tx: Transaction, k: Kernel, type: number, pid: number): readonly Task[] {
  if (type !== F_OWNER_PGRP) {
    const task = findTask(tx, k.initPidNs, pid);
    return task === null ? [] : [task];
  }
  const group = findPid(tx, k.initPidNs, pid);
  return group === null ? [] : [...groupMembers.members(tx, group)];
}
