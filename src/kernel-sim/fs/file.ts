/**
 * Open files: what open, pipe and their like make and what descriptors point to; struct file, include/linux/fs.h.
 *
 * An open file has a position and status flags, which everyone who holds it shares: descriptors made by dup or inherited over
 * fork, and calls under way. What it does is up to its {@link FileOperations}; other rooms bring their own (mqueue/, task/).
 * Left out on purpose: asynchronous I/O, splice, mmap, leases and signals on readiness.
 */

import { F_OWNER_TID, O_RDONLY } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { load, operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import type { Files } from './files.ts';
import { dropLease } from './lease.ts';
import { dropLocksOf } from './lock-table.ts';
import { isInode, leaveNode, type Node } from './node.ts';
import { type Named, named } from './operations.ts';
import { dropRecordLocks } from './record-lock.ts';

/** A user buffer that a read fills: its length, and whether it can be written to. */
export interface Destination {
  readonly count: number;
  readonly good: boolean;
}

/** A user buffer that a write takes: its length and its bytes, null where it cannot be read. */
export interface Source {
  readonly count: number;
  readonly bytes: string | null;
}

/** What a read gave, and where the next one goes on. */
export interface Taken {
  readonly bytes: string;
  readonly position: number;
}

/** How many bytes a write took, and where the next one goes on. */
export interface Put {
  readonly count: number;
  readonly position: number;
}

/** How lseek treats the file: it moves, it stays at 0 without complaint, or it is ESPIPE. */
type Seeking = 'moves' | 'stays' | 'none';

/** What an open file of some kind can do; a missing function makes the call fail as the comment says. */
export interface FileFunctions {
  readonly seeking: Seeking;
  /** Whether pread and pwrite work; by default where lseek does. */
  readonly positioned?: (k: Kernel) => boolean;
  /** Whether readv and writev hand over all segments at once, or only one of them; otherwise each is a read or write of its own. */
  readonly vectored?: (k: Kernel, direction: 'read' | 'write') => boolean;
  /** Runs once the file is made; a failure is that of open. */
  readonly open?: (k: Kernel, task: Task, file: File) => Steps<Result<undefined>>;
  /** EINVAL without. `position` is 0 for a file that cannot seek. */
  readonly read?: (k: Kernel, task: Task, file: File, into: Destination, position: number) => Steps<Result<Taken>>;
  /** EINVAL without. */
  readonly write?: (k: Kernel, task: Task, file: File, from: Source, position: number) => Steps<Result<Put>>;
  /** POLL* bits that hold now for the task that asks; readable and writable without. For operations. */
  readonly poll?: (tx: Transaction, k: Kernel, file: File, task: Task) => number;
  /** Bytes that a read would find (FIONREAD), ENOTTY without; for operations. */
  readonly available?: (tx: Transaction, file: File) => number;
  /** What lseek(SEEK_END) counts from, 0 without; for operations. */
  readonly size?: (tx: Transaction, file: File) => number;
  /** Where from an offset inside the file on SEEK_DATA or SEEK_HOLE finds what it looks for, null for nowhere; for operations. */
  readonly extent?: (tx: Transaction, file: File, offset: number, whence: number) => number | null;
  /** Which of SEEK_SET, SEEK_CUR … lseek knows, all without. */
  readonly whences?: readonly number[];
  /** The text of the link in /proc/<pid>/fd for a file that no path leads to; for operations. */
  readonly label?: (tx: Transaction, file: File) => string;
  /** Lines that /proc/<pid>/fdinfo has for this kind of file alone; for operations. */
  readonly info?: (tx: Transaction, k: Kernel, file: File) => string;
  /** Runs at each close of a descriptor, also when others are left. */
  readonly flush?: (k: Kernel, task: Task, file: File) => Steps<void>;
  /** Runs when the last holder lets go. */
  readonly release?: (k: Kernel, task: Task, file: File) => Steps<void>;
}

export type FileOperations = FileFunctions & Named;

/** Declares what a kind of open file can do. */
export function fileOperations(name: string, functions: FileFunctions): FileOperations {
  return named(name, functions);
}

/** Who is told of readiness: F_OWNER_TID, F_OWNER_PID or F_OWNER_PGRP and a number in the initial namespace, 0 for nobody. */
export interface FileOwner {
  readonly type: number;
  readonly pid: number;
}

interface FileFields {
  /** Descriptors that point here and calls under way. */
  count: number;
  /** O_ACCMODE and status flags, as F_GETFL shows them. */
  flags: number;
  /** Bytes from the start. */
  position: number;
  /** 6.x: who reads or writes at the shared position now (f_pos_lock). */
  positionHolder: Task | null;
  operations: FileOperations;
  /** Its open made the file. */
  created: boolean;
  /** What a path led to; null for a file that no path leads to. */
  node: Node | null;
  /** What the operations keep for themselves. */
  data: unknown;
  /** Holds or waits for a lock of flock. */
  locking: boolean;
  /** F_SETOWN and F_SETSIG, and the descriptor that whoever is told hears of; see tell-owner.ts. */
  owner: FileOwner;
  ownerSignal: number;
  asyncFd: number;
}

export type File = Handle<FileFields>;

/** A new file has one holder: the descriptor it is about to get. */
export const File = layout<FileFields>('file', {
  count: 1,
  flags: O_RDONLY,
  position: 0,
  positionHolder: null,
  created: false,
  operations: fileOperations('no_operations', { seeking: 'none' }),
  node: null,
  data: null,
  locking: false,
  owner: { type: F_OWNER_TID, pid: 0 },
  ownerSignal: 0,
  asyncFd: -1,
});

/** Whether the file was opened for reading; access mode 3 allows neither. */
export const readable = (flags: number): boolean => ((flags + 1) & 1) !== 0;

/** Whether the file was opened for writing. */
export const writable = (flags: number): boolean => ((flags + 1) & 2) !== 0;

/** What is left to do after a step of letting go. */
type Rest = 'nothing' | 'flush' | 'release';

const drop = operation('file.put', (tx: Transaction, k: Kernel, file: File): Rest => dropOnce(tx, k, file));

const close = operation('file.close', (tx: Transaction, k: Kernel, file: File, table: Files | null): Rest => {
  if (table !== null) dropRecordLocks(tx, k, file, table);
  return tx.read(file.operations).flush === undefined ? dropOnce(tx, k, file) : 'flush';
});

function dropOnce(tx: Transaction, k: Kernel, file: File): Rest {
  if (tx.update(file.count, (n) => n - 1) > 0) return 'nothing';
  if (tx.read(file.operations).release !== undefined) return 'release';
  forget(tx, k, file);
  return 'nothing';
}

function forget(tx: Transaction, k: Kernel, file: File): void {
  const node = tx.read(file.node);
  if (tx.read(file.locking)) dropLocksOf(tx, k, file);
  dropRecordLocks(tx, k, file, file);
  dropLease(tx, k, file);
  if (node !== null && isInode(node) && writable(tx.read(file.flags))) tx.add(node.writers, -1);
  if (node !== null) leaveNode(tx, node);
  tx.free(file);
}

/** Drops an open file that nobody has seen, or that has been released. */
export const discardFile = operation('file.free', forget);

/** Counts one more holder; for operations. */
export const getFile = (tx: Transaction, file: File): void => tx.add(file.count, 1);

/** Lets go of an open file; the last holder releases it. */
export function* putFile(k: Kernel, task: Task, file: File): Steps<void> {
  yield* finish(k, task, file, yield* drop(k, file));
}

/**
 * What closing one descriptor does to the open file behind it; fs/open.c:filp_close.
 *
 * @param table where the descriptor was; null for a file that no descriptor has led to
 */
export function* closeFile(k: Kernel, task: Task, file: File, table: Files | null): Steps<void> {
  const rest = yield* close(k, file, table);
  if (rest !== 'flush') return yield* finish(k, task, file, rest);
  const { flush } = yield* load(file.operations);
  yield* flush!(k, task, file);
  yield* putFile(k, task, file);
}

function* finish(k: Kernel, task: Task, file: File, rest: Rest): Steps<void> {
  if (rest === 'nothing') return;
  const { release } = yield* load(file.operations);
  yield* release!(k, task, file);
  yield* discardFile(k, file);
}
