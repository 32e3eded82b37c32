/**
 * /proc/<pid>/status: what is known of a task, for people; fs/proc/array.c:proc_pid_status, proc(5), SEMANTICS C13.
 *
 * Left out on purpose: memory sizes, CPU and node masks, context switches, seccomp.
 */

import * as capabilities from '../../abi/capability.ts';
import { RLIM_INFINITY } from '../../abi/resource.ts';
import type { Kernel } from '../../kernel.ts';
import type { Transaction } from '../../machine/store.ts';
import type { PidNamespace } from '../../pid/namespace.ts';
import type { Pid } from '../../pid/pid.ts';
import { queuedCount, statusMasks } from '../../signal/status.ts';
import type { CapabilitySet, Credentials } from '../../task/cred.ts';
import { INFINITY } from '../../task/limits.ts';
import { type Task, threads } from '../../task/task.ts';
import type { ProcNode } from './node.ts';
import { parentNumber, processNumber, taskNumber } from './numbers.ts';
import { sequence, single } from './sequence.ts';
import { stateText } from './state-letter.ts';

const numbersOfCapabilities: Readonly<Record<string, number>> = capabilities;

/** Bits of a set that has everything: 2.6.26 sets all 64, a current kernel those it knows. */
const everyCapability = (k: Kernel): bigint =>
  k.is26 ? 0xffff_ffff_ffff_ffffn : (2n << BigInt(capabilities.CAP_CHECKPOINT_RESTORE)) - 1n;

const hex = (bits: bigint): string => bits.toString(16).padStart(16, '0');

function capabilityMask(k: Kernel, set: CapabilitySet): string {
  if (set === 'all') return hex(everyCapability(k));
  return hex(set.reduce((mask, name) => mask | (1n << BigInt(numbersOfCapabilities[name] ?? 63)), 0n));
}

/** Slots of the descriptor table: it starts with 64 and grows by doubling from 128. */
function slots(tx: Transaction, task: Task): number {
  const files = tx.read(task.files);
  if (files === null) return 0;
  const highest = tx.read(files.taken).at(-1) ?? 0;
  return highest < 64 ? 64 : 2 ** Math.ceil(Math.log2(Math.floor(highest / 128) + 1)) * 128;
}

/** The numbers in the mount's namespace and in those below it. */
const levels = (tx: Transaction, pid: Pid | null, ns: PidNamespace): string =>
  pid === null
    ? '0'
    : tx
        .read(pid.upids)
        .slice(tx.read(ns.level))
        .map(({ number }) => number)
        .join('\t');

function signalLines(tx: Transaction, k: Kernel, task: Task): readonly string[] {
  const masks = statusMasks(tx, task);
  const { used, limit } = queuedCount(tx, k, task);
  return [
    `Threads:\t${[...threads.members(tx, tx.read(task.process)!)].length}`,
    `SigQ:\t${used}/${limit === INFINITY ? RLIM_INFINITY : limit}`,
    ...Object.entries(masks).map(([name, mask]) => `${name}:\t${hex(mask)}`),
  ];
}

function credentialLines(k: Kernel, cred: Credentials): readonly string[] {
  return [
    `CapInh:\t${capabilityMask(k, cred.inheritable)}`,
    `CapPrm:\t${capabilityMask(k, cred.permitted)}`,
    `CapEff:\t${capabilityMask(k, cred.capabilities)}`,
    `CapBnd:\t${capabilityMask(k, 'all')}`,
    ...(k.is26 ? [] : [`CapAmb:\t${capabilityMask(k, [])}`]),
  ];
}

function namespaceLines(tx: Transaction, task: Task, ns: PidNamespace): readonly string[] {
  const process = tx.read(task.process)!;
  const leader = tx.read(process.leader)!;
  return [
    `NStgid:\t${levels(tx, tx.read(leader.pid), ns)}`,
    `NSpid:\t${levels(tx, tx.read(task.pid), ns)}`,
    `NSpgid:\t${levels(tx, tx.read(process.group), ns)}`,
    `NSsid:\t${levels(tx, tx.read(process.session), ns)}`,
  ];
}

function status(tx: Transaction, k: Kernel, task: Task, { ns }: ProcNode): string {
  const cred = tx.read(task.cred);
  const context = tx.read(task.fs);
  const modern = (...lines: readonly string[]): readonly string[] => (k.is26 ? [] : lines);
  const groups = cred.groups.map((gid) => `${gid} `).join('');
  return [
    `Name:\t${tx.read(task.comm)}`,
    ...(context === null ? [] : modern(`Umask:\t${tx.read(context.umask).toString(8).padStart(4, '0')}`)),
    `State:\t${stateText(tx, task)}`,
    `Tgid:\t${processNumber(tx, task, ns)}`,
    ...modern('Ngid:\t0'),
    `Pid:\t${taskNumber(tx, task, ns)}`,
    `PPid:\t${parentNumber(tx, task, ns)}`,
    'TracerPid:\t0',
    `Uid:\t${cred.uid}\t${cred.euid}\t${cred.suid}\t${cred.fsuid}`,
    `Gid:\t${cred.gid}\t${cred.egid}\t${cred.sgid}\t${cred.fsgid}`,
    `FDSize:\t${slots(tx, task)}`,
    `Groups:\t${k.is26 ? groups : groups || ' '}`,
    ...modern(...(k.is26 ? [] : namespaceLines(tx, task, ns))),
    ...signalLines(tx, k, task),
    ...credentialLines(k, cred),
    '',
  ].join('\n');
}

export const statusFile = sequence('proc_status', single(status));
