/**
 * Reading descriptor tables. Which descriptors lead to the same open file kcmp(2) tells, which also puts open files in order: so each is
 * looked up among those of its path and flags in a few comparisons. Most often it is the parent's of the same number, which is asked
 * first; and the table may be the parent's altogether (clone(CLONE_FILES)).
 */

import { KCMP_FILE, KCMP_FILES } from '../../kernel-sim/abi/descriptor.ts';
import { S_IFMT, S_IFREG } from '../../kernel-sim/abi/mode.ts';
import { F_GETFD, F_GETFL, F_GETPIPE_SZ, O_NONBLOCK, O_WRONLY } from '../../kernel-sim/abi/open.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { OUT } from '../../syscalls/datum.ts';
import type { Descriptor, DescriptorTable, OpenFile, Pipe } from '../image/index.ts';
import { field, type Probe } from './probe.ts';

/** Where an open file was first seen. */
interface Seen {
  readonly pid: number;
  readonly fd: number;
  readonly file: OpenFile;
}

export class DescriptorReader {
  readonly tables: DescriptorTable[] = [];
  readonly openFiles: OpenFile[] = [];
  readonly pipes: Pipe[] = [];
  readonly #probe: Probe;
  /** By path and flags, and of the same by kcmp's order. */
  readonly #seen = new Map<string, Seen[]>();
  readonly #byTask = new Map<number, { readonly table: number; readonly files: ReadonlyMap<number, Seen> }>();
  readonly #pipes = new Map<string, Pipe>();

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  /** Reads the table of a task and returns its id, which is that of its parent's if they share it. */
  read(pid: number, task: Task, ppid: number): number {
    const parent = this.#byTask.get(ppid);
    const mine = new Map<number, Seen>();
    const descriptors: Descriptor[] = [];
    let inherited = 0;
    for (const fd of this.#probe.numbers(`/proc/${pid}/fd`)) {
      const hint = parent?.files.get(fd);
      const isHint = hint !== undefined && this.#compare(pid, fd, hint) === 0;
      if (isHint) inherited++;
      const seen = isHint ? hint : this.#find(pid, fd, task);
      mine.set(fd, seen);
      const cloexec = this.#probe.valueIn(task, 'fcntl', fd, F_GETFD, 0) !== 0;
      descriptors.push({ fd, file: seen.file.id, cloexec });
    }
    const isEqual = inherited === descriptors.length && inherited === parent?.files.size;
    if (isEqual && this.#probe.value('kcmp', pid, ppid, KCMP_FILES, 0, 0) === 0) {
      this.#byTask.set(pid, parent);
      return parent.table;
    }
    this.#byTask.set(pid, { table: pid, files: mine });
    this.tables.push({ id: pid, descriptors });
    return pid;
  }

  /** 0 same, 1 before, 2 behind; kcmp(2). */
  #compare(pid: number, fd: number, other: Seen): number {
    return this.#probe.value('kcmp', pid, other.pid, KCMP_FILE, fd, other.fd);
  }

  #find(pid: number, fd: number, task: Task): Seen {
    const path = this.#probe.link(`/proc/${pid}/fd/${fd}`) ?? '';
    const flags = this.#probe.valueIn(task, 'fcntl', fd, F_GETFL, 0);
    const key = `${flags} ${path}`;
    const alike = this.#seen.get(key) ?? [];
    this.#seen.set(key, alike);
    let [from, to] = [0, alike.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const order = this.#compare(pid, fd, alike[middle]!);
      if (order === 0) return alike[middle]!;
      if (order === 1) to = middle;
      else from = middle + 1;
    }
    const seen = { pid, fd, file: this.#describe(pid, fd, task, path, flags) };
    this.openFiles.push(seen.file);
    alike.splice(from, 0, seen);
    return seen;
  }

  #describe(pid: number, fd: number, task: Task, path: string, flags: number): OpenFile {
    const probe = this.#probe;
    const id = this.openFiles.length + 1;
    if (path.startsWith('pipe:')) return { kind: 'pipe', id, flags, pipe: this.#pipeOf(path, pid, fd, task).id };
    const position = Number(/^pos:\t(\d+)/.exec(probe.record(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? 0);
    if (path === '/dev/null') return { kind: 'null', id, flags, path, position };
    const stat = probe.out(task, 'statbuf', 'fstat', fd, OUT);
    if (stat === null || (field(stat, 'st_mode') & S_IFMT) !== S_IFREG) {
      return { kind: 'other', id, flags, what: 'other', path };
    }
    const mode = field(stat, 'st_mode') & ~S_IFMT;
    const [uid, gid, size] = [field(stat, 'st_uid'), field(stat, 'st_gid'), field(stat, 'st_size')];
    return { kind: 'regular', id, flags, path, position, mode, uid, gid, size };
  }

  #pipeOf(label: string, pid: number, fd: number, task: Task): Pipe {
    const known = this.#pipes.get(label);
    if (known !== undefined) return known;
    const size = this.#probe.call(task, 'fcntl', fd, F_GETPIPE_SZ, 0);
    const pipe: Pipe = {
      id: this.pipes.length + 1,
      size: size.ok ? Number(size.value.value) : 'unknown',
      buffered: [this.#contents(`/proc/${pid}/fd/${fd}`)],
    };
    this.pipes.push(pipe);
    this.#pipes.set(label, pipe);
    return pipe;
  }

  /** What is in a pipe: opened anew, read empty, and written back. */
  #contents(path: string): string {
    const probe = this.#probe;
    const reader = probe.value('open', path, O_NONBLOCK);
    let bytes = '';
    for (;;) {
      const chunk = probe.out(probe.visitor, 'buf', 'read', reader, OUT, BUFFER);
      if (typeof chunk !== 'string' || chunk === '') break;
      bytes += chunk;
    }
    if (bytes !== '') {
      const writer = probe.value('open', path, O_WRONLY | O_NONBLOCK);
      probe.value('write', writer, bytes, bytes.length);
      probe.value('close', writer);
    }
    probe.value('close', reader);
    return bytes;
  }
}

const BUFFER = 65_536;
