/**
 * Writing a run as `strace -f` does: a line for each call, split when another task's line comes between its two halves.
 *
 * The writer is told of each step right after it was made, while what it had to say is still in the store.
 */

import { isHazard } from '../hazards/finding.ts';
import { signalName } from '../kernel-sim/abi/signal-name.ts';
import { WCOREDUMP, WEXITSTATUS, WIFEXITED, WTERMSIG } from '../kernel-sim/abi/wait.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { KernelObject } from '../kernel-sim/machine/layout.ts';
import { isFault, type Remark } from '../kernel-sim/machine/note.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, integerOf } from '../syscalls/datum.ts';
import type { Outcome } from '../syscalls/leave.ts';
import { entryText, exitText } from './call-text.ts';
import { type Printing, printDatum } from './datum.ts';
import { hazardBlock } from './hazard-block.ts';

interface Open {
  readonly task: Task;
  readonly call: string;
  readonly args: readonly Datum[];
  /** Its first half was printed as unfinished. */
  split: boolean;
}

export interface WriterOptions extends Partial<Printing> {
  /** Whether hazards are shown where they become certain. */
  readonly hazards?: boolean;
}

export class StraceWriter {
  readonly #k: Kernel;
  readonly #write: (line: string, kind: 'call' | 'signal' | 'exit' | 'hazard') => void;
  readonly #printing: Printing;
  readonly #hazards: boolean;
  readonly #open = new Map<KernelObject, Open>();
  readonly #numbers = new Map<KernelObject, number>();
  /** The call whose line would be the last one, if nobody else's comes. */
  #pending: Open | null = null;
  #step = 0;

  constructor(
    k: Kernel,
    write: (line: string, kind: 'call' | 'signal' | 'exit' | 'hazard') => void,
    { width = 64, hazards = true }: WriterOptions = {},
  ) {
    this.#k = k;
    this.#write = write;
    this.#printing = { width };
    this.#hazards = hazards;
  }

  /** Takes in the step that was just made. */
  onStep(): void {
    this.#step++;
    for (const note of this.#k.machine.store.notes) {
      if (isHazard(note)) {
        if (this.#hazards) for (const line of hazardBlock(note.finding, this.#step)) this.#write(line, 'hazard');
      } else if (!isFault(note)) this.#hear(note);
    }
  }

  /** Prints the first halves of the calls that will not return. */
  end(): void {
    this.#interrupt(null);
  }

  #hear(note: Remark): void {
    const task = note.task as Task;
    switch (note.type) {
      case 'call.enter': {
        this.#interrupt(task);
        const open = { task, call: note.call as string, args: note.args as readonly Datum[], split: false };
        this.#open.set(task, open);
        this.#pending = open;
        break;
      }
      case 'call.exit':
        this.#exit(task, note.outcome as Outcome);
        break;
      case 'call.restarted':
        this.#exit(task, { restart: true });
        break;
      case 'signal.delivered':
        this.#line(task, `--- ${signalText(note.info as Record<string, Datum>, this.#printing)} ---`, 'signal');
        break;
      case 'task.exit':
        this.#dies(task, note.pid as number, note.status as number);
        break;
    }
  }

  #exit(task: Task, outcome: Outcome): void {
    const open = this.#open.get(task);
    if (open === undefined) return;
    this.#open.delete(task);
    if (this.#pending === open) this.#pending = null;
    this.#line(task, exitText(open.call, open.args, outcome, this.#printing, open.split), 'call');
  }

  #dies(task: Task, pid: number, status: number): void {
    const open = this.#open.get(task);
    this.#open.delete(task);
    if (open !== undefined && !open.split) {
      if (this.#pending === open) this.#pending = null;
      this.#line(task, `${entryText(open.call, open.args, this.#printing)})`.padEnd(39).concat(' = ?'), 'call');
    }
    this.#numbers.set(task, pid);
    this.#line(task, `+++ ${endText(status)} +++`, 'exit');
  }

  /** Somebody else's line comes: the call whose line is open is unfinished. */
  #interrupt(by: KernelObject | null): void {
    const open = this.#pending;
    if (open === null || open.task === by) return;
    open.split = true;
    this.#pending = null;
    this.#put(open.task, `${entryText(open.call, open.args, this.#printing)} <unfinished ...>`, 'call');
  }

  #line(task: Task, text: string, kind: 'call' | 'signal' | 'exit'): void {
    this.#interrupt(task);
    this.#put(task, text, kind);
  }

  #put(task: Task, text: string, kind: 'call' | 'signal' | 'exit'): void {
    this.#write(`[pid ${String(this.#numberOf(task)).padStart(5)}] ${text}`, kind);
  }

  #numberOf(task: Task): number {
    const { store } = this.#k.machine;
    const pid = store.peek(task.pid);
    const number = pid === null ? undefined : store.peek(pid.upids).at(0)?.number;
    if (number !== undefined) this.#numbers.set(task, number);
    return number ?? this.#numbers.get(task) ?? 0;
  }
}

const signalText = (info: Record<string, Datum>, printing: Printing): string =>
  `${signalName(integerOf(info.si_signo)) ?? 'SIG?'} ${printDatum('siginfo', info, printing)}`;

const endText = (status: number): string =>
  WIFEXITED(status)
    ? `exited with ${WEXITSTATUS(status)}`
    : `killed by ${signalName(WTERMSIG(status)) ?? WTERMSIG(status)}${WCOREDUMP(status) ? ' (core dumped)' : ''}`;
