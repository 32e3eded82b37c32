/**
 * Signals that programs send: whom a number means and who may; kernel/signal.c:kill_something_info, check_kill_permission,
 * do_tkill; SEMANTICS C12 send() step 1 and kill, D (signals to an init).
 *
 * The walk over a group or over everybody is one step, as tasklist_lock is held for it.
 */

import { SIGCONT, SIGRTMAX } from '../abi/signal.ts';
import { SI_TKILL, SI_USER } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, findTask, groupMembers, numberIn, type Pid } from '../pid/pid.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import { children, type Task, threads } from '../task/task.ts';
import { isOutside, plainFrom, type Scope, type Sending, sendSignal } from './send.ts';
import { processNumber, type SigInfo, senderInfo } from './siginfo.ts';

/** Whether `sender` may send `signo` to `target`: EINVAL for no signal, EPERM for another user's task; for operations. */
export function permit(tx: Transaction, sender: Task, target: Task, signo: number): Result<undefined> {
  if (signo < 0 || signo > SIGRTMAX) return fail('EINVAL');
  const from = tx.read(sender.process)!;
  const to = tx.read(target.process)!;
  const mine = tx.read(sender.cred);
  const its = tx.read(target.cred);
  const known = [its.uid, its.suid];
  if (known.includes(mine.euid) || known.includes(mine.uid) || capable(mine, 'CAP_KILL')) return done;
  // Job control: a shell may make anything of its session go on.
  if (signo === SIGCONT && tx.read(from.session) === tx.read(to.session)) return done;
  return fail('EPERM');
}

/** Asks for permission and sends; signal 0 only asks. For operations. */
export function sendChecked(
  tx: Transaction,
  k: Kernel,
  sender: Task,
  target: Task,
  sending: Sending,
  scope: Scope,
): Result<undefined> {
  const { si_signo, si_code } = sending.info;
  // Codes above zero are the kernel's own, which needs no permission; 6.x lets a process forge them for itself.
  const permitted = si_code <= SI_USER ? permit(tx, sender, target, si_signo) : checkNumber(si_signo);
  if (!permitted.ok || si_signo === 0) return permitted;
  return sendSignal(tx, k, sending, target, scope);
}

const checkNumber = (signo: number): Result<undefined> => (signo < 0 || signo > SIGRTMAX ? fail('EINVAL') : done);

/** What kill and tkill send: with details, so that a quota may refuse them. For operations. */
export function fromCall(tx: Transaction, k: Kernel, sender: Task, target: Task, signo: number, code: number): Sending {
  const force = isOutside(tx, sender, target);
  // The number is the sender's as it sees itself, also for a target further out, which a group can have in it.
  const viewer = k.is26 || force ? target : sender;
  return { info: senderInfo(tx, k, sender, viewer, signo, code), plain: false, force };
}

/**
 * Sends a signal to a process, a group, or everybody; kill(2).
 *
 * @returns ESRCH for nobody there, EINVAL for no signal, EPERM
 */
export const kill = operation(
  'signal.kill',
  (tx: Transaction, k: Kernel, sender: Task, number: number, signo: number): Result<undefined> => {
    const send = (target: Task): Result<undefined> =>
      sendChecked(tx, k, sender, target, fromCall(tx, k, sender, target, signo, SI_USER), 'process');
    const ns = tx.read(sender.pidNs)!;
    if (number > 0) {
      const target = findTask(tx, ns, number);
      return target === null ? fail('ESRCH') : send(target);
    }
    if (number === -1) return killEverybody(tx, k, sender, send);
    const group = number === 0 ? tx.read(tx.read(sender.process)!.group) : findPid(tx, ns, -number);
    return group === null ? fail('ESRCH') : killGroup(tx, group, send);
  },
);

/** Success if one member got it, else the last error; ESRCH for an empty group. For operations. */
export function killGroup(tx: Transaction, group: Pid, send: (target: Task) => Result<undefined>): Result<undefined> {
  let result: Result<undefined> = fail('ESRCH');
  for (const member of groupMembers.members(tx, group)) {
    const sent = send(member);
    if (!result.ok) result = sent;
  }
  return result;
}

