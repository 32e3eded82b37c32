/** Limits of the kernel that a plan sets before it needs them: those of the image, and those that it would not fit into. */

import type { Base, Profile } from '../../kernel-sim/profile.ts';
import type { Image, Ipc, IpcLimits } from '../image/index.ts';
import type { Foresight } from './foresight.ts';
import type { Script } from './script.ts';
import { name, number, text } from './syntax.ts';

/** A file under /proc/sys and what goes into it. */
export interface Sysctl {
  readonly path: string;
  readonly value: string;
}

/** Limits of POSIX queues, which have a directory of their own. */
const POSIX: ReadonlySet<string> = new Set(['queues_max', 'msg_max', 'msgsize_max', 'msg_default', 'msgsize_default']);

const fileOf = (limit: string): string => `${POSIX.has(limit) ? 'fs/mqueue' : 'kernel'}/${limit}`;

/** Limits that one of the kernels does not have. */
const ABSENT: Readonly<Record<Base, ReadonlySet<keyof IpcLimits>>> = {
  '2.6.26': new Set(['msg_default', 'msgsize_default', 'shm_rmid_forced']),
  '6.x': new Set(['auto_msgmni']),
};

/** What 2.6.26 starts with; 6.x starts with more of everything. */
const PID_MAX = 32_768;
const THREADS_MAX = 32_768;

/** Which limits have to be set for `image`. */
export function planSysctls(image: Image, profile: Profile, highestPid: number, foresight: Foresight): Sysctl[] {
  const sysctls: Sysctl[] = [];
  const set = (file: string, value: number | string) => sysctls.push({ path: `/proc/sys/${file}`, value: `${value}` });
  const is26 = profile.base === '2.6.26';
  if (is26 && highestPid >= PID_MAX) set('kernel/pid_max', highestPid + 1);
  if (threadsOf(image) >= THREADS_MAX - 1024) set('kernel/threads-max', threadsOf(image) * 2);
  for (const [limit, value] of Object.entries(limitsFor(image.ipc)) as [
    keyof IpcLimits,
    number | string | number[],
  ][]) {
    if (ABSENT[profile.base].has(limit)) foresight.loss(`the limit ${limit}, which this kernel does not have`);
    else set(fileOf(limit), Array.isArray(value) ? value.join(' ') : value);
  }
  return sysctls;
}

const threadsOf = ({ tasks }: Image): number =>
  tasks.reduce((sum, task) => sum + (task.state === 'zombie' ? 1 : task.threads.length), 0);

/** The limits of the image; where it knows none, what its objects need beyond those of a kernel that has just booted. */
function limitsFor(ipc: Ipc | undefined): IpcLimits {
  if (ipc === undefined) return {};
  if (ipc.limits !== 'unknown') return ipc.limits;
  const { msg, sem, shm } = ipc;
  const longest = (lengths: readonly number[]) => lengths.reduce((most, length) => Math.max(most, length), 0);
  const texts = msg.flatMap(({ messages }) => (messages === 'unknown' ? [] : messages.map((one) => one.text.length)));
  const pages = shm.reduce((sum, { size }) => sum + Math.ceil(size / 4096), 0);
  const semaphores = sem.reduce((sum, { values }) => sum + values.length, 0);
  const sets = longest(sem.map(({ values }) => values.length));
  const segment = longest(shm.map(({ size }) => size));
  return {
    ...(longest(texts) > 8192 && { msgmax: longest(texts) }),
    ...(msg.length > 16 && { msgmni: msg.length }),
    ...((sets > 250 || semaphores > 32_000 || sem.length > 128) && {
      sem: [Math.max(sets, 250), Math.max(semaphores, 32_000), 32, Math.max(sem.length, 128)],
    }),
    ...(segment > 32 * 1024 * 1024 && { shmmax: segment }),
    ...(pages > 2 * 1024 * 1024 && { shmall: pages }),
    ...(shm.length > 4096 && { shmmni: shm.length }),
  };
}

/** Writes the limits; `fd` is the number that an open gives. */
export function setSysctls(script: Script, sysctls: readonly Sysctl[], fd: number): void {
  if (sysctls.length > 0) script.say('limits');
  for (const { path, value } of sysctls) {
    script.call('open', [text(path), name('O_WRONLY')], { expect: fd });
    script.call('write', [number(fd), text(value), number(value.length)], { expect: value.length });
    script.call('close', [number(fd)]);
  }
}
