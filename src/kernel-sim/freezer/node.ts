/** Nodes of a mounted hierarchy of groups: plain values that say which group they are about. For use inside operations. */

import type { File } from '../fs/file.ts';
import type { VirtualNode } from '../fs/node.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Cgroup } from './cgroup.ts';

export interface CgroupNode extends VirtualNode {
  readonly cgroup: Cgroup;
}

/** The group that an open file is about: ENODEV once it has been removed. */
export function liveGroupOf(tx: Transaction, file: File): Result<Cgroup> {
  const { cgroup } = tx.read(file.node) as CgroupNode;
  return tx.read(cgroup.live) ? ok(cgroup) : fail('ENODEV');
}
