/** An append-only list of 32-bit integers in one typed array that doubles when full. */
export class IntList {
  items = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.items.length) this.#widen();
    this.items[this.length++] = value;
  }

  /** Sets an item, whatever `length` says; for lists whose end is kept elsewhere. */
  put(index: number, value: number): void {
    while (index >= this.items.length) this.#widen();
    this.items[index] = value;
  }

  at(index: number): number {
    return this.items[index] as number;
  }

  /** A copy of what it holds now; a plain array, since most copies are of a few items and short-lived. */
  copy(): number[] {
    const copied: number[] = [];
    for (let i = 0; i < this.length; i++) copied.push(this.items[i] as number);
    return copied;
  }

  #widen(): void {
    const wider = new Int32Array(this.items.length * 2);
    wider.set(this.items);
    this.items = wider;
  }
}
