/**
 * What a mounted hierarchy shows: a directory for each group, with its files; kernel/cgroup.c:cgroup_mkdir, cgroup_rmdir. Every mount
 * shows the same groups. A directory is made and removed by hand and its files are there by themselves; nothing else can be made.
 */

import { S_IFDIR, S_IFMT, S_IFREG } from '../abi/mode.ts';
import { directoryFile } from '../fs/directory.ts';
import type { FileOperations } from '../fs/file.ts';
import type { MakeRoot } from '../fs/file-system-types.ts';
import type { Attributes, Entry, Making, Node, NodeOperations, VirtualNode } from '../fs/node.ts';
import { nodeOperations } from '../fs/node.ts';
import type { Kernel } from '../kernel.ts';
import { hashLo } from '../machine/hash.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { Cgroup, members } from './cgroup.ts';
import type { CgroupNode } from './node.ts';
import { signalsFile } from './signals-file.ts';
import { stateFile } from './state-file.ts';
import { tasksFile } from './tasks-file.ts';

const groupOf = (node: Node): Cgroup => (node as CgroupNode).cgroup;

/** The attributes of a group's directory or of a file in it, which belong to who made the group; null once it has been removed. */
function attributesWith(tx: Transaction, k: Kernel, node: Node, mode: number, links: number): Attributes | null {
  const cgroup = groupOf(node);
  if (!tx.read(cgroup.live)) return null;
  const time = tx.read(k.system.bootTime);
  const number = (cgroup.lo >>> 0) + (hashLo(links === 1 ? (node as VirtualNode).name : '') >>> 0) + 2;
  const owner = { uid: tx.read(cgroup.uid), gid: tx.read(cgroup.gid) };
  return { mode, ...owner, size: 0, links, number, atime: time, mtime: time, ctime: time };
}

const file = (name: string, mode: number, operations: FileOperations): NodeOperations =>
  nodeOperations(`cgroup_${name}`, {
    attributes: (tx, k, node) => attributesWith(tx, k, node, S_IFREG | mode, 1),
    open: () => operations,
  });

const tasks = file('tasks', 0o644, tasksFile);
const state = file('freezer.state', 0o644, stateFile);
const signals = file('freezer.signals', 0o600, signalsFile);

/** The files of a group; the root cannot be frozen, and has only its list of tasks. */
const filesOf = (tx: Transaction, k: Kernel, cgroup: Cgroup): Readonly<Record<string, NodeOperations>> => ({
  tasks,
  ...(tx.read(cgroup.parent) === null ? {} : { 'freezer.state': state }),
  ...(tx.read(cgroup.parent) === null || !k.profile.series.has('freezer-signals')
    ? {}
    : { 'freezer.signals': signals }),
});

const nodeFor = (directory: CgroupNode, name: string, operations: NodeOperations, cgroup: Cgroup): CgroupNode => ({
  operations,
  parent: directory,
  name,
  mount: directory.mount,
  cgroup,
});

function lookup(tx: Transaction, k: Kernel, _task: Task, directory: Node, name: string): CgroupNode | null {
  const cgroup = groupOf(directory);
  if (!tx.read(cgroup.live)) return null;
  const files = filesOf(tx, k, cgroup);
  const operations = Object.hasOwn(files, name) ? files[name] : undefined;
  if (operations !== undefined) return nodeFor(directory as CgroupNode, name, operations, cgroup);
  const child = tx.read(cgroup.children).find((group) => tx.read(group.label) === name);
  return child === undefined ? null : nodeFor(directory as CgroupNode, name, directoryOperations, child);
}

function list(tx: Transaction, k: Kernel, task: Task, directory: Node): readonly Entry[] {
  const cgroup = groupOf(directory);
  const names = [
    ...Object.keys(filesOf(tx, k, cgroup)),
    ...tx.read(cgroup.children).map((group) => tx.read(group.label)),
  ];
  return names.map((name, i) => {
    const node = lookup(tx, k, task, directory, name)!;
    const { mode, number } = node.operations.attributes(tx, k, node)!;
    return { name, number, type: mode & S_IFMT, cookie: i + 2 };
  });
}

/** Makes a group; a file cannot be made (EACCES), nor anything else (EPERM). */
function create(
  tx: Transaction,
  _k: Kernel,
  task: Task,
  directory: Node,
  name: string,
  { mode }: Making,
): Result<Node> {
  if ((mode & S_IFMT) !== S_IFDIR) return fail((mode & S_IFMT) === S_IFREG ? 'EACCES' : 'EPERM');
  const parent = groupOf(directory);
  if (!tx.read(parent.live)) return fail('ENOENT'); // the directory itself has been removed
  const { fsuid, fsgid } = tx.read(task.cred);
  const made = tx.create(Cgroup, { live: true, label: name, parent, mode: mode & 0o7777, uid: fsuid, gid: fsgid });
  tx.update(parent.children, (children) => [...children, made]);
  return ok(nodeFor(directory as CgroupNode, name, directoryOperations, made));
}

/** Removes a group: EBUSY while it has members or groups below. Its files stay (EPERM). */
function remove(tx: Transaction, _k: Kernel, directory: Node, child: Node): Result<undefined> {
  const cgroup = groupOf(child);
  const parent = groupOf(directory);
  if (cgroup === parent) return fail('EPERM'); // one of its own files
  if (!members.isEmpty(tx, cgroup) || tx.read(cgroup.children).length > 0) return fail('EBUSY');
  tx.update(parent.children, (children) => children.filter((group) => group !== cgroup));
  tx.free(cgroup);
  return done;
}

const directoryOperations: NodeOperations = nodeOperations('cgroup', {
  attributes: (tx, k, node) => attributesWith(tx, k, node, S_IFDIR | tx.read(groupOf(node).mode), 2),
  lookup,
  list,
  create,
  remove,
  open: () => directoryFile,
});

/** The root of the hierarchy, at the place where it is mounted. */
export const makeCgroupRoot: MakeRoot = (_tx, k, _task, place): CgroupNode => ({
  ...place,
  operations: directoryOperations,
  cgroup: k.cgroups,
});
