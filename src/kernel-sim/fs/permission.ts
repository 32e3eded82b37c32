/** Who may do what with a node; fs/namei.c:generic_permission, path_resolution(7). For use inside operations. */

import { S_IFDIR, S_IFMT, S_ISVTX, S_IXGRP, S_IXOTH, S_IXUSR } from '../abi/mode.ts';
import { R_OK, W_OK, X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { type Credentials, capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { type Attributes, attributesOf, type Node, operationsOf, owns } from './node.ts';

/** Who asks: a task, and the credentials it asks with (access(2) uses the real ids). */
export interface Viewer {
  readonly task: Task;
  readonly cred: Credentials;
}

export const viewerOf = (tx: Transaction, task: Task): Viewer => ({ task, cred: tx.read(task.cred) });

const inFileGroup = (cred: Credentials, gid: number): boolean => cred.fsgid === gid || cred.groups.includes(gid);

/** Whether the mode bits and capabilities allow a combination of R_OK, W_OK and X_OK. */
function modeAllows(cred: Credentials, { mode, uid, gid }: Attributes, mask: number): boolean {
  // An owner without a right does not get it as one of the group.
  const bits = cred.fsuid === uid ? mode >> 6 : inFileGroup(cred, gid) ? mode >> 3 : mode;
  if ((bits & mask) === mask) return true;
  const directory = (mode & S_IFMT) === S_IFDIR;
  const executable = directory || (mode & (S_IXUSR | S_IXGRP | S_IXOTH)) !== 0;
  if (capable(cred, 'CAP_DAC_OVERRIDE') && ((mask & X_OK) === 0 || executable)) return true;
  const reading = mask === R_OK || (directory && (mask & W_OK) === 0);
  return reading && capable(cred, 'CAP_DAC_READ_SEARCH');
}

/** Whether the viewer has the access that `mask` asks for. */
export function permits(tx: Transaction, k: Kernel, { task, cred }: Viewer, node: Node, mask: number): boolean {
  const attributes = attributesOf(tx, k, node);
  if (attributes === null) return false;
  const ordinary = modeAllows(cred, attributes, mask);
  return operationsOf(node).permission?.(tx, k, task, node, mask, ordinary) ?? ordinary;
}

/** Whether a sticky directory keeps the viewer from removing a child. */
export function isStuck(cred: Credentials, directory: Attributes, child: Attributes): boolean {
  if ((directory.mode & S_ISVTX) === 0 || cred.fsuid === child.uid) return false;
  return !owns(cred, directory.uid);
}
