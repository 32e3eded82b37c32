/** The programs of a plan as the interpreter asks for them: each is written and made ready when a task is started with it. */

import { type Code, compile, type Library } from '../../userland/code.ts';
import type { Plan } from '../plan/plan.ts';

export class PlanLibrary extends Map<string, Code> implements Library {
  readonly #plan: Plan;
  readonly #names: ReadonlySet<string>;

  /**
   * @param others programs beside the plan's, which handlers of the image name
   */
  constructor(plan: Plan, others: Library) {
    super(others);
    this.#plan = plan;
    this.#names = new Set(plan.names);
  }

  override has(name: string): boolean {
    return this.#names.has(name) || super.has(name);
  }

  /** The code of a program. That of the plan is not kept: every program is started once. */
  override get(name: string): Code | undefined {
    const planned = this.#plan.program(name);
    if (planned === undefined) return super.get(name);
    return compile(new Map([[name, planned.program]])).get(name);
  }
}
