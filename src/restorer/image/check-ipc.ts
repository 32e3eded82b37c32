/**
 * What must hold among the IPC objects of an image: one object per id and key, sizes that agree, members that exist. SEMANTICS C7-C10.
 */
import { type Report, uniqueIds } from './check.ts';
import { isKnown } from './fields.ts';
import type { Ipc, SharedMemory } from './ipc.ts';
import type { Task } from './tasks.ts';

/** Ids are sequence × slots + slot; two objects of one kind never share a slot. */
const SLOTS = 32_768;

/** Reports every contradiction among the IPC objects. */
export function checkIpc(ipc: Ipc, byPid: Map<number, Task>, report: Report): void {
  for (const kind of ['msg', 'sem', 'shm'] as const) {
    uniqueIds(ipc[kind], kind, `${kind} object`, report, 'ipc');
    checkKeys(ipc[kind], kind, report);
  }
  ipc.sem.forEach(({ id, values, pids }, index) => {
    if (isKnown(pids) && pids.length !== values.length) {
      report(`semaphore set ${id} has ${values.length} values and ${pids.length} pids`, 'ipc', 'sem', index, 'pids');
    }
  });
  ipc.shm.forEach((segment, index) => {
    checkSegment(segment, byPid, (message, ...path) => report(message, 'ipc', 'shm', index, ...path));
  });
  if (isKnown(ipc.undo)) checkUndo(ipc.undo, ipc, byPid, report);
}

function checkKeys(objects: readonly { id: number; key: number }[], kind: string, report: Report) {
  const keys = new Set<number>();
  const slots = new Map<number, number>();
  objects.forEach(({ id, key }, index) => {
    if (key !== 0 && keys.has(key)) report(`two ${kind} objects have the key ${key}`, 'ipc', kind, index, 'key');
    keys.add(key);
    const other = slots.get(id % SLOTS);
    if (other !== undefined && other !== id) {
      report(`the ids ${other} and ${id} need the same slot ${id % SLOTS}`, 'ipc', kind, index, 'id');
    }
    slots.set(id % SLOTS, id);
  });
}

function checkSegment({ id, size, contents, attaches }: SharedMemory, byPid: Map<number, Task>, report: Report) {
  if (isKnown(contents)) {
    let end = 0;
    contents.forEach(({ offset, bytes }, place) => {
      if (offset < end)
        report(`the contents of segment ${id} overlap or are out of order`, 'contents', place, 'offset');
      end = offset + bytes.length;
      if (end > size) report(`the contents of segment ${id} reach beyond its ${size} bytes`, 'contents', place);
    });
  }
  if (isKnown(attaches)) {
    attaches.forEach(({ pid }, place) => {
      const task = byPid.get(pid);
      if (!task || task.state === 'zombie')
        report(`no living task ${pid} can have segment ${id} attached`, 'attaches', place, 'pid');
    });
  }
}

function checkUndo(lists: Exclude<Ipc['undo'], string>, ipc: Ipc, byPid: Map<number, Task>, report: Report) {
  const sets = new Map(ipc.sem.map((set) => [set.id, set.values.length]));
  lists.forEach(({ tasks, entries }, index) => {
    tasks.forEach((pid, place) => {
      if (!byPid.has(pid))
        report(`undo list of task ${pid}, which is not in the image`, 'ipc', 'undo', index, 'tasks', place);
    });
    entries.forEach(({ semid, adjust }, place) => {
      const path = ['ipc', 'undo', index, 'entries', place];
      const semaphores = sets.get(semid);
      if (semaphores === undefined) report(`there is no semaphore set ${semid}`, ...path, 'semid');
      else if (semaphores !== adjust.length) {
        report(`set ${semid} has ${semaphores} semaphores and ${adjust.length} adjustments`, ...path, 'adjust');
      }
    });
  });
}
