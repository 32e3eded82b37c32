/**
 * The end of a thread and of a process; kernel/exit.c:do_exit, do_group_exit and exit_notify, SEMANTICS C5.
 *
 * The order of the steps is that of do_exit, because others can see how far an exit has come: shared memory goes before undo lists,
 * undo lists before descriptors, and the zombie is there before next_syscall_data is freed (N24).
 * Notes: `task.exit` {task, pid, status} when a thread becomes a zombie or goes at once, `panic` {status} when init is gone.
 * Left out on purpose: terminals (no session has one), CPU times, ptrace, core files.
 */

import { SIGCHLD } from '../abi/signal.ts';
import { leave as leaveCgroup } from '../freezer/cgroup.ts';
import { exitFiles } from '../fs/files.ts';
import { exitFs } from '../fs/fs-context.ts';
import { exitMm } from '../ipc/address-space.ts';
import { exitSem } from '../ipc/undo.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { numberIn } from '../pid/pid.ts';
import { leaveSignals } from '../signal/inherit.ts';
import { notifyOfDeath } from '../signal/notify.ts';
import { hangUpOrphaned } from '../signal/orphan.ts';
import { beginGroupExit, sendFrom } from '../signal/send.ts';
import { endPidNamespace } from './namespace-death.ts';
import { exitNamespaces } from './namespaces.ts';
import { reset } from './next-syscall-data.ts';
import { isAlone, release, reportedStatus } from './release.ts';
import { children, type Process, type Task, threads } from './task.ts';
import { releaseVforkParent } from './vfork.ts';

/** Ends the calling thread with a wait status; exit(2). Its frame goes with its last step, so this never returns. */
export function* exitTask(k: Kernel, task: Task, status: number): Steps<never> {
  yield* markExiting(k, task, status);
  if (yield* leaveProcess(k, task, status)) yield* scoped(endPidNamespace(k, task));
  yield* dropVforkParent(task);
  yield* scoped(exitMm(k, task));
  yield* scoped(exitSem(k, task));
  yield* scoped(exitFiles(k, task));
  yield* scoped(exitFs(k, task));
  const freesFirst = k.fixed('N24');
  if (freesFirst) yield* dropArmed(k, task);
  yield* scoped(k.is26 ? notifyInTwoParts(k, task) : notifyAtOnce(k, task));
  // The zombie can be looked at by now, and its structure is still there to be read (N24).
  if (!freesFirst) yield* dropArmed(k, task);
  yield* finish(k, task);
  throw new Error('a dead task took a step');
}

/** Ends every thread of the calling process with a wait status, or with that of the group exit under way; exit_group(2). */
export function* exitGroup(k: Kernel, task: Task, status: number): Steps<never> {
  return yield* exitTask(k, task, yield* agreeOnStatus(k, task, status));
}

const agreeOnStatus = operation('exit.group', (tx: Transaction, k: Kernel, task: Task, status: number): number => {
  const process = tx.read(task.process)!;
  const known = tx.read(process.groupExit);
  if (known !== null) return known;
  if (tx.read(process.execing) !== null) return 0; // one of the threads that execve does away with
  const alone = tx.read(process.threadsHead) === tx.read(process.threadsTail);
  if (!alone || !k.is26) beginGroupExit(tx, process, status, task);
  return status;
});

/** From here on the thread takes no signals for its process. */
const markExiting = operation('exit.mark', (tx: Transaction, k: Kernel, task: Task, status: number): void => {
  tx.write(task.exiting, true);
  tx.write(task.exitStatus, status);
  leaveSignals(tx, k, task);
});

/** Counts the thread as gone; says whether it was the last one of the init of a pid namespace. The system does not outlive its init. */
const leaveProcess = operation(
  'exit.leave_process',
  (tx: Transaction, k: Kernel, task: Task, status: number): boolean => {
    const process = tx.read(task.process)!;
    if (tx.update(process.liveThreads, (n) => n - 1) > 0) return false;
    // Since 5.17 the last thread to go decides what the process ends with, whoever was its leader.
    if (!k.is26 && tx.read(process.groupExit) === null) tx.write(process.groupExit, status);
    const ns = tx.read(task.pidNs)!;
    const reaper = tx.read(ns.reaper);
    if (reaper === null || tx.read(reaper.process) !== process) return false;
    if (ns !== k.initPidNs) return true;
    panic(tx, k, status);
    return false;
  },
);

/** Nobody takes another step. */
function panic(tx: Transaction, k: Kernel, status: number): void {
  tx.note({ type: 'panic', status });
  for (const actor of k.machine.actors) {
    if (tx.read(actor.life) !== 'alive') continue;
    tx.write(actor.frame, null);
    tx.write(actor.life, 'dead');
  }
}

const dropVforkParent = operation('exit.vfork_done', (tx: Transaction, task: Task): void =>
  releaseVforkParent(tx, task),
);

function* dropArmed(k: Kernel, task: Task): Steps<void> {
  if (k.profile.series.has('next_syscall_data')) yield* scoped(reset(k, task));
}

