/**
 * Events as `strace -f` writes them: a line for each call, in two halves when something else happens in between.
 *
 * A line is written when it is complete, or when another one has to come before it is.
 */

import { signalName } from '../kernel-sim/abi/signal-name.ts';
import { WCOREDUMP, WEXITSTATUS, WIFEXITED, WTERMSIG } from '../kernel-sim/abi/wait.ts';
import { type Datum, integerOf, type Struct } from '../syscalls/datum.ts';
import type { Outcome } from '../syscalls/leave.ts';
import { printCall } from '../userland/language/print.ts';
import { printValue } from './argument/value.ts';
import { beginningOf, endOf, type Printing, resultText, withResult } from './call-text.ts';
import type { TraceEvent, Who } from './event.ts';
import { faultBlock, hazardBlock } from './hazard-block.ts';
import { reportBlock } from './report-block.ts';
import { restartText } from './restart.ts';

/** What a line is, for those who colour it. */
export type LineKind = 'call' | 'signal' | 'end' | 'hazard' | 'unexpected';

/** A call that has begun and is not over. */
interface Begun {
  readonly who: Who;
  readonly call: string;
  readonly args: readonly Datum[];
  /** `open` while its line can still be completed, `split` when half of it is written, `cut` when its end is written as a restart. */
  line: 'open' | 'split' | 'cut';
}

/** Calls that do not return. */
const isLast = (call: string): boolean => call === 'exit' || call === 'exit_group';

export class StraceText {
  readonly #write: (line: string, kind: LineKind) => void;
  readonly #printing: Printing;
  /** The calls under way, by task. */
  readonly #begun = new Map<string, Begun>();
  /** What the handler that runs now will seem to return, by task. */
  readonly #interrupted = new Map<string, string>();
  #open: Begun | null = null;

  constructor(write: (line: string, kind: LineKind) => void, { width = 64 }: Partial<Printing> = {}) {
    this.#write = write;
    this.#printing = { width };
  }

  /** Writes what an event adds. */
  add(event: TraceEvent): void {
    const { who } = event;
    switch (event.kind) {
      case 'enter':
        this.#enter(who, event.call, event.args);
        break;
      case 'exit':
        this.#exit(who, event.call, event.outcome);
        break;
      case 'signal':
        this.#cut(who);
        this.#line(who, `--- ${signalText(event.info, this.#printing)} ---`, 'signal');
        break;
      case 'stop':
        this.#line(who, `--- stopped by ${signalName(event.signal)} ---`, 'signal');
        break;
      case 'end':
        this.#end(who, event.status);
        break;
      case 'panic':
        this.#end(who, event.status);
        if (event.left.length > 0) this.#block([panicText(event.left)], 'end');
        break;
      case 'unexpected':
        this.#line(who, `!!! the program says ${printCall(event.call)} !!!`, 'unexpected');
        break;
      case 'mistake':
        this.#line(who, `!!! ${event.message} !!!`, 'unexpected');
        break;
      case 'hazard':
        this.#block(hazardBlock(event.report, who), 'hazard');
        break;
      case 'fault':
        this.#block(faultBlock(event.fault, event.where, who, event.step), 'hazard');
        break;
      case 'report':
        this.#block(reportBlock(event.sighting), 'hazard');
        break;
    }
  }

  /** Writes the half line of a call that was under way when the run ended. */
  end(): void {
    this.#interrupt();
  }

