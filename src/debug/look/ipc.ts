/** `info ipc`, `info msg`, `info sem`, `info shm`, `info undo`, `info mqueue`: IPC objects of the namespace of the task looked at. */

import { objectsOf } from '../../kernel-sim/ipc/ids.ts';
import { type MessageQueue, messages, receivers, senders } from '../../kernel-sim/ipc/message-queue.ts';
import { type IpcNamespace, idsOf } from '../../kernel-sim/ipc/namespace.ts';
import type { IpcKind, IpcObject } from '../../kernel-sim/ipc/object.ts';
import type { Segment } from '../../kernel-sim/ipc/segment.ts';
import type { SemaphoreSet } from '../../kernel-sim/ipc/semaphore-set.ts';
import { entries, type UndoEntry } from '../../kernel-sim/ipc/undo-entry.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Debuggee } from '../debuggee.ts';
import { listing } from './columns.ts';
import { detailText, quoted, valueText } from './value.ts';

const namespaceOf = ({ view, k }: Debuggee, focus: Task | null): IpcNamespace =>
  (focus === null ? null : view.read(focus.ipcNs)) ?? k.initIpcNs;

const objects = (debuggee: Debuggee, focus: Task | null, kind: IpcKind): IpcObject[] => [
  ...objectsOf(debuggee.view, idsOf(debuggee.view, namespaceOf(debuggee, focus), kind)),
];

/** Key, id, owner and mode, as ipcs shows them. */
function common({ view }: Debuggee, object: IpcObject): string[] {
  const key = `0x${(view.read(object.key) >>> 0).toString(16).padStart(8, '0')}`;
  return [key, String(view.read(object.id)), String(view.read(object.uid)), view.read(object.mode).toString(8)];
}

const heading = ['key', 'id', 'owner', 'mode'];

export function messageQueuesText(debuggee: Debuggee, focus: Task | null): string {
  const { view } = debuggee;
  const rows = (objects(debuggee, focus, 'msg') as MessageQueue[]).map((queue) => {
    const waiting = [...receivers.members(view, queue), ...senders.members(view, queue)].map((waiter) =>
      view.read(waiter.task),
    );
    return [
      ...common(debuggee, queue),
      `${view.read(queue.qnum)} messages, ${view.read(queue.cbytes)} of ${view.read(queue.qbytes)} bytes`,
      waiting.map((task) => debuggee.nameOf(task)).join(', '),
    ];
  });
  return listing([...heading, 'holds', 'waiting'], rows, 'There are no message queues.');
}

export function semaphoresText(debuggee: Debuggee, focus: Task | null): string {
  const { view } = debuggee;
  const rows = (objects(debuggee, focus, 'sem') as SemaphoreSet[]).map((set) => {
    const values = Array.from({ length: view.read(set.nsems) }, (_, i) => view.read(set.values.at(i)));
    return [...common(debuggee, set), valueText(debuggee, values)];
  });
  return listing([...heading, 'values'], rows, 'There are no semaphore sets.');
}

export function segmentsText(debuggee: Debuggee, focus: Task | null): string {
  const { view } = debuggee;
  const rows = (objects(debuggee, focus, 'shm') as Segment[]).map((segment) => [
    ...common(debuggee, segment),
    `${view.read(segment.size)} bytes`,
    `${view.read(segment.nattch)} attached`,
  ]);
  return listing([...heading, 'size', 'attached'], rows, 'There are no shared memory segments.');
}

export const ipcText = (debuggee: Debuggee, focus: Task | null): string =>
  [messageQueuesText, semaphoresText, segmentsText].map((text) => text(debuggee, focus)).join('\n\n');

function adjustmentsText(debuggee: Debuggee, entry: UndoEntry): string {
  const { view } = debuggee;
  const size = view.read(entry.size);
  // A freed entry has no size any more.
  if (typeof size !== 'number') return valueText(debuggee, size);
  return valueText(
    debuggee,
    Array.from({ length: size }, (_, num) => view.read(entry.adjust.at(num))),
  );
}

/** What the exit of each task will add to semaphores. */
export function undoText(debuggee: Debuggee): string {
  const { view } = debuggee;
  const rows = debuggee.tasks.flatMap((task) => {
    const list = view.read(task.undo);
    if (list === null) return [];
    return [...entries.members(view, list)].map((entry) => [
      debuggee.nameOf(task),
      `semid ${view.read(entry.semid)}`,
      adjustmentsText(debuggee, entry),
      `list held by ${view.read(list.count)}`,
    ]);
  });
  return listing(['task', 'set', 'adjustments', ''], rows, 'No task has undo entries.');
}

/** What is in a queue, a set or a segment; for any other value the value itself. */
export function contentsText(debuggee: Debuggee, value: unknown): string {
  const { view } = debuggee;
  const kind = (value as { layout?: { kind: string } } | null)?.layout?.kind;
  if (kind === 'msg_queue') {
    const queue = value as MessageQueue;
    const held = [...messages.members(view, queue)].map((message, i) => [
      String(i),
      `mtype ${view.read(message.type)}`,
      `${view.read(message.text).length} bytes`,
      quoted(view.read(message.text)),
    ]);
    const waiting = [...receivers.members(view, queue)].map(
      (receiver) =>
        `${debuggee.nameOf(view.read(receiver.task))} waits for ${valueText(debuggee, view.read(receiver.selection))}`,
    );
    return [listing(['#', 'type', 'size', 'text'], held, 'The queue is empty.'), ...waiting].join('\n');
  }
  if (kind === 'sem_array') {
    const set = value as SemaphoreSet;
    const rows = Array.from({ length: view.read(set.nsems) }, (_, i) => [
      String(i),
      String(view.read(set.values.at(i))),
      valueText(debuggee, view.read(set.pids.at(i))),
    ]);
    return listing(['#', 'value', 'last pid'], rows, 'The set has no semaphores.');
  }
  if (kind === 'shm_segment') {
    const segment = value as Segment;
    const rows = view
      .read(segment.resident)
      .map((page) => [String(page), quoted(view.read(segment.pages.at(page)) ?? '')]);
    return listing(['page', 'bytes'], rows, 'No page was ever written: it reads as zeros.');
  }
  return detailText(debuggee, value);
}
