/**
 * Naive enumeration: every actor that can step is tried at every state. Nothing is private, nobody sleeps, nothing is remembered but
 * the states. What the explorer's strategies find is held against it.
 */

import type { DporOptions } from '../../../src/explore/dpor.ts';
import type { Place, Walker } from '../../../src/explore/walker.ts';

interface Node {
  readonly place: Place;
  readonly todo: number[];
}

export class Naive {
  readonly #walker: Walker;
  readonly #options: DporOptions;
  readonly #visited = new Set<string>();
  readonly #stack: Node[] = [];

  constructor(walker: Walker, options: DporOptions) {
    this.#walker = walker;
    this.#options = options;
  }

  /** Searches all states that can be reached from the present one, and comes back to it. */
  *run(): Generator<void, { complete: boolean; states: number }> {
    const walker = this.#walker;
    const start = walker.place;
    this.#arrive();
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
      if (this.#visited.size >= this.#options.budget.states) break;
      walker.back(node.place);
      const actor = node.todo.pop();
      if (actor === undefined) {
        this.#stack.pop();
        continue;
      }
      walker.step(actor);
      const findings = walker.findings();
      if (findings.length > 0) this.#options.onFindings?.(findings);
      this.#arrive();
    }
    const complete = this.#stack.length === 0;
    walker.back(start);
    return { complete, states: this.#visited.size };
  }

  #arrive(): void {
    const walker = this.#walker;
    const { hashLo, hashHi } = walker.machine.store;
    const key = `${hashLo}:${hashHi}`;
    if (this.#visited.has(key)) return;
    this.#visited.add(key);
    const todo = walker.enabled().reverse();
    if (todo.length > 0) this.#stack.push({ place: walker.place, todo });
    else if (walker.passTime()) this.#arrive();
    else this.#options.onEnd?.();
  }
}