  #enter(who: Who, call: string, args: readonly Datum[]): void {
    this.#leaveOld(who);
    this.#interrupt();
    const begun: Begun = { who, call, args, line: 'open' };
    if (call === 'rt_sigreturn') {
      const result = this.#interrupted.get(keyOf(who)) ?? '0';
      this.#interrupted.delete(keyOf(who));
      this.#put(who, `${beginningOf(call, args, this.#printing)})`, result);
    } else if (isLast(call)) {
      this.#put(who, `${beginningOf(call, args, this.#printing)})`, '?');
    } else {
      this.#begun.set(keyOf(who), begun);
      this.#open = begun;
    }
  }

  /** A call that has no end of its own although the task goes on: it has become another program. */
  #leaveOld(who: Who): void {
    const begun = this.#begun.get(keyOf(who));
    if (begun !== undefined) this.#complete(begun, { ok: true, value: { value: 0 } });
  }

  #exit(who: Who, call: string, outcome: Outcome): void {
    const begun = this.#begun.get(keyOf(who));
    if (begun === undefined || begun.call !== call) return;
    if (begun.line !== 'cut') {
      this.#complete(begun, outcome);
      return;
    }
    this.#begun.delete(keyOf(who));
    if ('restart' in outcome) return;
    if (!outcome.ok && outcome.errno === 'EINTR') {
      this.#interrupted.set(keyOf(who), resultText(call, begun.args, outcome));
      return;
    }
    this.#interrupt();
    this.#put(who, `restart_syscall(<... resuming interrupted ${call} ...>)`, resultText(call, [], outcome));
  }

  #complete(begun: Begun, outcome: Outcome): void {
    const { who, call, args } = begun;
    const end = endOf(call, args, outcome, this.#printing);
    this.#finish(begun, end, resultText(call, args, outcome));
    this.#begun.delete(keyOf(who));
  }

  /** Writes the second half of a line, or the whole of it if nothing of it is written. */
  #finish(begun: Begun, end: string, result: string): void {
    const { who, call, args } = begun;
    const isOpen = this.#open === begun;
    if (isOpen) this.#open = null;
    else this.#interrupt();
    const beginning = isOpen ? beginningOf(call, args, this.#printing) : `<... ${call} resumed>`;
    this.#put(who, beginning + end, result);
  }

  /** A signal has cut the call short that the task is in. */
  #cut(who: Who): void {
    const begun = this.#begun.get(keyOf(who));
    if (begun === undefined || begun.line === 'cut') return;
    const { call, args } = begun;
    this.#finish(begun, endOf(call, args, { restart: true }, this.#printing), restartText(call));
    begun.line = 'cut';
  }

  #end(who: Who, status: number): void {
    const begun = this.#begun.get(keyOf(who));
    this.#begun.delete(keyOf(who));
    if (begun !== undefined && begun.line !== 'cut') this.#finish(begun, ' <unfinished ...>)', '?');
    this.#line(who, `+++ ${endText(status)} +++`, 'end');
  }

  #line(who: Who, text: string, kind: LineKind): void {
    this.#interrupt();
    this.#write(prefix(who) + text, kind);
  }

  #block(lines: readonly string[], kind: LineKind): void {
    this.#interrupt();
    for (const line of lines) this.#write(line, kind);
  }

  /** Writes the first half of the call whose line is open: something else comes before its end. */
  #interrupt(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    open.line = 'split';
    this.#write(`${prefix(open.who)}${beginningOf(open.call, open.args, this.#printing)} <unfinished ...>`, 'call');
  }

  #put(who: Who, text: string, result: string): void {
    this.#write(withResult(prefix(who) + text, result), 'call');
  }
}

/** What tells tasks apart: labels, which stay, or else numbers. */
const keyOf = ({ pid, label }: Who): string => label || `${pid}`;

const prefix = ({ pid }: Who): string => `[pid ${pid}] `;

function signalText(info: Struct, printing: Printing): string {
  const signal = signalName(integerOf(info.si_signo)) ?? `${integerOf(info.si_signo)}`;
  return `${signal} ${printValue('siginfo', info, { ...printing, call: '', args: [] })}`;
}

function endText(status: number): string {
  if (WIFEXITED(status)) return `exited with ${WEXITSTATUS(status)}`;
  return `killed by ${signalName(WTERMSIG(status))}${WCOREDUMP(status) ? ' (core dumped)' : ''}`;
}

function panicText(left: readonly Who[]): string {
  const others = left.map(({ pid, label }) => `${label} (pid ${pid})`).join(', ');
  return `Kernel panic - not syncing: init is gone, and with it ${others}`;
}
