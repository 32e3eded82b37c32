/** The text of /proc/sysvipc/{msg,sem,shm}; sysvipc_*_proc_show of ipc/{msg,sem,shm}.c, SEMANTICS C8-C10. */

import { PAGE_SIZE } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { isUnlocked, objectsOf } from './ids.ts';
import type { MessageQueue } from './message-queue.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import type { IpcKind, IpcObject } from './object.ts';
import { numberSeenIn, type PidRecord } from './pid-record.ts';
import type { Segment } from './segment.ts';
import type { SemaphoreSet } from './semaphore-set.ts';

/** A number right-aligned in a column. */
const column = (value: number | string, width: number): string => String(value).padStart(width);

const row = (columns: readonly (readonly [number | string, number])[]): string =>
  `${columns.map(([value, width]) => column(value, width)).join(' ')}\n`;

/** Key, id and permissions; two blanks stand before the permissions. */
const begin = (tx: Transaction, object: IpcObject): readonly (readonly [number | string, number])[] => [
  [tx.read(object.key), 10],
  [tx.read(object.id), 10],
  [tx.read(object.mode).toString(8), 5],
];

const owners = (tx: Transaction, object: IpcObject): readonly (readonly [number, number])[] =>
  [object.uid, object.gid, object.cuid, object.cgid].map((cell) => [tx.read(cell), 5] as const);

type PidOf = (record: PidRecord) => number;

const queueRow = (tx: Transaction, queue: MessageQueue, pid: PidOf): string =>
  row([
    ...begin(tx, queue),
    [tx.read(queue.cbytes), 11], // two blanks here too
    [tx.read(queue.qnum), 10],
    [pid(tx.read(queue.lspid)), 5],
    [pid(tx.read(queue.lrpid)), 5],
    ...owners(tx, queue),
    [tx.read(queue.stime), 10],
    [tx.read(queue.rtime), 10],
    [tx.read(queue.ctime), 10],
  ]);

const setRow = (tx: Transaction, set: SemaphoreSet): string =>
  row([
    ...begin(tx, set),
    [tx.read(set.nsems), 10],
    ...owners(tx, set),
    [tx.read(set.otime), 10],
    [tx.read(set.ctime), 10],
  ]);

function segmentRow(tx: Transaction, k: Kernel, segment: Segment, pid: PidOf): string {
  const memory: [number, number][] = [
    [tx.read(segment.resident).length * PAGE_SIZE, 21],
    [0, 21],
  ];
  return row([
    ...begin(tx, segment),
    [tx.read(segment.size), 21],
    [pid(tx.read(segment.cpid)), 5],
    [pid(tx.read(segment.lpid)), 5],
    [tx.read(segment.nattch), 6],
    ...owners(tx, segment),
    [tx.read(segment.atime), 10],
    [tx.read(segment.dtime), 10],
    [tx.read(segment.ctime), 10],
    ...(k.is26 ? [] : memory),
  ]);
}

const WHO = '  uid   gid  cuid  cgid';

function headerOf(k: Kernel, kind: IpcKind): string {
  switch (kind) {
    case 'msg':
      return `       key      msqid perms      cbytes       qnum lspid lrpid ${WHO}      stime      rtime      ctime\n`;
    case 'sem':
      return `       key      semid perms      nsems ${WHO}      otime      ctime\n`;
    case 'shm':
      // 2.6.26 has one header for 32 and 64 bits, so its columns do not stand above the numbers.
      return k.is26
        ? `       key      shmid perms       size  cpid  lpid nattch ${WHO}      atime      dtime      ctime\n`
        : `       key      shmid perms                  size  cpid  lpid nattch ${WHO}      atime      dtime      ctime                   rss                  swap\n`;
  }
}

/**
 * Header and one line per object, by slot; what a reader of /proc/sysvipc/<kind> finds.
 *
 * @param ns the IPC namespace that the file was opened in
 * @param viewer the pid namespace in which pids are shown (6.x; 2.6.26 has numbers only)
 */
export const printSysvipc: (k: Kernel, ns: IpcNamespace, kind: IpcKind, viewer: PidNamespace) => Steps<string> =
  operation(
    'sysvipc.show',
    (tx: Transaction, k: Kernel, ns: IpcNamespace, kind: IpcKind, viewer: PidNamespace): string => {
      const pid: PidOf = (record) => numberSeenIn(tx, record, viewer);
      let text = headerOf(k, kind);
      for (const object of objectsOf(tx, idsOf(tx, ns, kind))) {
        if (kind === 'msg') text += queueRow(tx, object as MessageQueue, pid);
        else if (kind === 'sem') text += setRow(tx, object as SemaphoreSet);
        else text += segmentRow(tx, k, object as Segment, pid);
      }
      return text;
    },
    { when: (tx, _k, ns, kind) => isUnlocked(tx, idsOf(tx, ns, kind)) },
  );
