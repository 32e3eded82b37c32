/**
 * A booted kernel: its machine, its profile, and the objects that are there before the first task.
 *
 * A `Kernel` holds no state. Handlers get it as their first argument and reach state through the operations of the rooms.
 */

import type { Cgroup } from './freezer/cgroup.ts';
import type { FileSystem } from './fs/file-system.ts';
import type { IpcNamespace } from './ipc/namespace.ts';
import { type Handle, layout } from './machine/layout.ts';
import type { Machine } from './machine/machine.ts';
import type { Transaction } from './machine/store.ts';
import type { Netlink } from './netlink/netlink.ts';
import type { PidNamespace } from './pid/namespace.ts';
import type { Profile } from './profile.ts';
import type { Task } from './task/task.ts';
import type { UserCounts } from './task/user-count.ts';

interface SystemFields {
  /** Threads in the system, zombies included; kernel/fork.c:nr_threads. */
  threads: number;
  /** kernel.threads-max. */
  maxThreads: number;
  /** kernel.pid_max (for the whole system; 6.x has one for each namespace). */
  pidMax: number;
  /** seconds since the epoch at boot; CLOCK_REALTIME is this plus the virtual clock. */
  bootTime: number;
}

export type System = Handle<SystemFields>;

export const System = layout<SystemFields>('system', {
  threads: 0,
  maxThreads: 32_768,
  pidMax: 32_768,
  bootTime: 1_215_500_000,
});

/** What runs in user mode; programs are its only kind (src/userland). The kernel calls these inside its own operations. */
export interface Userland {
  /** Gives a new task its program: `entry` is what the caller passed to fork, vfork or clone. */
  spawn(tx: Transaction, parent: Task, child: Task, entry: unknown): void;
  /** Whether execve finds a program to run under `image`, its first argument. */
  programExists(image: unknown): boolean;
  /** Replaces the program of a task; `image` is what was passed to execve. */
  exec(tx: Transaction, task: Task, image: unknown): void;
  /** Drops the program of a task that will never be in user mode again. */
  exit(tx: Transaction, task: Task): void;
  /** What a program says that the value it is about to arm is meant for: a consumer of task/next-syscall-data.ts, null if it does not say. */
  intentOf(tx: Transaction, task: Task): string | null;
  /** Whether the call that the task is in is the one that a program means by an intent such as `fork#2`; a repaired N12 asks. */
  isMeantCall(tx: Transaction, task: Task, intent: string | null): boolean;
  /**
   * Makes the task run a signal handler before it goes on; what the handler gets is plain data.
   *
   * @param restoreMask what the handler's rt_sigreturn is to be given: the numbers of the signals blocked before
   * @returns false when there is nothing to run: the handler is over at once, and nobody calls rt_sigreturn
   */
  enterHandler(
    tx: Transaction,
    task: Task,
    handler: unknown,
    siginfo: unknown,
    restoreMask: readonly number[],
  ): boolean;
  /** Where a handler lies in memory, as /proc/<pid>/sig/action prints it. Without, handlers are addresses already. */
  addressOf?(handler: unknown): bigint;
  /** The handler that lies at an address; undefined where there is none. */
  handlerAt?(address: bigint): unknown;
}

export interface Kernel {
  readonly machine: Machine;
  readonly profile: Profile;
  readonly system: System;
  readonly initPidNs: PidNamespace;
  readonly initIpcNs: IpcNamespace;
  readonly users: UserCounts;
  readonly fs: FileSystem;
  /** The root of the freezer's groups; nobody sees it in a kernel without. */
  readonly cgroups: Cgroup;
  readonly netlink: Netlink;
  readonly userland: Userland;
  /** Whether a catalogued defect is repaired, by its id in upper case. */
  fixed(id: string): boolean;
  /** Whether this is a 2.6.26 kernel (else 6.x). */
  readonly is26: boolean;
  /** Whether a tracer follows every task, as strace does: it is shown signals that are ignored, and each before it acts. */
  readonly traced: boolean;
}

/** CLOCK_REALTIME in whole seconds; for operations. */
export function seconds(tx: Transaction, k: Kernel): number {
  return tx.read(k.system.bootTime) + Math.floor(tx.read(k.machine.clock.now) / 1e9);
}
