/** Puts the two halves of split calls together and gives every line its meaning. */

import { parseCallText, parseInfo } from './call-text.ts';
import { type Line, parseLine } from './line.ts';
import type { RecordedCall, RecordedEvent, Unreadable } from './recording.ts';

/** A call whose second half has not come yet; its event stands in the list already and is completed in place. */
interface Begun {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  readonly event: number;
}

/** How many unreadable lines are kept to be shown. */
const SHOWN = 5;

const LOST = ') = ?';

export class Assembler {
  readonly events: RecordedEvent[] = [];
  readonly first: Unreadable[] = [];
  unreadable = 0;
  readonly #file: string;
  readonly #begun = new Map<number, Begun>();
  #clock = 0;
  #lastRaw = 0;
  #days = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes the next line. */
  add(text: string, number: number): void {
    if (text.trim() === '') return;
    const line = parseLine(text);
    const wrong = typeof line === 'string' ? line : this.#take(line, number);
    if (wrong !== null) this.complain(number, wrong);
  }

  /** Counts a line that says nothing. */
  complain(line: number, message: string): void {
    this.unreadable += 1;
    if (this.first.length < SHOWN) this.first.push({ line, message });
  }

  /** The log ends: what is still under way stays without a result. */
  end(): void {
    for (const begun of this.#begun.values()) this.#complete(begun, `${begun.text}${LOST}`, null);
    this.#begun.clear();
  }

  /** @returns what is wrong with the line, null if nothing is */
  #take({ task, time: raw, relative, body }: Line, line: number): string | null {
    const time = raw === null ? null : this.#timeOf(raw, relative);
    const at = { task, line, time };
    switch (body.kind) {
      case 'remark':
        return null;
      case 'call': {
        this.#giveUp(task, line);
        const call = this.#call(task, body.text, line, line);
        this.events.push({ ...at, kind: 'enter', call }, { ...at, kind: 'leave', call });
        return null;
      }
      case 'begin':
        this.#giveUp(task, line);
        this.#begun.set(task, { name: body.name, text: body.text, line, event: this.events.length });
        this.events.push({ ...at, kind: 'enter', call: this.#call(task, `${body.text}${LOST}`, line, null) });
        return null;
      case 'resume': {
        const begun = this.#begun.get(task);
        if (begun === undefined || (begun.name !== body.name && body.name !== '???')) {
          return `task ${task} goes on with a call that it never began`;
        }
        this.#begun.delete(task);
        const call = this.#complete(begun, body.lost ? `${begun.text}${LOST}` : `${begun.text}${body.rest}`, line);
        this.events.push({ ...at, kind: 'leave', call });
        return null;
      }
      case 'signal':
        this.events.push({
          ...at,
          kind: 'signal',
          signal: body.signal,
          info: parseInfo(body.info, this.#file, line),
          text: `--- ${body.signal} ${body.info} ---`,
        });
        return null;
      case 'superseded':
        this.#giveUp(task, line);
        this.#takeOver(task, body.by);
        this.events.push({ ...at, ...body });
        return null;
      case 'exited':
      case 'killed':
        this.#giveUp(task, line);
        this.events.push({ ...at, ...body });
        return null;
      case 'stopped':
        this.events.push({ ...at, ...body });
        return null;
    }
  }

  /** A call that was begun and has no second line: the task went on, or away, without it. */
  #giveUp(task: number, line: number): void {
    const begun = this.#begun.get(task);
    if (begun === undefined) return;
    this.#begun.delete(task);
    this.#complete(begun, `${begun.text}${LOST}`, line);
  }

  /** A thread that calls execve comes out of it under its leader's number. */
  #takeOver(task: number, by: number): void {
    const begun = this.#begun.get(by);
    if (begun === undefined) return;
    this.#begun.delete(by);
    this.#begun.set(task, begun);
  }

  #complete(begun: Begun, text: string, endLine: number | null): RecordedCall {
    const event = this.events[begun.event]!;
    const call = this.#call(event.task, text, begun.line, endLine);
    this.events[begun.event] = { task: event.task, line: event.line, time: event.time, kind: 'enter', call };
    return call;
  }

  #call(task: number, text: string, line: number, endLine: number | null): RecordedCall {
    return { task, ...parseCallText(text, this.#file, line), line, endLine };
  }

  /** Seconds that only grow: midnight is passed with -t, and -r counts from the line before. */
  #timeOf(raw: number, relative: boolean): number {
    if (relative) this.#clock += raw;
    else {
      if (raw < this.#lastRaw - 43_200 && raw < 86_400) this.#days += 1;
      this.#lastRaw = raw;
      this.#clock = raw + this.#days * 86_400;
    }
    return this.#clock;
  }
}
