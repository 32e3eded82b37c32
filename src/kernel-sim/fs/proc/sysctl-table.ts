/**
 * What there is below /proc/sys: sizes and limits of the kernel and of the caller's namespaces; proc(5), SEMANTICS E6 and E9.
 * Other rooms say what their values are; this file says where they stand.
 */

import { CAP_CHECKPOINT_RESTORE } from '../../abi/capability.ts';
import { INT_MAX, NGROUPS_MAX, NR_OPEN, PID_MAX_LIMIT, RESERVED_PIDS } from '../../abi/limits.ts';
import { type IpcSysctl, ipcSysctls } from '../../ipc/limits.ts';
import type { Kernel } from '../../kernel.ts';
import type { Cell } from '../../machine/layout.ts';
import type { Transaction } from '../../machine/store.ts';
import { queueSysctls } from '../../mqueue/limits.ts';
import { done, fail } from '../../result.ts';
import { mayChoosePids } from '../../task/cred.ts';
import type { Task } from '../../task/task.ts';
import type { NodeOperations } from '../node.ts';
import { pipeSysctls } from '../pipe-limits.ts';
import { procDirectory } from './node.ts';
import { type Sysctl, sysctlFile } from './sysctl.ts';

const constant = (value: number | string): Sysctl => ({
  mode: 0o444,
  read: () => (typeof value === 'number' ? [value] : value),
});

/** A number of the kernel's between two others. */
const integer = (cellOf: (k: Kernel) => Cell<number>, min: number, max: number): Sysctl => ({
  read: (tx, k) => [tx.read(cellOf(k))],
  write(tx, k, _writer, [value]) {
    if (value === undefined) return done;
    if (value < BigInt(min) || value > BigInt(max)) return fail('EINVAL');
    tx.write(cellOf(k), Number(value));
    return done;
  },
});

/** The number given out last in the writer's pid namespace: anybody may try to write it, and few may succeed. */
const lastPid: Sysctl = {
  mode: 0o666,
  read: (tx, _k, reader) => [tx.read(tx.read(reader.pidNs)!.lastPid)],
  write(tx, k, writer, [value]) {
    if (!mayChoosePids(tx.read(writer.cred))) return fail('EPERM');
    if (value === undefined) return done;
    if (value < 0n || value > BigInt(tx.read(k.system.pidMax))) return fail('EINVAL');
    tx.write(tx.read(writer.pidNs)!.lastPid, Number(value));
    return done;
  },
};

const isNextId = (name: string): boolean => name.endsWith('_next_id');

/** A value of the IPC namespace of whoever reads or writes. */
function ofIpcNamespace(name: string, { read, write }: IpcSysctl): Sysctl {
  const nsOf = (tx: Transaction, task: Task) => tx.read(task.ipcNs)!;
  const values: Sysctl = {
    read: (tx, _k, reader) => read(tx, nsOf(tx, reader)),
    write: (tx, k, writer, row) => write(tx, k, nsOf(tx, writer), row),
  };
  if (!isNextId(name)) return values;
  return { ...values, mode: 0o444, modeFor: (tx, _k, viewer) => (mayChoosePids(tx.read(viewer.cred)) ? 0o666 : 0o444) };
}

const kernelValues = (k: Kernel): Readonly<Record<string, Sysctl>> => ({
  ngroups_max: constant(NGROUPS_MAX),
  osrelease: constant(k.is26 ? '2.6.26' : '6.18.0'),
  ostype: constant('Linux'),
  pid_max: integer(({ system }) => system.pidMax, RESERVED_PIDS + 1, PID_MAX_LIMIT),
  'threads-max': integer(({ system }) => system.maxThreads, k.is26 ? -INT_MAX : 1, INT_MAX),
  ...(k.is26 ? {} : { cap_last_cap: constant(CAP_CHECKPOINT_RESTORE), ns_last_pid: lastPid }),
  ...Object.fromEntries([...ipcSysctls(k)].map(([name, value]) => [name, ofIpcNamespace(name, value)])),
});

const fsValues = (k: Kernel): Readonly<Record<string, Sysctl>> => ({
  nr_open: constant(NR_OPEN),
  ...(k.is26 ? {} : pipeSysctls),
});

const filesOf = (
  directory: string,
  values: Readonly<Record<string, Sysctl>>,
): Readonly<Record<string, NodeOperations>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sysctlFile(`${directory}.${name}`, value)]));

const kernelDirectory = procDirectory('proc_sys_kernel', { fixed: (k) => filesOf('kernel', kernelValues(k)) });
const queueDirectory = procDirectory('proc_sys_fs_mqueue', { fixed: (k) => filesOf('fs.mqueue', queueSysctls(k)) });
const fsDirectory = procDirectory('proc_sys_fs', {
  fixed: (k) => ({ ...filesOf('fs', fsValues(k)), mqueue: queueDirectory }),
});

export const sysctlDirectory = procDirectory('proc_sys', {
  fixed: () => ({ fs: fsDirectory, kernel: kernelDirectory }),
});
