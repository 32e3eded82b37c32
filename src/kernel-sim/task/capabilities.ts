/** Capability sets as bits, and how a task changes its own; kernel/capability.c, capget(2), capabilities(7). */

import * as numbers from '../abi/capability.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { CapabilitySet } from './cred.ts';
import type { Task } from './task.ts';

/** Every capability, by number. */
const names: readonly string[] = Object.entries(numbers)
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => name);

/** 2.6.26 ends at CAP_MAC_ADMIN. */
const lastOf = (k: Kernel): number => (k.is26 ? numbers.CAP_MAC_ADMIN : names.length - 1);

const allOf = (k: Kernel): bigint => (1n << BigInt(lastOf(k) + 1)) - 1n;

const bitOf = (name: string): bigint => 1n << BigInt(names.indexOf(name));

/** A set as bits, bit n for capability n. */
const toBits = (k: Kernel, set: CapabilitySet): bigint =>
  set === 'all' ? allOf(k) : set.reduce((bits, name) => bits | bitOf(name), 0n);

const fromBits = (k: Kernel, bits: bigint): CapabilitySet =>
  (bits & allOf(k)) === allOf(k) ? 'all' : names.slice(0, lastOf(k) + 1).filter((name) => (bits & bitOf(name)) !== 0n);

/** The three sets of a task as capget and capset have them. */
export interface CapabilityBits {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

/**
 * The capabilities of a task; capget(2).
 *
 * @param pid 0 for the caller
 * @returns ESRCH when there is no such task
 */
export const getCapabilities = operation(
  'capability.get',
  (tx: Transaction, k: Kernel, caller: Task, pid: number): Result<CapabilityBits> => {
    const task = pid === 0 ? caller : findTask(tx, tx.read(caller.pidNs)!, pid);
    if (task === null) return fail('ESRCH');
    const { capabilities, permitted, inheritable } = tx.read(task.cred);
    return ok({
      effective: toBits(k, capabilities),
      permitted: toBits(k, permitted),
      inheritable: toBits(k, inheritable),
    });
  },
);

/**
 * Changes the capabilities of the caller; capset(2).
 *
 * @param wanted null when it cannot be read
 * @returns EPERM for another task, or for a set that is larger than what is permitted; EFAULT
 */
export const setCapabilities = operation(
  'capability.set',
  (tx: Transaction, k: Kernel, caller: Task, pid: number, wanted: CapabilityBits | null): Result<undefined> => {
    if (pid !== 0 && findTask(tx, tx.read(caller.pidNs)!, pid) !== caller) return fail('EPERM');
    if (wanted === null) return fail('EFAULT');
    const cred = tx.read(caller.cred);
    const permitted = toBits(k, cred.permitted);
    const exceeds = (set: bigint, bounds: bigint): boolean => (set & ~bounds) !== 0n;
    if (exceeds(wanted.inheritable, toBits(k, cred.inheritable) | permitted)) return fail('EPERM');
    if (exceeds(wanted.permitted, permitted) || exceeds(wanted.effective, wanted.permitted)) return fail('EPERM');
    tx.write(caller.cred, {
      ...cred,
      capabilities: fromBits(k, wanted.effective),
      permitted: fromBits(k, wanted.permitted),
      inheritable: fromBits(k, wanted.inheritable),
    });
    return done;
  },
);
