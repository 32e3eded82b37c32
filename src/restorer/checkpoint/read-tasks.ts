/** Reading one task: /proc/<pid>/status and limits, links, and calls in the place of its threads and its parent; proc(5). */

import { PR_GET_CHILD_SUBREAPER, PR_GET_PDEATHSIG } from '../../kernel-sim/abi/prctl.ts';
import { CLD_DUMPED, CLD_EXITED } from '../../kernel-sim/abi/signal-code.ts';
import { P_PID, WEXITED, WNOHANG, WNOWAIT } from '../../kernel-sim/abi/wait.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { integerOf, OUT } from '../../syscalls/datum.ts';
import type { Task as ImageTask, LiveTask, Rlimits, Thread } from '../image/index.ts';
import { field, type Probe } from './probe.ts';
import { readActions, readAltstack, takePending } from './read-signals.ts';
import { limitsIn, Status } from './read-status.ts';

export class TaskReader {
  readonly #probe: Probe;
  /** The same text again, for many tasks. */
  readonly #limits = new Map<string, Rlimits>();
  /** Who had anything pending. */
  readonly #signalled = new Set<number>();

  readonly #readsLimits: boolean;

  /**
   * @param limits whether to read the limits
   */
  constructor(probe: Probe, limits: boolean) {
    this.#probe = probe;
    this.#readsLimits = limits;
  }

  /** Everything of a task but its descriptors and what is pending; `table` reads the former. */
  read(pid: number, table: (task: Task, ppid: number) => number): ImageTask {
    const probe = this.#probe;
    const status = new Status(probe.record(`/proc/${pid}/status`));
    const ppid = status.number('PPid');
    const place = {
      pid,
      ppid,
      pgid: probe.value('getpgid', pid),
      sid: probe.value('getsid', pid),
      comm: status.text('Name'),
    };
    const letter = status.text('State')[0];
    if (letter === 'Z') {
      return { state: 'zombie', ...place, status: this.#endOf(pid, ppid), credentials: status.credentials };
    }
    const task = probe.task(pid);
    this.#note(pid, status, 'ShdPnd');
    return {
      state: letter === 'T' ? 'stopped' : 'running',
      ...place,
      credentials: status.credentials,
      threads: this.#threads(pid, task, status),
      signals: { pending: [], actions: readActions(probe, task, status) },
      descriptors: table(task, ppid),
      subreaper: this.#adoptsOrphans(task),
      umask: this.#umask(task, status),
      cwd: this.#directoryOf(task),
      rlimits: this.#readsLimits ? this.#limitsOf(pid) : 'unknown',
    };
  }

  /** Takes the pending signals of a task that was read, and puts them into it. */
  takePending(task: LiveTask): void {
    if (!this.#signalled.has(task.pid)) return;
    for (const thread of task.threads) {
      const path = `/proc/${task.pid}/task/${thread.tid}/status`;
      thread.pending = takePending(this.#probe, this.#probe.task(thread.tid), path, 'SigPnd');
    }
    const leader = this.#probe.task(task.pid);
    task.signals.pending = takePending(this.#probe, leader, `/proc/${task.pid}/status`, 'ShdPnd');
  }

  #threads(pid: number, task: Task, status: Status): Thread[] {
    const leader = this.#thread(pid, pid, task, status, null);
    if (status.number('Threads') === 1) return [leader];
    const others = this.#probe.numbers(`/proc/${pid}/task`).filter((tid) => tid !== pid);
    return [
      leader,
      ...others.map((tid) => {
        const own = new Status(this.#probe.record(`/proc/${pid}/task/${tid}/status`));
        return this.#thread(pid, tid, this.#probe.task(tid), own, own);
      }),
    ];
  }

  #thread(pid: number, tid: number, thread: Task, status: Status, own: Status | null): Thread {
    this.#note(pid, status, 'SigPnd');
    const altstack = readAltstack(this.#probe, thread);
    return {
      tid,
      ...(own !== null && { comm: own.text('Name'), credentials: own.credentials }),
      blocked: status.signals('SigBlk'),
      pending: [],
      ...(altstack !== undefined && { altstack }),
      pdeathsig: this.#deathSignal(thread),
    };
  }

  #note(pid: number, status: Status, mask: 'SigPnd' | 'ShdPnd'): void {
    if (status.signals(mask).length > 0) this.#signalled.add(pid);
  }

  /** What the parent will be told when it waits for a zombie; it is asked without being told. */
  #endOf(pid: number, ppid: number): number {
    const parent = this.#probe.task(ppid);
    const info = this.#probe.out(parent, 'infop', 'waitid', P_PID, pid, OUT, WEXITED | WNOHANG | WNOWAIT, null);
    const status = field(info, 'si_status');
    if (field(info, 'si_code') === CLD_EXITED) return status << 8;
    return field(info, 'si_code') === CLD_DUMPED ? status | 0x80 : status;
  }

  #deathSignal(thread: Task): number | 'unknown' {
    const datum = this.#probe.out(thread, 'arg2', 'prctl', PR_GET_PDEATHSIG, OUT);
    return datum === null ? 'unknown' : integerOf(Array.isArray(datum) ? datum[0] : datum);
  }

  /** 2.6.26 knows no such thing, and so nobody can say. */
  #adoptsOrphans(task: Task): boolean | 'unknown' {
    if (this.#probe.k.is26) return 'unknown';
    const datum = this.#probe.out(task, 'arg2', 'prctl', PR_GET_CHILD_SUBREAPER, OUT);
    return datum === null ? 'unknown' : integerOf(Array.isArray(datum) ? datum[0] : datum) !== 0;
  }

  #directoryOf(task: Task): string {
    const path = this.#probe.out(task, 'buf', 'getcwd', OUT, 4096);
    return typeof path === 'string' ? path : '/';
  }

  #umask(task: Task, status: Status): number {
    if (status.has('Umask')) return Number.parseInt(status.text('Umask'), 8);
    const umask = this.#probe.valueIn(task, 'umask', 0);
    this.#probe.valueIn(task, 'umask', umask);
    return umask;
  }

  #limitsOf(pid: number): Rlimits {
    const text = this.#probe.record(`/proc/${pid}/limits`);
    let limits = this.#limits.get(text);
    if (limits === undefined) {
      limits = limitsIn(text);
      this.#limits.set(text, limits);
    }
    return limits;
  }
}
