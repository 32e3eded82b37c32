/** The root of procfs; fs/proc/root.c, SEMANTICS C13. It shows the pid namespace it is mounted for. */

import type { PidNamespace } from '../../pid/namespace.ts';
import { findPid, type Pid } from '../../pid/pid.ts';
import { fail, ok } from '../../result.ts';
import type { MountPlace } from '../file-system-types.ts';
import { memoryFile } from './memory-file.ts';
import { child, type ProcNode, procDirectory, procLink } from './node.ts';
import { processNumber, processNumbers, taskNumber } from './numbers.ts';
import { parseNumber, processDirectory } from './process.ts';
import { sysctlDirectory } from './sysctl-table.ts';
import { sysvipcDirectory } from './sysvipc.ts';

/** The number of the caller's process in the mount's namespace: ENOENT where it has none. */
const selfLink = procLink('proc_self', (tx, _k, viewer, { ns }) => {
  const number = processNumber(tx, viewer, ns);
  return number === 0 ? fail('ENOENT') : ok(String(number));
});

/** Since 3.17. */
const threadSelfLink = procLink('proc_thread_self', (tx, _k, viewer, { ns }) => {
  const number = taskNumber(tx, viewer, ns);
  return number === 0 ? fail('ENOENT') : ok(`${processNumber(tx, viewer, ns)}/task/${number}`);
});

const rootDirectory = procDirectory('proc', {
  fixed: (k) => ({
    self: selfLink,
    ...(k.is26 ? {} : { 'thread-self': threadSelfLink }),
    meminfo: memoryFile,
    sys: sysctlDirectory,
    sysvipc: sysvipcDirectory,
  }),
  find(tx, _k, _viewer, node, name) {
    const pid: Pid | null = parseNumber(name) === null ? null : findPid(tx, node.ns, Number(name));
    return pid === null || tx.read(pid.task) === null ? null : child(node, name, processDirectory, { pid });
  },
  list: (tx, _k, _viewer, { ns }) => processNumbers(tx, ns).map((number) => [String(number), number] as const),
});

/** The root of procfs for a pid namespace, at the place where it is mounted. */
export const procRoot = (place: MountPlace, ns: PidNamespace): ProcNode => ({
  ...place,
  operations: rootDirectory,
  ns,
  pid: null,
  fd: null,
});
