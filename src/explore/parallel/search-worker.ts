/** A search process as whoever started it sees it. */

import { startChild } from '../child.ts';
import type { Branch } from '../search-terms.ts';
import type { Claims } from './claims.ts';
import type { Told } from './knowledge.ts';
import type { Answer, Count, Done, Order, Plan, Task } from './search-process.ts';

/** Who hears what a process tells without being asked. */
export interface Hearing {
  onClaims(claims: Claims): void;
  onTold(told: Told): void;
}

export class SearchWorker {
  readonly #process = startChild('parallel/search-process', {
    ipc: true,
    stdin: 'ignore',
    stdout: 'ignore',
  }).nodeChildProcess;
  #hear: (answer: Answer | null) => void = () => {};
  #isDead = false;
  /** Whether it has opened its scenario; settled, too, when it died before. */
  readonly opened: Promise<unknown>;

  constructor(task: Task, hearing: Hearing) {
    this.#process.on('message', (message) => {
      const answer = message as unknown as Answer;
      if (answer.kind === 'claims') hearing.onClaims(answer.claims);
      else if (answer.kind === 'told') hearing.onTold(answer.told);
      else this.#hear(answer);
    });
    const die = (): void => {
      this.#isDead = true;
      this.#hear(null);
    };
    this.#process.on('exit', die);
    this.#process.on('error', die);
    this.opened = this.#ask({ kind: 'open', task });
  }

  send(order: Order): void {
    // A process that has just died hears nothing: its missing answer says so already.
    if (!this.#isDead && this.#process.connected) this.#process.send(order, () => {});
  }

  /** What there is to search; null when the process died. */
  async plan(count: number): Promise<Plan | null> {
    const answer = await this.#ask({ kind: 'plan', count });
    return answer?.kind === 'planned' ? answer : null;
  }

  /** Searches a branch; null when the process died. */
  async search(branch: Branch): Promise<Done | null> {
    const answer = await this.#ask({ kind: 'branch', branch });
    return answer?.kind === 'done' ? answer : null;
  }

  /** How many states are its to count; null when the process died. */
  async count(): Promise<Count | null> {
    const answer = await this.#ask({ kind: 'count' });
    return answer?.kind === 'counted' ? answer : null;
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  #ask(order: Order): Promise<Answer | null> {
    if (this.#isDead) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#hear = resolve;
      this.send(order);
    });
  }
}
