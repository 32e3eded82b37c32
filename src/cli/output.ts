/** Standard output in large pieces, with room in between for a reader who has had enough to be noticed. */

/** Characters that are gathered before they are written. */
const PIECE = 32_768;

export class Output {
  #pieces: string[] = [];
  #length = 0;

  /** Writes a line, some time. */
  line(text: string): void {
    this.#pieces.push(text, '\n');
    this.#length += text.length + 1;
    if (this.#length >= PIECE) this.flush();
  }

  /** Writes what has been gathered. */
  flush(): void {
    if (this.#length === 0) return;
    process.stdout.write(this.#pieces.join(''));
    this.#pieces = [];
    this.#length = 0;
  }
}

/** Prints one JSON document. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Lets signals and closed pipes be heard in the middle of long work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
