/**
 * Doubly linked lists whose links are cells of their members, as the kernel's own: joining and leaving touch the neighbours only.
 * For use inside operations.
 */

import type { Cell, KernelObject } from './layout.ts';
import type { Transaction } from './store.ts';

/** How to find a list's ends in its owner and its links in a member. */
export interface ListShape<O, M> {
  head(owner: O): Cell<M | null>;
  tail(owner: O): Cell<M | null>;
  next(member: M): Cell<M | null>;
  previous(member: M): Cell<M | null>;
}

/** The member that a link leads to. A link of freed memory is garbage and leads nowhere; reading it was noted as a fault. */
function linkIn<M>(tx: Transaction, link: Cell<M | null>): M | null {
  const member = tx.read(link);
  return typeof member === 'object' ? member : null;
}

export class LinkedList<O, M extends KernelObject> {
  readonly #shape: ListShape<O, M>;

  constructor(shape: ListShape<O, M>) {
    this.#shape = shape;
  }

  first(tx: Transaction, owner: O): M | null {
    return tx.read(this.#shape.head(owner));
  }

  isEmpty(tx: Transaction, owner: O): boolean {
    return this.first(tx, owner) === null;
  }

  next(tx: Transaction, member: M): M | null {
    return linkIn(tx, this.#shape.next(member));
  }

  append(tx: Transaction, owner: O, member: M): void {
    const shape = this.#shape;
    const last = tx.read(shape.tail(owner));
    tx.write(shape.previous(member), last);
    tx.write(shape.next(member), null);
    tx.write(last === null ? shape.head(owner) : shape.next(last), member);
    tx.write(shape.tail(owner), member);
  }

  prepend(tx: Transaction, owner: O, member: M): void {
    const shape = this.#shape;
    const first = tx.read(shape.head(owner));
    tx.write(shape.next(member), first);
    tx.write(shape.previous(member), null);
    tx.write(first === null ? shape.tail(owner) : shape.previous(first), member);
    tx.write(shape.head(owner), member);
  }

  /** Takes a member out; it must be in the list. */
  remove(tx: Transaction, owner: O, member: M): void {
    const shape = this.#shape;
    const before = linkIn(tx, shape.previous(member));
    const after = linkIn(tx, shape.next(member));
    tx.write(before === null ? shape.head(owner) : shape.next(before), after);
    tx.write(after === null ? shape.tail(owner) : shape.previous(after), before);
    tx.write(shape.next(member), null);
    tx.write(shape.previous(member), null);
  }

  /** The members from first to last. A member may be removed while it is the current one. */
  *members(tx: Transaction, owner: O): Generator<M, void> {
    let member = this.first(tx, owner);
    while (member !== null) {
      const after = this.next(tx, member);
      yield member;
      member = after;
    }
  }
}
