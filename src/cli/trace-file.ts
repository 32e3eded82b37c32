/** Traces in files: strace's text, or one JSON object a line where the name ends in .json or .jsonl. */

import type { TraceEvent } from '../trace/event.ts';
import { eventJson } from '../trace/json.ts';
import { StraceText } from '../trace/strace.ts';
import { WholeFile } from './whole-file.ts';

/** Characters that are gathered before they are written. */
const PIECE = 65_536;

/** A trace that is being written. */
export class TraceFile {
  readonly #file: WholeFile;
  readonly #text: StraceText | null;
  readonly #width: number;
  #gathered: string[] = [];
  #length = 0;

  constructor(file: string, width: number) {
    this.#file = new WholeFile(file);
    this.#width = width;
    this.#text = /\.jsonl?$/.test(file) ? null : new StraceText((line) => this.#line(line), { width });
  }

  add(event: TraceEvent): void {
    if (this.#text === null) this.#line(JSON.stringify(eventJson(event, { width: this.#width })));
    else this.#text.add(event);
  }

  /** Ends the trace and gives the file its name. */
  async end(): Promise<void> {
    this.#text?.end();
    this.#flush();
    await this.#file.publish();
  }

  /** Leaves nothing behind. */
  drop(): void {
    this.#file.drop();
  }

  #line(text: string): void {
    this.#gathered.push(text, '\n');
    this.#length += text.length + 1;
    if (this.#length >= PIECE) this.#flush();
  }

  #flush(): void {
    this.#file.write(this.#gathered.join(''));
    this.#gathered = [];
    this.#length = 0;
  }
}
