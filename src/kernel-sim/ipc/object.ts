/**
 * What queues, semaphore sets and segments have in common: owner, permissions, key and id; struct kern_ipc_perm, SEMANTICS C7.
 *
 * An object that is in no table is `deleted`: before it is published, and again once it has been removed. So whoever still holds
 * it after sleeping finds out by looking, as the real code does with its reference.
 * Left out on purpose: security modules, user namespaces.
 */

import type { Handle } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { type Credentials, capable } from '../task/cred.ts';

/** The three tables of an IPC namespace. */
export type IpcKind = 'msg' | 'sem' | 'shm';

/** The slots of a table; an id is slot + 32768 · sequence number. */
export const SLOTS = 32_768;

export interface IpcObjectFields {
  id: number;
  /** The sequence number in the id. */
  seq: number;
  /** A C int; 0 is IPC_PRIVATE. */
  key: number;
  uid: number;
  gid: number;
  cuid: number;
  cgid: number;
  mode: number;
  ctime: number;
  deleted: boolean;
}

export type IpcObject = Handle<IpcObjectFields>;

/** First values of the common fields, to be spread into the layout of a kind. */
export const ipcObjectFields: IpcObjectFields = {
  id: -1,
  seq: 0,
  key: 0,
  uid: 0,
  gid: 0,
  cuid: 0,
  cgid: 0,
  mode: 0,
  ctime: 0,
  deleted: true,
};

/** Bits of permission, for owner, group and others alike. */
export const READ = 0o444;
export const WRITE = 0o222;
export const EXECUTE = 0o111;

const isOwner = (tx: Transaction, cred: Credentials, object: IpcObject): boolean =>
  cred.euid === tx.read(object.cuid) || cred.euid === tx.read(object.uid);

const isMember = (cred: Credentials, gid: number): boolean => cred.fsgid === gid || cred.groups.includes(gid);

/**
 * Whether the mode of an object grants every class of `bits`; ipcperms. An owner who lacks a bit is not looked at as a member of
 * the group: the first class that fits decides.
 *
 * @param bits permission bits in any of the three positions, or the flags of a get call
 */
export function permits(tx: Transaction, cred: Credentials, object: IpcObject, bits: number): boolean {
  const wanted = (bits >> 6) | (bits >> 3) | bits;
  let granted = tx.read(object.mode);
  if (isOwner(tx, cred, object)) granted >>= 6;
  else if (isMember(cred, tx.read(object.cgid)) || isMember(cred, tx.read(object.gid))) granted >>= 3;
  return (wanted & ~granted & 0o7) === 0 || capable(cred, 'CAP_IPC_OWNER');
}

/** Whether the caller may change or remove an object: its owner or creator, or CAP_SYS_ADMIN. */
export const controls = (tx: Transaction, cred: Credentials, object: IpcObject): boolean =>
  isOwner(tx, cred, object) || capable(cred, 'CAP_SYS_ADMIN');

/** Whether the caller owns or made the object; SHM_LOCK asks this beside a capability. */
export const owns = isOwner;

/** Owner and permissions as xxxctl(IPC_STAT) shows them. */
export interface IpcPermissions {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** As an unsigned number. */
  readonly key: number;
  readonly cuid: number;
  readonly cgid: number;
}

export const permissionsOf = (tx: Transaction, object: IpcObject): IpcPermissions => ({
  uid: tx.read(object.uid),
  gid: tx.read(object.gid),
  mode: tx.read(object.mode),
  key: tx.read(object.key) >>> 0,
  cuid: tx.read(object.cuid),
  cgid: tx.read(object.cgid),
});
