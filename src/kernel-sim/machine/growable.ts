/** An append-only list of 32-bit integers in one typed array that doubles when full. */
export class IntList {
  items = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.items.length) {
      const wider = new Int32Array(this.items.length * 2);
      wider.set(this.items);
      this.items = wider;
    }
    this.items[this.length++] = value;
  }

  at(index: number): number {
    return this.items[index] as number;
  }

  /** A copy of what it holds now. */
  slice(): Int32Array {
    return this.items.slice(0, this.length);
  }
}
