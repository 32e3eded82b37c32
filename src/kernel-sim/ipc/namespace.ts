/**
 * IPC namespaces: a table each for queues, semaphore sets and segments, and their limits; struct ipc_namespace, ipc/namespace.c,
 * SEMANTICS C7-C10 and D.
 *
 * All namespaces are chained to the initial one, because 2.6.26 divides the memory for message queues among them: making one lowers
 * msgmni of all others (K4). How a namespace ends is in namespace-death.ts. POSIX queues have a room of their own.
 * Note: `ipc.msgmni_lowered` {ns, before, after} for a namespace that has to give way to another.
 */

import type { Kernel } from '../kernel.ts';
import { type Handle, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import { PosixQueues } from '../mqueue/queue.ts';
import { IpcIds } from './ids.ts';
import { type IpcKind, SLOTS } from './object.ts';

interface IpcNamespaceFields {
  /** Tasks in it, and whatever else keeps it alive. */
  count: number;
  msg: IpcIds | null;
  sem: IpcIds | null;
  shm: IpcIds | null;
  /** Bytes of a message, bytes of a queue, queues. */
  msgmax: number;
  msgmnb: number;
  msgmni: number;
  /** 2.6.26: msgmni follows the number of namespaces until it is set by hand. */
  autoMsgmni: boolean;
  /** kernel.sem: semaphores of a set, of all sets, operations of a call, sets. */
  semmsl: number;
  semmns: number;
  semopm: number;
  semmni: number;
  /** Semaphores of all sets. */
  usedSems: number;
  /** Bytes of a segment, pages of all segments, segments. */
  shmmax: bigint;
  shmall: bigint;
  shmmni: number;
  /** Pages of all segments. */
  shmTotal: number;
  /** 6.x: a segment goes with its last detach whether it was removed or not. */
  shmRmidForced: boolean;
  /** POSIX queues. */
  posix: PosixQueues | null;
  /** The chain of all namespaces; its ends are those of the initial one. */
  first: IpcNamespace | null;
  last: IpcNamespace | null;
  next: IpcNamespace | null;
  previous: IpcNamespace | null;
}

export type IpcNamespace = Handle<IpcNamespaceFields>;

export const IpcNamespace = layout<IpcNamespaceFields>('ipc_namespace', {
  count: 1,
  msg: null,
  sem: null,
  shm: null,
  msgmax: 8192,
  msgmnb: 16_384,
  msgmni: 16,
  autoMsgmni: true,
  semmsl: 250,
  semmns: 32_000,
  semopm: 32,
  semmni: 128,
  usedSems: 0,
  shmmax: 0x200_0000n,
  shmall: 0x20_0000n,
  shmmni: 4096,
  shmTotal: 0,
  shmRmidForced: false,
  posix: null,
  first: null,
  last: null,
  next: null,
  previous: null,
});

/** Where 6.x differs from the first values above. */
const current = {
  msgmni: 32_000,
  autoMsgmni: false,
  semmsl: 32_000,
  semmns: 1_024_000_000,
  semopm: 500,
  semmni: 32_000,
  shmmax: 18_446_744_073_692_774_399n,
  shmall: 18_446_744_073_692_774_399n,
};

const chain = new LinkedList<IpcNamespace, IpcNamespace>({
  head: (initial) => initial.first,
  tail: (initial) => initial.last,
  next: (ns) => ns.next,
  previous: (ns) => ns.previous,
});

/**
 * Makes a namespace with empty tables and first limits; for operations, and for booting.
 *
 * @param initial the initial namespace, null when this is it
 */
export function createIpcNamespace(
  tx: Transaction,
  k: Pick<Kernel, 'is26' | 'fixed'>,
  initial: IpcNamespace | null,
): IpcNamespace {
  const tableOf = (kind: IpcKind): IpcIds => tx.create(IpcIds, { kind });
  const ns = tx.create(IpcNamespace, {
    ...(k.is26 ? {} : current),
    msg: tableOf('msg'),
    sem: tableOf('sem'),
    shm: tableOf('shm'),
    posix: tx.create(PosixQueues),
  });
  chain.append(tx, initial ?? ns, ns);
  if (k.is26) recomputeMsgmni(tx, k, initial ?? ns, ns);
  return ns;
}

/** Takes a namespace that has ended out of the chain. */
export function unchainNamespace(tx: Transaction, k: Kernel, ns: IpcNamespace): void {
  chain.remove(tx, k.initIpcNs, ns);
  if (k.is26) recomputeMsgmni(tx, k, k.initIpcNs, null);
}

/** Bytes of low memory of the simulated machine. */
const LOW_MEMORY = 2 ** 30;

/** Gives each namespace its share of the memory for message queues: a 32nd of the low memory, divided by all; recompute_msgmni. */
function recomputeMsgmni(
  tx: Transaction,
  k: Pick<Kernel, 'fixed'>,
  initial: IpcNamespace,
  made: IpcNamespace | null,
): void {
  const all = [...chain.members(tx, initial)];
  const sharers = k.fixed('K4') ? 1 : all.length;
  for (const ns of all) {
    if (!tx.read(ns.autoMsgmni) || (k.fixed('K4') && ns !== made)) continue;
    const share = Math.floor(LOW_MEMORY / 32 / tx.read(ns.msgmnb) / sharers);
    const most = Math.floor(SLOTS / sharers);
    const before = tx.read(ns.msgmni);
    const after = Math.max(16, Math.min(share, most));
    tx.write(ns.msgmni, after);
    if (after < before && ns !== made) tx.note({ type: 'ipc.msgmni_lowered', ns, before, after });
  }
}

/** Shares msgmni out anew: auto_msgmni was switched on again. */
export const resumeMsgmni = (tx: Transaction, k: Kernel, ns: IpcNamespace): void =>
  recomputeMsgmni(tx, k, k.initIpcNs, ns);

/** The table of a kind. */
export const idsOf = (tx: Transaction, ns: IpcNamespace, kind: IpcKind): IpcIds => tx.read(ns[kind])!;
