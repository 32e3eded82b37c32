/**
 * The directories of processes and threads: /proc/<pid> and /proc/<pid>/task/<tid>; fs/proc/base.c tgid_base_stuff and
 * tid_base_stuff, SEMANTICS A5 and C13.
 *
 * A thread's number also opens at the top level, by name only, and shows the entries of a process there: so next_syscall_data,
 * which is a thread's, is found below task/ alone.
 * Other rooms add the files that are theirs to the two lists below.
 */

import type { Kernel } from '../../kernel.ts';
import type { Transaction } from '../../machine/store.ts';
import { findPid } from '../../pid/pid.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { cwdOf } from '../fs-context.ts';
import type { Node, NodeOperations } from '../node.ts';
import { mayInspect } from './access.ts';
import { commFile } from './comm.ts';
import { descriptorDirectory, informationDirectory } from './descriptors.ts';
import { childrenFile } from './family.ts';
import { limitsFile } from './limits.ts';
import { mapsFile } from './maps.ts';
import { namespaceDirectory } from './namespaces.ts';
import { nextSyscallDataNode } from './next-syscall-data-file.ts';
import { child, type ProcNode, procDirectory, procFile, procLink, taskOf } from './node.ts';
import { threadNumbers } from './numbers.ts';
import { oomScoreFile } from './oom-score.ts';
import { sigDirectory } from './sig-directory.ts';
import { statFile } from './stat.ts';
import { statusFile } from './status.ts';

/** A link into the file system that only those may follow who may look into the task. */
const guarded = (name: string, target: (tx: Transaction, k: Kernel, task: Task) => Node): NodeOperations =>
  procLink(name, (tx, k, viewer, node): Result<Node> => {
    const task = taskOf(tx, node);
    if (task === null) return fail('ENOENT');
    return mayInspect(tx, viewer, task) ? ok(target(tx, k, task)) : fail('EACCES');
  });

const cwdLink = guarded('proc_cwd', cwdOf);
const rootLink = guarded('proc_root_link', (tx, k) => tx.read(k.fs.root)!);

/** What processes and threads alike have. */
const common = (k: Kernel): Readonly<Record<string, NodeOperations>> => ({
  fd: descriptorDirectory,
  fdinfo: informationDirectory,
  status: statusNode,
  limits: limitsNode,
  ...(k.is26 ? {} : { comm: commNode, ns: namespaceDirectory, oom_score_adj: oomScoreNode }),
  stat: statNode,
  maps: mapsNode,
  cwd: cwdLink,
  root: rootLink,
  ...(k.profile.series.has('procsig') ? { sig: sigDirectory } : {}),
});

const statusNode = procFile('proc_status', 0o444, statusFile);
const statNode = procFile('proc_stat', 0o444, statFile);
const limitsNode = procFile('proc_limits', (k) => (k.is26 ? 0o400 : 0o444), limitsFile);
const commNode = procFile('proc_comm', 0o644, commFile);
const mapsNode = procFile('proc_maps', 0o444, mapsFile);
const childrenNode = procFile('proc_children', 0o444, childrenFile);
const oomScoreNode = procFile('proc_oom_score_adj', 0o644, oomScoreFile);

/** /proc/<pid>/task/<tid> */
const threadDirectory = procDirectory('proc_tid', {
  fixed: (k) => ({
    ...common(k),
    ...(k.is26 ? {} : { children: childrenNode }),
    ...(k.profile.series.has('next_syscall_data') ? { next_syscall_data: nextSyscallDataNode } : {}),
  }),
});

/** The thread with a number, if it belongs to the process that the directory is about. */
function findThread(tx: Transaction, _k: Kernel, _viewer: Task, node: ProcNode, name: string): ProcNode | null {
  const pid = parseNumber(name) === null ? null : findPid(tx, node.ns, Number(name));
  const thread = pid === null ? null : tx.read(pid.task);
  const task = taskOf(tx, node);
  if (pid === null || thread === null || task === null || tx.read(thread.process) !== tx.read(task.process))
    return null;
  return child(node, name, threadDirectory, { pid });
}

/** The number that a name is, written as the kernel writes it. */
export const parseNumber = (name: string): number | null => (/^[1-9]\d{0,9}$/.test(name) ? Number(name) : null);

const taskDirectory = procDirectory('proc_task', {
  find: findThread,
  list(tx, _k, _viewer, node) {
    const task = taskOf(tx, node);
    if (task === null) return [];
    return threadNumbers(tx, tx.read(task.process)!, node.ns).map((number) => [String(number), number] as const);
  },
});

/** /proc/<pid> */
export const processDirectory = procDirectory('proc_tgid', {
  fixed: (k) => ({ task: taskDirectory, ...common(k) }),
});
