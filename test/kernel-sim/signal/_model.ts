/**
 * Signals as a text book has them: sets, queues, and one rule after the other, to hold the room against. Every thread is in user
 * mode whenever something is sent, so that what is not blocked is taken at once.
 */

const CONT = 18;
const STOPS: readonly number[] = [20, 21];

/** What was sent: who cares only for the signal and a number that tells it apart. */
export interface Sent {
  readonly signo: number;
  readonly value: number;
  /** Sent by kill, which the quota does not refuse. */
  readonly byKill: boolean;
}

/** A handler that ran: in which thread, of which process, for what; a value of -1 for lost details. */
export type Ran = readonly [process: number, thread: number, signo: number, value: number];

interface Queue {
  set: Set<number>;
  entries: Sent[];
}

interface ModelThread extends Queue {
  blocked: Set<number>;
}

interface ModelProcess extends Queue {
  threads: ModelThread[];
  ignored: Set<number>;
  lastChosen: number;
}

const empty = (): Queue => ({ set: new Set(), entries: [] });

export class Model {
  readonly processes: ModelProcess[];
  readonly ran: Ran[] = [];
  readonly limit: number;

  constructor(shape: readonly number[], limit: number) {
    this.limit = limit;
    this.processes = shape.map((count) => ({
      ...empty(),
      ignored: new Set<number>(),
      lastChosen: 0,
      threads: Array.from({ length: count }, () => ({ ...empty(), blocked: new Set<number>() })),
    }));
  }

  get used(): number {
    return this.processes.flatMap((p) => [p, ...p.threads]).reduce((sum, { entries }) => sum + entries.length, 0);
  }

  send(p: number, t: number | null, sent: Sent): 'ok' | 'EAGAIN' {
    const process = this.processes[p]!;
    const target = process.threads[t ?? 0]!;
    const { signo } = sent;
    const opposites = STOPS.includes(signo) ? [CONT] : signo === CONT ? STOPS : [];
    for (const queue of [process, ...process.threads]) for (const opposite of opposites) this.drop(queue, opposite);
    if (!target.blocked.has(signo) && process.ignored.has(signo)) return 'ok';
    const queue = t === null ? process : target;
    if (signo < 32 && queue.set.has(signo)) return 'ok';
    if (this.used < this.limit || (signo < 32 && sent.byKill)) queue.entries.push(sent);
    else if (signo >= 32 && !sent.byKill) return 'EAGAIN';
    queue.set.add(signo);
    const chosen = this.choose(process, t ?? 0, t === null, signo);
    if (chosen !== null)
      this.deliver(p, signo === CONT && !process.ignored.has(CONT) ? this.firstOpen(process, chosen, t) : chosen);
    return 'ok';
  }

  mask(p: number, t: number, blocked: readonly number[]): void {
    this.processes[p]!.threads[t]!.blocked = new Set(blocked);
    this.deliver(p, t);
  }

  ignore(p: number, signo: number, ignored: boolean): void {
    const process = this.processes[p]!;
    if (!ignored) {
      process.ignored.delete(signo);
      return;
    }
    process.ignored.add(signo);
    for (const queue of [process, ...process.threads]) this.drop(queue, signo);
  }

  /** sigtimedwait that does not wait. */
  take(p: number, t: number, wanted: readonly number[]): Sent | null {
    const process = this.processes[p]!;
    for (const queue of [process.threads[t]!, process]) {
      const signo = wanted.filter((n) => queue.set.has(n)).sort((a, b) => a - b)[0];
      if (signo !== undefined) return this.pop(queue, signo);
    }
    return null;
  }

  private choose(process: ModelProcess, target: number, group: boolean, signo: number): number | null {
    const wants = (i: number): boolean => !process.threads[i]!.blocked.has(signo);
    if (wants(target)) return target;
    if (!group) return null;
    const { length } = process.threads;
    for (let i = 0; i < length; i++) {
      const candidate = (process.lastChosen + i) % length;
      if (!wants(candidate)) continue;
      process.lastChosen = candidate;
      return candidate;
    }
    return null;
  }

  /** A SIGCONT with a handler makes every thread look, so that the first to run takes it and not the one chosen. */
  private firstOpen(process: ModelProcess, chosen: number, only: number | null): number {
    return only === null ? process.threads.findIndex(({ blocked }) => !blocked.has(CONT)) : chosen;
  }

  private deliver(p: number, t: number): void {
    const process = this.processes[p]!;
    const open = Array.from({ length: 64 }, (_, i) => i + 1).filter((n) => !process.threads[t]!.blocked.has(n));
    for (;;) {
      const taken = this.take(p, t, open);
      if (taken === null) return;
      if (!process.ignored.has(taken.signo)) this.ran.push([p, t, taken.signo, taken.value]);
    }
  }

  private pop(queue: Queue, signo: number): Sent {
    const at = queue.entries.findIndex((entry) => entry.signo === signo);
    const [entry] = at === -1 ? [] : queue.entries.splice(at, 1);
    if (!queue.entries.some((other) => other.signo === signo)) queue.set.delete(signo);
    return entry ?? { signo, value: -1, byKill: true };
  }

  private drop(queue: Queue, signo: number): void {
    queue.set.delete(signo);
    queue.entries = queue.entries.filter((entry) => entry.signo !== signo);
  }
}
