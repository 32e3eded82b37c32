/** Whether calls have returned what programs expect of them, as state: so that a search tells runs apart by it. */

import { type Handle, layout } from '../kernel-sim/machine/layout.ts';
import type { Store, Transaction } from '../kernel-sim/machine/store.ts';

interface Fields {
  disappointed: boolean;
}

const expectationsLayout = layout<Fields>('expectations', { disappointed: false });

export class Expectations {
  readonly #store: Store;
  readonly #object: Handle<Fields>;

  constructor(store: Store) {
    this.#store = store;
    this.#object = store.create(expectationsLayout);
  }

  /** Puts down that a call returned something else. No task can look at that, and twice is as once: it is no access. */
  disappoint(tx: Transaction): void {
    tx.setOwn(this.#object.disappointed, true);
  }

  /** Whether every call of the run so far returned what was expected. */
  get areMet(): boolean {
    return !this.#store.peek(this.#object.disappointed);
  }
}
