/**
 * Somebody from outside the tree: a task without a parent, root with every capability, as one that enters a pid namespace from the one
 * around it. It has no program; calls are made for it (probe.ts).
 */

import { Files } from '../../kernel-sim/fs/files.ts';
import { FsContext } from '../../kernel-sim/fs/fs-context.ts';
import { AddressSpace } from '../../kernel-sim/ipc/address-space.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import { groupMembers, Pid, publish, sessionMembers } from '../../kernel-sim/pid/pid.ts';
import { SharedSignals, SignalHandlers, ThreadSignals } from '../../kernel-sim/signal/state.ts';
import { rootCredentials } from '../../kernel-sim/task/cred.ts';
import { defaultLimits } from '../../kernel-sim/task/limits.ts';
import { Process, Task, threads } from '../../kernel-sim/task/task.ts';

/** Lets a visitor in, with the highest number that is free. */
export function admitVisitor(k: Kernel): { visitor: Task; number: number } {
  const { store } = k.machine;
  store.beginStep(store.root);
  const number = highestFree(k);
  const pid = store.create(Pid, { upids: [{ number, ns: k.initPidNs }] });
  const signals = store.create(SharedSignals);
  const process = store.create(Process, { limits: defaultLimits, signals, liveThreads: 1, group: pid, session: pid });
  const visitor = store.create(Task, {
    pid,
    process,
    comm: 'visitor',
    cred: rootCredentials,
    pidNs: k.initPidNs,
    ipcNs: k.initIpcNs,
    files: store.create(Files),
    fs: store.create(FsContext),
    mm: store.create(AddressSpace),
    handlers: store.create(SignalHandlers),
    signals: store.create(ThreadSignals),
  });
  store.write(process.leader, visitor);
  store.write(pid.task, visitor);
  store.write(k.initPidNs.map.at(number), true);
  publish(store, pid);
  threads.append(store, process, visitor);
  groupMembers.append(store, pid, visitor);
  sessionMembers.append(store, pid, visitor);
  k.machine.launch(store, visitor);
  return { visitor, number };
}

function highestFree(k: Kernel): number {
  const { store } = k.machine;
  let number = store.peek(k.system.pidMax) - 1;
  while (store.peek(k.initPidNs.map.at(number))) number--;
  return number;
}