/** The result of the last one that it was not forbidden to signal; a process that may signal nobody hears of no error. */
function killEverybody(
  tx: Transaction,
  k: Kernel,
  sender: Task,
  send: (target: Task) => Result<undefined>,
): Result<undefined> {
  let result: Result<undefined> | null = null;
  for (const leader of everybody(tx, k, sender)) {
    const sent = send(leader);
    if (sent.ok || sent.errno !== 'EPERM') result = sent;
    else result ??= done;
  }
  return result ?? fail('ESRCH');
}

/**
 * Every process that kill(-1) means, oldest first: not the sender, not an init. 6.x leaves out what the sender cannot see;
 * 2.6.26 looks at numbers of the initial namespace only, and reaches out of a container.
 */
function everybody(tx: Transaction, k: Kernel, sender: Task): readonly Task[] {
  const ns = k.is26 ? k.initPidNs : tx.read(sender.pidNs)!;
  const found: { leader: Task; number: number }[] = [];
  const init = tx.read(k.initPidNs.reaper);
  const todo = init === null ? [] : [init];
  for (let leader = todo.pop(); leader !== undefined; leader = todo.pop()) {
    const process = tx.read(leader.process)!;
    const number = processNumber(tx, leader, ns);
    if (number > 1 && process !== tx.read(sender.process)) found.push({ leader, number });
    for (const thread of threads.members(tx, process)) todo.push(...children.members(tx, thread));
  }
  return found.sort((a, b) => a.number - b.number).map(({ leader }) => leader);
}

/**
 * Sends a signal to one thread; tkill(2), tgkill(2).
 *
 * @param process the number of the process it has to belong to, null for any
 * @returns ESRCH, EINVAL, EPERM; EAGAIN for a real-time signal over the quota
 */
export const killThread = operation(
  'signal.tkill',
  (
    tx: Transaction,
    k: Kernel,
    sender: Task,
    process: number | null,
    thread: number,
    signo: number,
  ): Result<undefined> => {
    const target = findThread(tx, sender, process, thread);
    if (target === null) return fail('ESRCH');
    return sendChecked(tx, k, sender, target, fromCall(tx, k, sender, target, signo, SI_TKILL), 'thread');
  },
);

function findThread(tx: Transaction, sender: Task, process: number | null, thread: number): Task | null {
  const ns = tx.read(sender.pidNs)!;
  const target = findTask(tx, ns, thread);
  return target !== null && (process === null || processNumber(tx, target, ns) === process) ? target : null;
}

/** Whom {@link queueInfo} is for: a process, or a thread of one. */
export interface Address {
  readonly process: number;
  readonly thread: number | null;
}

/**
 * Sends a signal with details of the sender's own making; rt_sigqueueinfo(2), rt_tgsigqueueinfo(2).
 *
 * @returns EPERM for a code that only the kernel may use (6.x: towards others than oneself), ESRCH, EINVAL, EAGAIN over the quota
 */
export const queueInfo = operation(
  'signal.queue_info',
  (tx: Transaction, k: Kernel, sender: Task, address: Address, info: SigInfo): Result<undefined> => {
    const ns = tx.read(sender.pidNs)!;
    const reserved = info.si_code >= SI_USER || (!k.is26 && info.si_code === SI_TKILL);
    const own = tx.read(sender.pid)!;
    // The number compared is the thread's, so that only a thread may forge what it sends to itself.
    const toItself = !k.is26 && numberIn(tx, own, ns) === (address.thread ?? address.process);
    if (reserved && !toItself) return fail('EPERM');
    const target =
      address.thread === null
        ? findTask(tx, ns, address.process)
        : findThread(tx, sender, address.process, address.thread);
    if (target === null) return fail('ESRCH');
    const scope = address.thread === null ? 'process' : 'thread';
    const force = isOutside(tx, sender, target);
    const hidden = force && !k.is26 && info.si_pid !== undefined; // a number of another namespace would name a stranger
    const told = hidden ? { ...info, si_pid: 0 } : info;
    return sendChecked(tx, k, sender, target, { info: told, plain: false, force }, scope);
  },
);

/** Sends a child the signal that it asked for when a parent dies (PR_SET_PDEATHSIG), if the parent may; for operations. */
export function sendParentDeathSignal(tx: Transaction, k: Kernel, parent: Task, child: Task): void {
  const signo = tx.read(child.parentDeathSignal);
  if (signo !== 0) sendChecked(tx, k, parent, child, plainFrom(tx, k, parent, signo, child), 'process');
}
