/**
 * The file system: one tree in memory, with procfs on /proc. Nothing of the host's is ever in it.
 *
 * At boot it has the directories and devices below; what a scenario wants besides it puts there with {@link populate}.
 * Mounting more is mount.ts's.
 */

import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_ISVTX } from '../abi/mode.ts';
import { O_LARGEFILE, O_RDONLY, O_WRONLY } from '../abi/open.ts';
import { hasFreezer } from '../freezer/cgroup.ts';
import { makeCgroupRoot } from '../freezer/directory.ts';
import type { Kernel } from '../kernel.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';
import { deviceOperations } from './device.ts';
import { File } from './file.ts';
import { makeProcRoot } from './file-system-types.ts';
import { take } from './files.ts';
import { Inode, link, touch, typeOf, writeContent } from './inode.ts';
import { type Leases, noLeases } from './lease.ts';
import type { Locks } from './lock-table.ts';
import { mountOn } from './mount.ts';
import { pipeLimits } from './pipe-limits.ts';
import { noRecordLocks, type RecordLocks } from './record-lock.ts';

interface FileSystemFields {
  root: Inode | null;
  /** Locks of flock(2), by path or inode. */
  locks: TableOf<Locks | null>;
  /** Locks and leases of fcntl(2). */
  recordLocks: RecordLocks;
  leases: Leases;
  /** /proc/sys/fs/pipe-*; see pipe-limits.ts. */
  pipeMaxSize: number;
  pipePagesSoft: number;
  pipePagesHard: number;
  /** oom_score_adj, by process. */
  oomScores: TableOf<number>;
}

export type FileSystem = Handle<FileSystemFields>;

export const FileSystem = layout<FileSystemFields>('file_system', {
  root: null,
  locks: table<Locks | null>(null),
  recordLocks: noRecordLocks,
  leases: noLeases,
  ...pipeLimits,
  oomScores: table(0),
});

/** A file that is there from the start. Directories that lead to it are made as needed, owned by root, mode 0755. */
export interface InitialFile {
  /** Absolute. */
  readonly path: string;
  /** A regular file by default. */
  readonly type?: 'file' | 'directory' | 'fifo' | 'symlink' | 'device';
  /** Permission bits: 0755 for directories and 0644 otherwise by default. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** The bytes of a file, or the text of a symbolic link. */
  readonly content?: string;
  /** [major, minor] of a device. */
  readonly device?: readonly [number, number];
}

const types = { file: S_IFREG, directory: S_IFDIR, fifo: S_IFIFO, symlink: S_IFLNK, device: S_IFCHR };

const directory = (path: string, mode = 0o755): InitialFile => ({ path, type: 'directory', mode });
const device = (path: string, minor: number): InitialFile => ({
  path,
  type: 'device',
  mode: 0o666,
  device: [1, minor],
});

const atBoot: readonly InitialFile[] = [
  directory('/bin'),
  directory('/dev'),
  device('/dev/full', 7),
  device('/dev/null', 3),
  device('/dev/zero', 5),
  directory('/dev/mqueue', S_ISVTX | 0o777),
  directory('/dev/shm', S_ISVTX | 0o777),
  directory('/etc'),
  directory('/home'),
  directory('/proc', 0o555),
  directory('/root', 0o700),
  directory('/tmp', S_ISVTX | 0o777),
  directory('/var'),
];

/** Makes the root and what is there at boot; for operations. */
export function plantFileSystem(tx: Transaction, k: Kernel): void {
  const root = tx.create(Inode, { mode: S_IFDIR | 0o755, links: 2 });
  touch(tx, k, root);
  tx.write(k.fs.root, root);
  populate(tx, k, atBoot);
  mountOn(tx, k, null, tx.read(root.entries.at('proc'))!, makeProcRoot);
  if (hasFreezer(k)) mountFreezer(tx, k, root);
}

/** Where hosts with the control group tools have it. */
function mountFreezer(tx: Transaction, k: Kernel, root: Inode): void {
  populate(tx, k, [directory('/cgroup/freezer')]);
  const cgroup = tx.read(root.entries.at('cgroup'))!;
  mountOn(tx, k, null, tx.read(cgroup.entries.at('freezer'))!, makeCgroupRoot);
}

/** Puts files into the tree, as root would before anything runs; one that is there already is changed. For operations. */
export function populate(tx: Transaction, k: Kernel, files: readonly InitialFile[]): void {
  for (const file of files) place(tx, k, file);
}

function place(tx: Transaction, k: Kernel, file: InitialFile): void {
  const names = file.path.split('/').filter((name) => name !== '');
  let at = tx.read(k.fs.root)!;
  for (const [i, name] of names.entries()) {
    const last = i === names.length - 1;
    at = tx.read(at.entries.at(name)) ?? plant(tx, k, at, name, last ? types[file.type ?? 'file'] : S_IFDIR);
  }
  const isDirectory = typeOf(tx, at) === S_IFDIR;
  tx.write(at.mode, typeOf(tx, at) | (file.mode ?? (isDirectory ? 0o755 : 0o644)));
  tx.write(at.uid, file.uid ?? 0);
  tx.write(at.gid, file.gid ?? 0);
  if (file.device !== undefined) tx.write(at.device, file.device);
  if (file.content === undefined) return;
  if (file.type === 'symlink') tx.write(at.target, file.content);
  else writeContent(tx, at, 0, file.content);
}

function plant(tx: Transaction, k: Kernel, parent: Inode, name: string, type: number): Inode {
  const inode = tx.create(Inode, {
    mode: type | (type === S_IFDIR ? 0o755 : 0o644),
    links: type === S_IFDIR ? 2 : 1,
  });
  touch(tx, k, inode);
  link(tx, k, parent, name, inode);
  return inode;
}

/** Opens /dev/null as descriptors 0, for reading, and 1 and 2, for writing, as `</dev/null >/dev/null 2>&1` does; for operations. */
export function openStandardStreams(tx: Transaction, k: Kernel, task: Task): void {
  const files = tx.read(task.files)!;
  const node = tx.read(tx.read(tx.read(k.fs.root)!.entries.at('dev'))!.entries.at('null'))!;
  const operations = deviceOperations(tx.read(node.device)!);
  const opened = (access: number, descriptors: readonly number[]): void => {
    const file = tx.create(File, { count: descriptors.length, flags: access | O_LARGEFILE, operations, node });
    tx.add(node.users, 1);
    for (const fd of descriptors) {
      take(tx, files, fd, false);
      tx.write(files.slots.at(fd), file);
    }
  };
  opened(O_RDONLY, [0]);
  opened(O_WRONLY, [1, 2]);
}