/** 2.6.26: children are given away first, then the namespaces go, then the parent is told. */
function* notifyInTwoParts(k: Kernel, task: Task): Steps<void> {
  const unwanted = yield* abandonChildren(k, task);
  for (const child of unwanted) yield* release(k, child);
  yield* exitNamespaces(k, task);
  if (yield* becomeZombie(k, task)) yield* release(k, task);
}

/** 6.x: children and parent under one hold of tasklist_lock. */
function* notifyAtOnce(k: Kernel, task: Task): Steps<void> {
  yield* exitNamespaces(k, task);
  for (const unwanted of yield* abandonAndDie(k, task)) yield* release(k, unwanted);
}

const abandonChildren = operation('exit.reparent', reparentChildren);
const becomeZombie = operation('exit.notify', notifyParent);
const abandonAndDie = operation('exit.notify', (tx: Transaction, k: Kernel, task: Task): readonly Task[] => {
  const unwanted = reparentChildren(tx, k, task);
  return notifyParent(tx, k, task) ? [...unwanted, task] : unwanted;
});

/**
 * Gives the children of a thread to a living thread of its process, else to the nearest subreaper (6.x) or the init of its
 * namespace; forget_original_parent.
 *
 * @returns dead children whose new parent does not wait for children
 */
function reparentChildren(tx: Transaction, k: Kernel, father: Task): readonly Task[] {
  const unwanted: Task[] = [];
  if (children.isEmpty(tx, father)) return unwanted;
  const reaper = findReaper(tx, father);
  for (const child of children.members(tx, father)) {
    for (const thread of threads.members(tx, tx.read(child.process)!)) {
      tx.write(thread.parent, reaper);
      const signal = tx.read(thread.parentDeathSignal);
      if (signal !== 0) sendFrom(tx, k, father, signal, thread, 'process');
    }
    children.remove(tx, father, child);
    children.append(tx, reaper, child);
    if (tx.read(reaper.process) === tx.read(father.process)) continue; // still the same process's child
    if (announce(tx, k, child)) unwanted.push(child);
    hangUpOrphaned(tx, k, child, father);
  }
  return unwanted;
}

/** Tells a new parent of a child that was dead before; says whether it will not wait for it. */
function announce(tx: Transaction, k: Kernel, child: Task): boolean {
  tx.write(child.exitSignal, SIGCHLD); // nobody is to kill an init with what a stranger chose
  if (tx.read(child.state) !== 'zombie' || !isAlone(tx, child)) return false;
  if (!notifyOfDeath(tx, k, child, SIGCHLD, reportedStatus(tx, k, child))) return false;
  tx.write(child.state, 'dead');
  return true;
}

function findReaper(tx: Transaction, father: Task): Task {
  const process = tx.read(father.process)!;
  const sibling = livingThread(tx, process);
  if (sibling !== null) return sibling;
  const init = tx.read(tx.read(father.pidNs)!.reaper)!;
  if (!tx.read(process.belowSubreaper)) return init;
  for (let above = tx.read(father.parent); above !== null && above !== init; above = tx.read(above.parent)) {
    const ancestor = tx.read(above.process)!;
    if (tx.read(ancestor.subreaper)) {
      const thread = livingThread(tx, ancestor);
      if (thread !== null) return thread;
    }
  }
  return init;
}

function livingThread(tx: Transaction, process: Process): Task | null {
  for (const thread of threads.members(tx, process)) if (!tx.read(thread.exiting)) return thread;
  return null;
}

/** Makes the task a zombie and tells its parent; true when nobody will wait for it, and it is dead instead. */
function notifyParent(tx: Transaction, k: Kernel, task: Task): boolean {
  leaveCgroup(tx, task);
  const process = tx.read(task.process)!;
  const leader = tx.read(process.leader)!;
  if (tx.read(process.liveThreads) === 0) hangUpOrphaned(tx, k, leader, null);
  const status = tx.read(task.exitStatus);
  let unwanted = task !== leader; // nobody waits for threads
  if (!unwanted && isAlone(tx, task)) {
    unwanted = notifyOfDeath(tx, k, task, chooseExitSignal(tx, task), reportedStatus(tx, k, task));
  }
  tx.write(task.state, unwanted ? 'dead' : 'zombie');
  const pid = tx.read(task.pid)!;
  tx.note({ type: 'task.exit', task, pid: numberIn(tx, pid, k.initPidNs), status });
  return unwanted;
}

/** A signal chosen before parent or child became another program could hurt the wrong one: it becomes SIGCHLD. */
function chooseExitSignal(tx: Transaction, task: Task): number {
  const parent = tx.read(task.parent);
  const strangers =
    parent !== null &&
    (tx.read(task.execs) !== tx.read(task.parentExecs) || tx.read(parent.execs) !== tx.read(task.parentExecs));
  if (strangers && tx.read(task.exitSignal) !== -1) tx.write(task.exitSignal, SIGCHLD);
  return tx.read(task.exitSignal);
}

/** The last step: the program is forgotten, and the task object if its release came first. */
const finish = operation('exit.finish', (tx: Transaction, k: Kernel, task: Task): void => {
  k.userland.exit(tx, task);
  tx.write(task.frame, null);
  tx.write(task.life, 'dead');
  if (tx.read(task.released)) tx.free(task);
});
