/** A line that tells how far long work has come: on a terminal only, rewritten in place, gone at the end. */

/** Milliseconds between two looks of the line. */
const INTERVAL = 100;

export class Progress {
  readonly #shows = process.stderr.isTTY;
  readonly #started = performance.now();
  #last = this.#started;
  #isShown = false;

  /** Shows what `text` gives, if it is time for that; cheap enough to be called often. */
  tick(text: () => string): void {
    if (!this.#shows) return;
    const now = performance.now();
    if (now - this.#last < INTERVAL) return;
    this.#last = now;
    this.#isShown = true;
    const seconds = ((now - this.#started) / 1000).toFixed(1);
    process.stderr.write(`\r\x1b[K${`${text()} (${seconds} s)`.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[K');
    this.#isShown = false;
  }
}
