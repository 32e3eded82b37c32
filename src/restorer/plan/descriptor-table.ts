/** What a planned task has behind its descriptors at a point of its program. */

/** A descriptor of one of the image's open files, by the file's id. */
export interface Slot {
  readonly file: number;
  readonly cloexec: boolean;
}

export class DescriptorTable {
  readonly #files: Map<number, Slot>;
  /** The restorer's own, by the names of the variables that hold them. */
  readonly #own: Map<string, number>;

  constructor(files: Iterable<readonly [number, Slot]> = [], own: Iterable<readonly [string, number]> = []) {
    this.#files = new Map(files);
    this.#own = new Map(own);
  }

  /** A copy: what a child is born with. */
  copy(): DescriptorTable {
    return new DescriptorTable(this.#files, this.#own);
  }

  get(fd: number): Slot | undefined {
    return this.#files.get(fd);
  }

  set(fd: number, slot: Slot): void {
    this.#files.set(fd, slot);
  }

  delete(fd: number): void {
    this.#files.delete(fd);
  }

  /** How many descriptors lead to files of the image. */
  get size(): number {
    return this.#files.size;
  }

  /** The descriptors of the image's files, ascending. */
  get files(): { fd: number; file: number; cloexec: boolean }[] {
    return [...this.#files].map(([fd, { file, cloexec }]) => ({ fd, file, cloexec })).sort((a, b) => a.fd - b.fd);
  }

  /** Where one of the restorer's own is. */
  own(name: string): number | undefined {
    return this.#own.get(name);
  }

  get ownNames(): Iterable<string> {
    return this.#own.keys();
  }

  setOwn(name: string, fd: number): void {
    this.#own.set(name, fd);
  }

  deleteOwn(name: string): void {
    this.#own.delete(name);
  }

  /** The number that the next open, pipe or F_DUPFD will give. */
  lowestFree(from = 0): number {
    let fd = from;
    for (let again = true; again; ) {
      again = false;
      while (this.#files.has(fd)) fd++;
      for (const taken of this.#own.values()) {
        if (taken !== fd) continue;
        fd++;
        again = true;
      }
    }
    return fd;
  }
}
