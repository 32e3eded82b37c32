/**
 * What is wrong with a dump, collected as its files are read, so that one run names every file that is missing or broken.
 */

/** One thing that is wrong with a file of a dump. */
export interface ImportError {
  file: string;
  /** The byte it is about, from the start of the file, where it is about one. */
  offset?: number;
  message: string;
}

/** More than these say nothing new. */
const LISTED = 20;

export class Diagnostics {
  readonly #errors: ImportError[] = [];
  #more = 0;

  report(file: string, message: string, offset?: number): void {
    if (this.#errors.length >= LISTED) this.#more++;
    else this.#errors.push({ file, ...(offset !== undefined && { offset }), message });
  }

  /** Whether so much is wrong that reading on is pointless. */
  get full(): boolean {
    return this.#errors.length >= LISTED;
  }

  /** The errors in the order they were found; empty when all is well. */
  get errors(): ImportError[] {
    const last = this.#errors.at(-1);
    return last && this.#more > 0
      ? [...this.#errors, { file: last.file, message: `and ${this.#more} more` }]
      : [...this.#errors];
  }
}
