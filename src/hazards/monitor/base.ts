/**
 * Watches the kernel below the series: System V IPC that answers differently for reasons of others. SEMANTICS B8 (K3, K4, K6-K9).
 *
 * Freed undo entries (K2) are faults, see memory.ts; forks that start over (K10) are in restarts.ts. K1 and K5 are P7 and F2.
 */

import { type MessageQueue, senders } from '../../kernel-sim/ipc/message-queue.ts';
import { type IpcNamespace, idsOf } from '../../kernel-sim/ipc/namespace.ts';
import { type Handle, layout, type TableOf, table } from '../../kernel-sim/machine/layout.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Store, Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Outcome } from '../../syscalls/leave.ts';
import { callOf, report } from './report.ts';

interface BaseWatchFields {
  /** The most queues that a namespace could have before another one was made, by its name; null when none has taken any. */
  msgmni: TableOf<number | null>;
  /** By queue: the tasks whose msgsnd has had to wait, in the order in which they came. */
  waiting: TableOf<readonly string[]>;
  /** The queue that a task's msgsnd waits for, by the task's name. */
  waitsFor: TableOf<string | null>;
}

const BaseWatch = layout<BaseWatchFields>(
  'base_watch',
  {
    msgmni: table<number | null>(null),
    waiting: table<readonly string[]>([]),
    waitsFor: table<string | null>(null),
  },
  { shadow: true },
);

/** A sleeping receiver was handed a message, and somebody else than its process was put down as the last receiver (K3). */
export function onHanded(tx: Transaction, { recorded, process }: Remark): void {
  if (recorded === process) return;
  report(tx, 'K3', tx.actor as Task, {
    intended: `lrpid to be the process that received, ${shown(process)}`,
    happened: `it is its thread ${shown(recorded)}, since the receiver slept when the message came`,
  });
}

/** A last pid as people read it: 6.x keeps the numbers in all namespaces, innermost last. */
const shown = (record: unknown): string =>
  String(Array.isArray(record) ? (record.at(-1) as { number: number }).number : record);

/** A stale id met an object that somebody else made since (K6); the end of a process does not tell anybody. */
export function onSlotReused(tx: Transaction, { kind, id }: Remark): void {
  const task = tx.actor as Task;
  if (!/^(msg|sem|shm)/.test(callOf(tx, task))) return;
  report(tx, 'K6', task, {
    intended: 'one errno for an object that is gone, EINVAL',
    happened: `EIDRM, because another object has taken the slot of ${String(kind)} ${String(id)}`,
  });
}

/** The set has the id that was asked for, the caller's undo entry is for its predecessor (K7). */
export function onOutdatedUndo(tx: Transaction, { id }: Remark): void {
  report(tx, 'K7', tx.actor as Task, {
    intended: `the operations to be done on set ${String(id)}`,
    happened: 'EIDRM: the undo entry found is of an older set of the same id',
  });
}

/** A removal found an attach that was never to be, and left the segment to it (K8). */
export function onOutlivedRemoval(tx: Transaction, { id }: Remark): void {
  report(tx, 'K8', tx.actor as Task, {
    intended: `IPC_RMID to destroy segment ${String(id)}, which nobody has attached`,
    happened: 'it only marked the segment, and the shmat that failed destroyed it',
  });
}

export class BaseMonitor {
  readonly #seen: Handle<BaseWatchFields>;

  constructor(store: Store) {
    this.#seen = store.create(BaseWatch);
  }

  onLowered(tx: Transaction, note: Remark): void {
    const { ns, before } = note as unknown as { ns: IpcNamespace; before: number };
    const cell = this.#seen.msgmni.at(ns.name);
    tx.write(cell, Math.max(tx.read(cell) ?? 0, before));
  }

  /** A sender joins the tail: behind those who came after it, if it was woken for too little (K9). */
  onSenderWaits(tx: Transaction, note: Remark): void {
    const { task, queue, again } = note as unknown as { task: Task; queue: MessageQueue; again: boolean };
    const order = tx.read(this.#seen.waiting.at(queue.name));
    if (!again) {
      tx.write(this.#seen.waiting.at(queue.name), [...order, task.name]);
      tx.write(this.#seen.waitsFor.at(task.name), queue.name);
      return;
    }
    const later = order.slice(order.indexOf(task.name) + 1);
    const passed = [...senders.members(tx, queue)].filter((sender) => later.includes(tx.read(sender.task)!.name));
    if (passed.length === 0) return;
    report(tx, 'K9', task, {
      intended: 'room to go to whoever has waited longest',
      happened: `it was woken for too little room and queues anew, behind ${passed.length} who came later`,
    });
  }

  onExit(tx: Transaction, note: Remark): void {
    const { task, call, outcome } = note as unknown as {
      task: Task;
      call: string;
      outcome: Exclude<Outcome, { restart: true }>;
    };
    if (call === 'msgsnd') this.#forgetSender(tx, task);
    if (call === 'msgget' && !outcome.ok && outcome.errno === 'ENOSPC') this.#onNoSpace(tx, task);
  }

  #forgetSender(tx: Transaction, task: Task): void {
    const queue = tx.read(this.#seen.waitsFor.at(task.name));
    if (queue === null) return;
    tx.write(this.#seen.waitsFor.at(task.name), null);
    tx.update(this.#seen.waiting.at(queue), (order) => order.filter((name) => name !== task.name));
  }

  /** No more queues, though there would be room if nobody had made a namespace (K4). */
  #onNoSpace(tx: Transaction, task: Task): void {
    const ns = tx.read(task.ipcNs)!;
    const before = tx.read(this.#seen.msgmni.at(ns.name));
    const queues = tx.read(idsOf(tx, ns, 'msg').inUse);
    if (before === null || queues >= before || !tx.read(ns.autoMsgmni)) return;
    report(tx, 'K4', task, {
      call: 'msgget',
      intended: `up to ${before} queues, as the namespace had been given`,
      happened: `ENOSPC with ${queues}: msgmni is ${tx.read(ns.msgmni)} since another namespace was made`,
    });
  }
}
