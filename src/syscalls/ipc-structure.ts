/** What the calls of msg.ts, sem.ts and shm.ts have in common: commands, buffers that go either way, and struct ipc_perm. */

import { IPC_64 } from '../kernel-sim/abi/ipc.ts';
import type { OwnerChange } from '../kernel-sim/ipc/control.ts';
import type { StatBy } from '../kernel-sim/ipc/message-control.ts';
import type { IpcPermissions } from '../kernel-sim/ipc/object.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { type Datum, integerOf, OUT, type Struct } from './datum.ts';
import type { Parameter } from './parameter.ts';

/** A buffer that some commands read and others fill, as the program gave it. */
export const buffer = (kind: string): Parameter<Datum | undefined> => ({
  kind,
  direction: 'inout',
  decode: (argument) => argument,
});

/** An address as a number; NULL is 0. */
export const address = (kind = 'address'): Parameter<number> => ({ kind, direction: 'in', decode: integerOf });

/** Whether a buffer can be written. */
export const isWritable = (argument: Datum | undefined): boolean =>
  argument === OUT || (typeof argument === 'object' && argument !== null);

/** The structure that a buffer holds; null for an address that cannot be read. */
export function structureIn(argument: Datum | undefined): Struct | null {
  if (argument === OUT) return {};
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument) ? (argument as Struct) : null;
}

/** The command without the mark of the newer layout, which the 2.6.26 profile takes as a 32-bit kernel does. */
export const commandOf = (k: Kernel, command: number): number => (k.is26 ? command & ~IPC_64 : command);

/** Fields that only the old layouts have; one of them says that a structure is of an old layout. */
const OLD_FIELDS: ReadonlySet<string> = new Set([
  'msg_first',
  'msg_last',
  'msg_lcbytes',
  'msg_lqbytes',
  'sem_base',
  'sem_pending',
  'sem_pending_last',
  'undo',
  'shm_unused',
  'shm_unused2',
  'shm_unused3',
]);

/** Whether a structure for IPC_SET is of the old layout, in which there is no room for what an armed value restores (I7). */
export const isOldLayout = (command: number, structure: Struct): boolean =>
  (command & IPC_64) === 0 && Object.keys(structure).some((field) => OLD_FIELDS.has(field));

/** The owner and mode in a structure for IPC_SET. */
export function ownerIn(structure: Struct, field: string): OwnerChange {
  const permissions = structureIn(structure[field]) ?? {};
  return {
    uid: integerOf(permissions.uid) >>> 0,
    gid: integerOf(permissions.gid) >>> 0,
    mode: integerOf(permissions.mode),
  };
}

/** Reads history fields of a structure for IPC_SET; null for each in the old layout. */
export const historyIn =
  (command: number, structure: Struct) =>
  (field: string): number | null =>
    isOldLayout(command, structure) ? null : integerOf(structure[field]);

/** struct ipc_perm with strace's fields. */
export const permissionStruct = ({ uid, gid, mode, key, cuid, cgid }: IpcPermissions): Struct => ({
  uid,
  gid,
  mode,
  key,
  cuid,
  cgid,
});

/** What a *_STAT command returns: 0 when the object was named by its id, else the id. */
export const statValue = (by: StatBy, id: number): number => (by === 'id' ? 0 : id);
