/** Writing a run as `strace -f` does while it runs: told of each step right after it, it hands on the lines that are complete. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Printing } from './call-text.ts';
import { EventSource } from './event.ts';
import { type LineKind, StraceText } from './strace.ts';

export interface WriterOptions extends Partial<Printing> {
  /** What people call a task; its number alone stands in reports otherwise. */
  readonly labelOf?: (task: Task) => string;
}

export class StraceWriter {
  readonly #events: EventSource;
  readonly #text: StraceText;

  constructor(
    k: Kernel,
    write: (line: string, kind: LineKind) => void,
    { labelOf = () => '', ...printing }: WriterOptions = {},
  ) {
    this.#events = new EventSource(k.machine.store, labelOf);
    this.#text = new StraceText(write, printing);
  }

  /** Takes in the step that was just made, while its notes are still in the store. */
  onStep(): void {
    for (const event of this.#events.afterStep()) this.#text.add(event);
  }

  /** Writes what is known of a call that was under way when the run ended. */
  end(): void {
    this.#text.end();
  }
}
