/** Traces in files: strace's text, or one JSON object a line where the name ends in .json or .jsonl. */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TraceEvent } from '../trace/event.ts';
import { eventJson } from '../trace/json.ts';
import { StraceText } from '../trace/strace.ts';
import { UsageError } from './exit.ts';

/** A trace that is being written: beside its file first, under its name once it is whole. */
export class TraceFile {
  readonly #file: string;
  readonly #beside: string;
  readonly #descriptor: number;
  readonly #text: StraceText | null;
  readonly #width: number;

  constructor(file: string, width: number) {
    this.#file = file;
    this.#width = width;
    this.#beside = join(dirname(file), `.${randomUUID()}.tmp`);
    try {
      this.#descriptor = openSync(this.#beside, 'wx');
    } catch (error) {
      throw new UsageError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
    }
    this.#text = /\.jsonl?$/.test(file) ? null : new StraceText((line) => this.#line(line), { width });
  }

  add(event: TraceEvent): void {
    if (this.#text === null) this.#line(JSON.stringify(eventJson(event, { width: this.#width })));
    else this.#text.add(event);
  }

  /** Ends the trace and gives the file its name. */
  end(): void {
    this.#text?.end();
    closeSync(this.#descriptor);
    renameSync(this.#beside, this.#file);
  }

  /** Leaves nothing behind. */
  drop(): void {
    closeSync(this.#descriptor);
    rmSync(this.#beside, { force: true });
  }

  #line(text: string): void {
    writeSync(this.#descriptor, `${text}\n`);
  }
}
