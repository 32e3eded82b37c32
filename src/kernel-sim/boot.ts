/** Booting: the machine, the objects that are there before the first task, and the first task. */

import { Cgroup } from './freezer/cgroup.ts';
import { FileSystem, openStandardStreams, plantFileSystem } from './fs/file-system.ts';
import { Files } from './fs/files.ts';
import { FsContext } from './fs/fs-context.ts';
import { AddressSpace } from './ipc/address-space.ts';
import { createIpcNamespace } from './ipc/namespace.ts';
import { type Kernel, System, type Userland } from './kernel.ts';
import { Machine } from './machine/machine.ts';
import { Netlink } from './netlink/netlink.ts';
import { PidNamespace } from './pid/namespace.ts';
import { groupMembers, Pid, publish, sessionMembers } from './pid/pid.ts';
import type { Profile } from './profile.ts';
import { SharedSignals, SignalHandlers, ThreadSignals } from './signal/state.ts';
import { type Credentials, rootCredentials } from './task/cred.ts';
import { defaultLimits, type ResourceLimits } from './task/limits.ts';
import { Process, Task, threads } from './task/task.ts';
import { UserCounts } from './task/user-count.ts';

export interface BootOptions {
  readonly profile: Profile;
  readonly userland: Userland;
  /** Keep journal, hashes and footprints; bulk restores do without. */
  readonly tracking?: boolean;
  /** Whether a tracer follows every task. */
  readonly traced?: boolean;
}

/** A kernel without any task, its file system as it is at first. */
export function boot({ profile, userland, tracking = true, traced = false }: BootOptions): Kernel {
  const machine = new Machine({ tracking });
  const { store } = machine;
  const is26 = profile.base === '2.6.26';
  const fixed = (id: string): boolean => profile.fixes.has(id);
  const k: Kernel = {
    machine,
    profile,
    userland,
    is26,
    fixed,
    traced,
    system: store.create(System, { pidMax: is26 ? 32_768 : 4_194_304 }),
    initPidNs: store.create(PidNamespace),
    initIpcNs: createIpcNamespace(store, { is26, fixed }, null),
    users: store.create(UserCounts),
    fs: store.create(FileSystem),
    cgroups: store.create(Cgroup, { live: true }),
    netlink: store.create(Netlink),
  };
  plantFileSystem(store, k);
  return k;
}

export interface InitOptions {
  readonly cred?: Credentials;
  readonly limits?: ResourceLimits;
  readonly comm?: string;
}

/** Makes the first task, pid 1, leader of a session and group of its own, with /dev/null as descriptors 0 to 2. Its program is for the userland to set. */
export function createInit(
  k: Kernel,
  { cred = rootCredentials, limits = defaultLimits, comm = 'init' }: InitOptions = {},
): Task {
  const { store } = k.machine;
  const pid = store.create(Pid, { upids: [{ number: 1, ns: k.initPidNs }] });
  const process = store.create(Process, {
    limits,
    signals: store.create(SharedSignals),
    liveThreads: 1,
    sessionLeader: true,
    group: pid,
    session: pid,
  });
  const init = store.create(Task, {
    pid,
    process,
    comm,
    cred,
    pidNs: k.initPidNs,
    ipcNs: k.initIpcNs,
    files: store.create(Files),
    fs: store.create(FsContext),
    mm: store.create(AddressSpace),
    handlers: store.create(SignalHandlers),
    signals: store.create(ThreadSignals),
  });
  store.write(process.leader, init);
  store.write(pid.task, init);
  store.write(k.initPidNs.map.at(1), true);
  store.write(k.initPidNs.lastPid, 1);
  store.write(k.initPidNs.reaper, init);
  publish(store, pid);
  threads.append(store, process, init);
  groupMembers.append(store, pid, init);
  sessionMembers.append(store, pid, init);
  store.write(k.system.threads, 1);
  store.write(k.users.processes.at(cred.uid), 1);
  openStandardStreams(store, k, init);
  k.machine.launch(store, init);
  return init;
}
