/**
 * The limits of an IPC namespace under their names in /proc/sys/kernel, for procfs and for scenarios; ipc/ipc_sysctl.c,
 * SEMANTICS C8-C10, D and E9.
 */

import { INT_MAX, INT_MIN } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import type { Cell } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { type IpcNamespace, idsOf, resumeMsgmni } from './namespace.ts';
import { type IpcKind, SLOTS } from './object.ts';

/** One file under /proc/sys/kernel: a row of numbers. For operations. */
export interface IpcSysctl {
  readonly read: (tx: Transaction, ns: IpcNamespace) => readonly (number | bigint)[];
  /** Changes the first numbers of the row, as many as there are values. EINVAL out of range, ERANGE for 6.x's semmni. */
  readonly write: (tx: Transaction, k: Kernel, ns: IpcNamespace, values: readonly bigint[]) => Result<undefined>;
}

const isInt = (value: bigint): boolean => BigInt(INT_MIN) <= value && value <= BigInt(INT_MAX);

/** An int; 6.x keeps it between 0 and a maximum. */
function int(cellOf: (tx: Transaction, ns: IpcNamespace) => Cell<number>, max = INT_MAX): IpcSysctl {
  return {
    read: (tx, ns) => [tx.read(cellOf(tx, ns))],
    write: (tx, k, ns, [value]) => {
      if (value === undefined) return done;
      if (!isInt(value) || (!k.is26 && (value < 0n || value > BigInt(max)))) return fail('EINVAL');
      tx.write(cellOf(tx, ns), Number(value));
      return done;
    },
  };
}

function flag(cellOf: (ns: IpcNamespace) => Cell<boolean>): IpcSysctl {
  return {
    read: (tx, ns) => [tx.read(cellOf(ns)) ? 1 : 0],
    write: (tx, _k, ns, [value]) => {
      if (value === undefined) return done;
      if (value !== 0n && value !== 1n) return fail('EINVAL');
      tx.write(cellOf(ns), value === 1n);
      return done;
    },
  };
}

/** An unsigned long. */
function ulong(cellOf: (ns: IpcNamespace) => Cell<bigint>): IpcSysctl {
  return {
    read: (tx, ns) => [tx.read(cellOf(ns))],
    write: (tx, _k, ns, [value]) => {
      if (value === undefined) return done;
      if (value < 0n || value > 0xffff_ffff_ffff_ffffn) return fail('EINVAL');
      tx.write(cellOf(ns), value);
      return done;
    },
  };
}

const semCells = (ns: IpcNamespace): readonly Cell<number>[] => [ns.semmsl, ns.semmns, ns.semopm, ns.semmni];

const sem: IpcSysctl = {
  read: (tx, ns) => semCells(ns).map((cell) => tx.read(cell)),
  write: (tx, k, ns, values) => {
    if (values.some((value) => !isInt(value))) return fail('EINVAL');
    const semmni = values[3];
    const tooMany = !k.is26 && semmni !== undefined && (semmni < 0n || semmni > BigInt(SLOTS));
    for (const [i, cell] of semCells(ns).entries()) {
      const value = values[i];
      if (value !== undefined && !(i === 3 && tooMany)) tx.write(cell, Number(value));
    }
    return tooMany ? fail('ERANGE') : done; // the others have changed all the same
  },
};

const msgmniCell = int((_tx, ns) => ns.msgmni, SLOTS);

const msgmni: IpcSysctl = {
  read: msgmniCell.read,
  write: (tx, k, ns, values) => {
    const written = msgmniCell.write(tx, k, ns, values);
    if (written.ok) tx.write(ns.autoMsgmni, false); // set by hand: it no longer follows the number of namespaces
    return written;
  },
};

const autoFlag = flag((ns) => ns.autoMsgmni);

const autoMsgmni: IpcSysctl = {
  read: autoFlag.read,
  write: (tx, k, ns, values) => {
    const written = autoFlag.write(tx, k, ns, values);
    if (written.ok && tx.read(ns.autoMsgmni)) resumeMsgmni(tx, k, ns);
    return written;
  },
};

/** The id that the next creation by anybody takes; -1 reads as none and cannot be written. */
const nextId = (kind: IpcKind): IpcSysctl => int((tx, ns) => idsOf(tx, ns, kind).nextId);

const common: readonly [string, IpcSysctl][] = [
  ['msgmax', int((_tx, ns) => ns.msgmax)],
  ['msgmnb', int((_tx, ns) => ns.msgmnb)],
  ['msgmni', msgmni],
  ['sem', sem],
  ['shmall', ulong((ns) => ns.shmall)],
  ['shmmax', ulong((ns) => ns.shmmax)],
  ['shmmni', int((_tx, ns) => ns.shmmni, SLOTS)],
];

const of26: ReadonlyMap<string, IpcSysctl> = new Map([...common, ['auto_msgmni', autoMsgmni]]);

const of6: ReadonlyMap<string, IpcSysctl> = new Map([
  ...common,
  ['msg_next_id', nextId('msg')],
  ['sem_next_id', nextId('sem')],
  ['shm_next_id', nextId('shm')],
  ['shm_rmid_forced', flag((ns) => ns.shmRmidForced)],
]);

/** The files that a kernel has, by name. */
export const ipcSysctls = (k: Kernel): ReadonlyMap<string, IpcSysctl> => (k.is26 ? of26 : of6);

/**
 * Leaves creators of a kind with so many spare idr layers, and no more when they are topped up: fault injection for I2.
 * 2.6.26 keeps 12; with 1, two creators who need a leaf each are enough.
 */
export function limitSpareLayers(tx: Transaction, ns: IpcNamespace, kind: IpcKind, layers: number): void {
  const ids = idsOf(tx, ns, kind);
  tx.write(ids.spare, layers);
  tx.write(ids.spareMax, layers);
}
