/**
 * Restoring signal state from outside: every task comes to its last step with nothing blocked and nothing pending, and then a
 * coordinator puts all of them into a group of the freezer, freezes it, writes each thread's record, thaws it and takes everything
 * away again. SEMANTICS E10, E11; kernel-sim/freezer.
 *
 * Since nobody runs meanwhile, what is written is what the thread has when it goes on, whoever is said to have sent a signal. Actions
 * are left to sigaction(2), since only programs know where their handlers lie. The coordinator has a number that the image has no use
 * for, and ends without a signal to pid 1.
 */

import * as signal from '../../kernel-sim/abi/signal.ts';
import { printRecord, type QueueRecord, type SignalRecord } from '../../kernel-sim/freezer/record.ts';
import { RESERVED_PIDS } from '../../kernel-sim/pid/allocator.ts';
import type { SigInfo as KernelInfo } from '../../kernel-sim/signal/siginfo.ts';
import { setOf } from '../../kernel-sim/signal/signal-set.ts';
import { type Image, isKnown, type LiveTask, type SigInfo, type Thread } from '../image/index.ts';
import { heldBack } from './held-back.ts';
import { hearEnd } from './meeting.ts';
import { Script } from './script.ts';
import { name, none, number, struct, text } from './syntax.ts';

const ROOT = '/cgroup/freezer';
/** The group that is there while signals are restored. */
export const GROUP = `${ROOT}/thaw`;
export const STATE = `${GROUP}/freezer.state`;
export const ROOT_TASKS = `${ROOT}/tasks`;

/** ns: time moves when everybody waits, and by then everybody has frozen. */
const NAP = 1_000_000;

/** Whether a thread of an image has anything that a record is needed for. */
export const needsRecords = ({ tasks }: Image): boolean =>
  tasks.some((task) => task.state !== 'zombie' && task.threads.some((thread) => recordOf(task, thread) !== null));

/** A number for the coordinator: the lowest that the posted interface gives and nobody has or is called by. */
export function coordinatorNumber({ tasks }: Image, helpers: readonly number[]): number {
  const taken = new Set(helpers);
  for (const task of tasks) {
    for (const used of [task.pid, task.pgid, task.sid]) taken.add(used);
    if (task.state !== 'zombie') for (const { tid } of task.threads) taken.add(tid);
  }
  let free = RESERVED_PIDS;
  while (taken.has(free)) free++;
  return free;
}

/** The program of the coordinator. */
export function writeCoordinator({ tasks }: Image): Script {
  const living = tasks.filter((task): task is LiveTask => task.state !== 'zombie');
  const numbers = living.flatMap(({ threads }) => threads.map(({ tid }) => tid));
  const script = new Script();
  script.call('mkdir', [text(GROUP), number(0o755, 8)]);
  hearEnd(script);
  script.say('all are where they stay');
  writeEach(script, `${GROUP}/tasks`, numbers.map(String));
  openAs(script, 'state', STATE, 'O_RDWR');
  writeTo(script, 'state', 'FROZEN');
  script.call('nanosleep', [struct({ tv_sec: number(0), tv_nsec: number(NAP) }), none]);
  script.call('read', [name('state'), text('FROZEN\n'), number(7)], { expect: 7 });
  const records = living.flatMap((task) => task.threads.map((thread) => recordOf(task, thread)));
  writeEach(script, `${GROUP}/freezer.signals`, records.filter((record) => record !== null).map(printRecord));
  writeTo(script, 'state', 'THAWED');
  script.call('close', [name('state')]);
  script.say('nothing of it stays');
  writeEach(script, ROOT_TASKS, numbers.map(String));
  script.call('rmdir', [text(GROUP)]);
  return script.call('exit_group', [number(0)], { expect: 'anything' });
}

function openAs(script: Script, variable: string, path: string, flags: string): void {
  script.local(variable).call('open', [text(path), name(flags)], { bind: variable, expect: 'anything' });
}

function writeTo(script: Script, variable: string, content: string): void {
  script.call('write', [name(variable), text(content), number(content.length)], { expect: content.length });
}

/** Writes one text after the other to a file. */
function writeEach(script: Script, path: string, contents: readonly string[]): void {
  openAs(script, 'file', path, 'O_WRONLY');
  for (const content of contents) writeTo(script, 'file', content);
  script.call('close', [name('file')]);
}

/** What is written for a thread, with the queue of the process for its leader; null when there is nothing to write. */
function recordOf(task: LiveTask, thread: Thread): SignalRecord | null {
  const { tid, altstack, blocked } = thread;
  const pending = thread.pending.filter((info) => lossWhenFrozen(info, task, thread) === null);
  const leads = thread === task.threads[0];
  const shared = leads ? task.signals.pending.filter((info) => lossWhenFrozen(info, task, null) === null) : [];
  const hasStack = altstack !== undefined && isKnown(altstack);
  if (!hasStack && blocked.length + pending.length + shared.length === 0) return null;
  return {
    tid,
    ...(hasStack && {
      altStack: { sp: altstack.address, size: altstack.size, flags: altstack.flags & ~signal.SS_ONSTACK },
    }),
    ...(blocked.length > 0 && { blocked: setOf(blocked) }),
    ...(pending.length > 0 && { pending: queueOf(pending) }),
    ...(shared.length > 0 && { shared: queueOf(shared) }),
  };
}

/**
 * What is lost of a pending signal although nobody runs; null when nothing is. One that is not blocked would be taken at the thaw, but
 * for a task that is stopped; `thread` is whose own queue it is in, null for that of the process.
 */
export function lossWhenFrozen({ signo }: SigInfo, task: LiveTask, thread: Thread | null): string | null {
  if (signo === signal.SIGKILL || signo === signal.SIGSTOP) return 'a pending SIGKILL or SIGSTOP';
  const stays = task.state === 'stopped' || heldBack(task, thread).includes(signo);
  return stays ? null : 'a pending signal that is not blocked';
}

const queueOf = (pending: readonly SigInfo[]): QueueRecord => ({
  set: setOf(pending.map(({ signo }) => signo)),
  entries: pending.map(infoOf),
});

function infoOf({ signo, code, address, value, ...info }: SigInfo): KernelInfo {
  const whole = value === undefined ? undefined : BigInt.asUintN(64, BigInt(value));
  const fields = {
    si_errno: info.errno,
    si_pid: info.pid,
    si_uid: info.uid,
    si_status: info.status,
    si_utime: info.utime,
    si_stime: info.stime,
    si_timerid: info.timer,
    si_overrun: info.overrun,
    si_addr: address === undefined ? undefined : BigInt(address),
    si_ptr: whole,
  };
  const known = Object.entries(fields).filter(([, field]) => field !== undefined);
  return { si_signo: signo, si_code: isKnown(code) ? code : 0, ...Object.fromEntries(known) };
}
