/** What a planned task has behind its descriptors at a point of its program. */

/** An open file of the image, by its id; or one of the restorer's own, by the name of the variable that holds it. */
export type Slot =
  | { readonly kind: 'image'; readonly file: number; readonly cloexec: boolean }
  | { readonly kind: 'own'; readonly name: string };

export class DescriptorTable {
  readonly #slots: Map<number, Slot>;

  constructor(slots: Iterable<readonly [number, Slot]> = []) {
    this.#slots = new Map(slots);
  }

  /** A copy: what a child is born with. */
  copy(): DescriptorTable {
    return new DescriptorTable(this.#slots);
  }

  get(fd: number): Slot | undefined {
    return this.#slots.get(fd);
  }

  set(fd: number, slot: Slot): void {
    this.#slots.set(fd, slot);
  }

  delete(fd: number): void {
    this.#slots.delete(fd);
  }

  /** The number that the next open, pipe or F_DUPFD will give. */
  lowestFree(from = 0): number {
    let fd = from;
    while (this.#slots.has(fd)) fd++;
    return fd;
  }

  /** The descriptors of the image's files, ascending. */
  get imageFiles(): { fd: number; file: number; cloexec: boolean }[] {
    return [...this.#slots]
      .flatMap(([fd, slot]) => (slot.kind === 'image' ? [{ fd, file: slot.file, cloexec: slot.cloexec }] : []))
      .sort((a, b) => a.fd - b.fd);
  }

  /** The names of the restorer's own. */
  get ownNames(): string[] {
    return [...this.#slots.values()].flatMap((slot) => (slot.kind === 'own' ? [slot.name] : []));
  }

  /** Where one of the restorer's own is. */
  own(name: string): number | undefined {
    for (const [fd, slot] of this.#slots) if (slot.kind === 'own' && slot.name === name) return fd;
    return undefined;
  }
}
