/**
 * /proc/<pid>/fd and fdinfo: which descriptors a task has and where they lead; fs/proc/base.c (2.6.26), fs/proc/fd.c (6.x), proc(5).
 */

import { O_CLOEXEC } from '../../abi/open.ts';
import type { Kernel } from '../../kernel.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import type { File } from '../file.ts';
import { fileAt } from '../files.ts';
import { type Node, pathOf } from '../node.ts';
import { mayInspect } from './access.ts';
import { child, type ProcNode, procDirectory, procFile, procLink, taskOf } from './node.ts';
import { sequence, single } from './sequence.ts';

/** The open file that an entry is about, null when the task or the descriptor is gone. */
function fileOf(tx: Transaction, node: ProcNode): File | null {
  const task = taskOf(tx, node);
  return task === null || node.fd === null ? null : fileAt(tx, task, node.fd);
}

/** ENOENT when there is nothing to follow, EACCES for those who may not look into the task. */
function inspect(tx: Transaction, viewer: Task, node: ProcNode): Result<File> {
  const task = taskOf(tx, node);
  const file = fileOf(tx, node);
  if (task === null || file === null) return fail('ENOENT');
  return mayInspect(tx, viewer, task) ? ok(file) : fail('EACCES');
}

/** Where an open file leads, as text. */
function targetOf(tx: Transaction, k: Kernel, file: File): string {
  const node = tx.read(file.node);
  return node === null ? (tx.read(file.operations).label?.(tx, file) ?? 'anon_inode:') : pathOf(tx, k, node);
}

const descriptorLink = procLink(
  'proc_fd_link',
  (tx, _k, viewer, node): Result<Node> => {
    const file = inspect(tx, viewer, node);
    if (!file.ok) return file;
    const target = tx.read(file.value.node);
    return target === null ? fail('ENXIO') : ok(target); // an event counter cannot be opened again
  },
  {
    mode: 0o700,
    text: (tx, k, viewer, node) => {
      const file = inspect(tx, viewer, node);
      return file.ok ? ok(targetOf(tx, k, file.value)) : file;
    },
  },
);

function information(tx: Transaction, k: Kernel, task: Task, node: ProcNode): string {
  const file = fileOf(tx, node);
  if (file === null) return '';
  const marked = tx.read(tx.read(task.files)!.closeOnExec).includes(node.fd!);
  // Since 3.1 the flag is that of the descriptor; before, it was what open had been called with.
  const flags = k.is26 ? tx.read(file.flags) : tx.read(file.flags) | (marked ? O_CLOEXEC : 0);
  const digits = `0${flags.toString(8)}`;
  const lines = [`pos:\t${tx.read(file.position)}\n`, `flags:\t${digits}\n`];
  if (!k.is26) lines.push('mnt_id:\t1\n');
  return lines.join('') + (tx.read(file.operations).info?.(tx, k, file) ?? '');
}

const informationFile = procFile('proc_fdinfo', 0o400, sequence('proc_fdinfo', single(information)));

const directoryOf = (name: string, entry: typeof descriptorLink) =>
  procDirectory(name, {
    mode: 0o500,
    // A process may look at its own, whoever it has become since.
    permission: (tx, _k, viewer, node, _mask, ordinary) => {
      const task = taskOf(tx, node);
      return ordinary || (task !== null && tx.read(task.process) === tx.read(viewer.process));
    },
    find(tx, _k, _viewer, node, entryName) {
      if (!/^(0|[1-9]\d*)$/.test(entryName)) return null;
      const found = child(node, entryName, entry, { fd: Number(entryName) });
      return fileOf(tx, found) === null ? null : found;
    },
    list(tx, _k, _viewer, node) {
      const task = taskOf(tx, node);
      const files = task === null ? null : tx.read(task.files);
      if (files === null) return [];
      return tx
        .read(files.taken)
        .filter((fd) => tx.read(files.slots.at(fd)) !== null)
        .map((fd) => [String(fd), fd] as const);
    },
  });

export const descriptorDirectory = directoryOf('proc_fd', descriptorLink);
export const informationDirectory = directoryOf('proc_fdinfo_directory', informationFile);
