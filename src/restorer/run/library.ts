/**
 * The programs of a plan as the interpreter asks for them: each is written and made ready when a task is started with it, and not kept.
 *
 * A program of the plan holds few variables, its own descriptors, and knows them all; so it is made ready without the analysis of
 * which are still needed where, which has to look at all programs of a run at once.
 */

import { hashHi, hashLo } from '../../kernel-sim/machine/hash.ts';
import type { CallInstruction, Code, Library } from '../../userland/code.ts';
import { consumerOf } from '../../userland/intent.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedProgram } from '../plan/script.ts';

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

  /** The code of a program; that of the plan is written anew each time, which is once. */
  override get(name: string): Code | undefined {
    const planned = this.#names.has(name) ? this.#plan.program(name) : undefined;
    return planned === undefined ? super.get(name) : codeOf(planned);
  }
}

function codeOf({ program, variables }: PlannedProgram): Code {
  const { name } = program;
  const ordinals = new Map<string, number>();
  const instructions = program.statements.map((call) => instructionOf(call, ordinals, variables));
  return { name, program, instructions, lo: hashLo(name), hi: hashHi(name) };
}

function instructionOf(
  call: CallInstruction['call'],
  ordinals: Map<string, number>,
  live: ReadonlySet<string>,
): CallInstruction {
  const ordinal = (ordinals.get(call.callee) ?? 0) + 1;
  ordinals.set(call.callee, ordinal);
  return { kind: 'call', call, ordinal, intent: call.intent === undefined ? null : consumerOf(call.intent, []), live };
}
