/**
 * An image as a tree of names and values in which the image's own labels are gone: open files, pipes and descriptor tables are named
 * after the first task and descriptor that refer to them. Two images of the same state have the same view, however they number.
 */

import { isKnown, type Knowable } from './fields.ts';
import type { OpenFile, Pipe } from './files.ts';
import type { Image } from './image.ts';
import type { Ipc, SharedMemory } from './ipc.ts';
import type { LiveTask, Task } from './tasks.ts';

export interface View {
  [name: string]: unknown;
}

/** The view of an image; maps are keyed by pid, tid, signal, fd and object id. */
export function viewImage(image: Image): View {
  const files = new Files(image);
  const tasks = image.tasks.toSorted((a, b) => a.pid - b.pid);
  return {
    namespaces: image.namespaces,
    tasks: Object.fromEntries(tasks.map((task) => [task.pid, viewTask(task, files)])),
    ...(image.ipc && { ipc: viewIpc(image.ipc) }),
  };
}

function viewTask(task: Task, files: Files): View {
  if (task.state === 'zombie') return { ...task };
  const { threads, signals, descriptors, ...rest } = task;
  return {
    ...rest,
    threads: keyed(threads, 'tid', (thread) => inherit(thread, task)),
    signals: { pending: signals.pending, actions: keyed(signals.actions, 'signal') },
    descriptors: files.viewTable(descriptors, task.pid),
  };
}

/** A thread with what it has from its task spelled out. */
function inherit({ tid: _, ...thread }: LiveTask['threads'][number], task: LiveTask): View {
  return { comm: task.comm, credentials: task.credentials, ...thread };
}

class Files {
  readonly #tables: Map<number, Image['descriptorTables'][number]>;
  readonly #files: Map<number, OpenFile>;
  readonly #pipes: Map<number, Pipe>;
  readonly #names = new Map<object, string>();

  constructor(image: Image) {
    this.#tables = new Map(image.descriptorTables.map((table) => [table.id, table]));
    this.#files = new Map(image.openFiles.map((file) => [file.id, file]));
    this.#pipes = new Map(image.pipes.map((pipe) => [pipe.id, pipe]));
  }

  viewTable(id: number, pid: number): View {
    const table = this.#tables.get(id)!;
    const owner = this.#name(table, String(pid));
    if (owner.seen) return { sharedWith: owner.name };
    const sorted = table.descriptors.toSorted((a, b) => a.fd - b.fd);
    return keyed(sorted, 'fd', ({ fd, file, cloexec }) => ({ cloexec, ...this.#viewFile(file, `${pid}/${fd}`) }));
  }

  #viewFile(id: number, at: string): View {
    const file = this.#files.get(id)!;
    const { name, seen } = this.#name(file, at);
    if (seen) return { sameAs: name };
    const { id: _, ...rest } = file;
    return file.kind === 'pipe' ? { ...rest, pipe: this.#viewPipe(file.pipe, at) } : rest;
  }

  #viewPipe(id: number, at: string): View {
    const pipe = this.#pipes.get(id)!;
    const { name, seen } = this.#name(pipe, at);
    if (seen) return { sameAs: name };
    return { size: pipe.size, buffered: ifKnown(pipe.buffered, (parts) => parts.join('')) };
  }

  /** The name of the first reference to `thing`, and whether that was an earlier one. */
  #name(thing: object, at: string): { name: string; seen: boolean } {
    const name = this.#names.get(thing);
    if (name === undefined) this.#names.set(thing, at);
    return { name: name ?? at, seen: name !== undefined };
  }
}

function viewIpc({ limits, msg, sem, shm, undo, mqueue }: Ipc): View {
  return {
    limits,
    msg: keyed(msg, 'id'),
    sem: keyed(sem, 'id'),
    shm: keyed(shm, 'id', viewSegment),
    undo: ifKnown(undo, (lists) =>
      Object.fromEntries(lists.map(({ tasks, entries }) => [tasks.toSorted((a, b) => a - b).join('+'), entries])),
    ),
    mqueue: ifKnown(mqueue, (queues) => keyed(queues, 'name')),
  };
}

const PAGE = 4096;

function viewSegment({ contents, attaches, ...rest }: SharedMemory): View {
  return {
    ...rest,
    contents: ifKnown(contents, pages),
    attaches: ifKnown(attaches, (list) =>
      list.toSorted((a, b) => a.pid - b.pid || Number(a.address) - Number(b.address)),
    ),
  };
}

/** Contents by page, without trailing zeros and zero pages: segments may be cut differently. */
function pages(segments: readonly { offset: number; bytes: string }[]): View {
  const out: Record<string, string> = {};
  for (const { offset, bytes } of segments) {
    for (let at = 0; at < bytes.length; ) {
      const page = Math.floor((offset + at) / PAGE);
      const end = Math.min(bytes.length, (page + 1) * PAGE - offset);
      out[page] = (out[page] ?? '').padEnd((offset + at) % PAGE, '\0') + bytes.slice(at, end);
      at = end;
    }
  }
  const trimmed = Object.entries(out).map(([page, bytes]) => [page, trimZeros(bytes)] as const);
  return Object.fromEntries(trimmed.filter(([, bytes]) => bytes !== ''));
}

function trimZeros(bytes: string): string {
  let end = bytes.length;
  while (bytes[end - 1] === '\0') end--;
  return bytes.slice(0, end);
}

function ifKnown<T>(value: Knowable<T>, view: (value: Exclude<T, 'unknown'>) => unknown): unknown {
  return isKnown(value) ? view(value) : value;
}

function keyed<T extends object, K extends keyof T>(
  list: readonly T[],
  key: K,
  view: (one: T) => object = (one) => one,
): View {
  return Object.fromEntries(
    list.map((one) => {
      const { [key as string]: _, ...rest } = view(one) as View;
      return [String(one[key]), rest];
    }),
  );
}
