/** Programs made ready to run: a flat list of instructions, with what is known about each before it runs. */

import { type Hashed, hashHi, hashLo } from '../kernel-sim/machine/hash.ts';
import { consumerOf, intentOf } from './intent.ts';
import type { Call, Expr, Program, Statement } from './language/ast.ts';
import { liveness } from './language/liveness.ts';

export interface CallInstruction {
  readonly kind: 'call';
  readonly call: Call;
  /** Which call of its name this is in the program, from 1, in program order. */
  readonly ordinal: number;
  /** What a value armed here is for: said in the program, or the next call that takes one. */
  readonly intent: string | null;
  /** Variables that may be read after it; all others are dropped. */
  readonly live: ReadonlySet<string>;
}

export type Instruction =
  | CallInstruction
  | { readonly kind: 'repeat'; readonly count: Expr; readonly end: number }
  | { readonly kind: 'again'; readonly start: number };

/** A program as instructions. Two codes are equal when their names are: names are unique in a run. */
export interface Code extends Hashed {
  readonly name: string;
  readonly program: Program;
  readonly instructions: readonly Instruction[];
}

/** All the programs of a run, by name. */
export type Library = ReadonlyMap<string, Code>;

/** Makes programs ready to run. */
export function compile(programs: ReadonlyMap<string, Program>): Library {
  const live = liveness(programs);
  return new Map([...programs].map(([name, program]) => [name, compileOne(program, live.get(name)!.after)]));
}

function compileOne(program: Program, live: ReadonlyMap<Statement, ReadonlySet<string>>): Code {
  const instructions: Instruction[] = [];
  const ordinals = new Map<string, number>();
  const emit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'call') {
        const ordinal = (ordinals.get(statement.callee) ?? 0) + 1;
        ordinals.set(statement.callee, ordinal);
        instructions.push({ kind: 'call', call: statement, ordinal, intent: null, live: live.get(statement)! });
        continue;
      }
      const at = instructions.push({ kind: 'repeat', count: statement.count, end: 0 }) - 1;
      emit(statement.body);
      instructions.push({ kind: 'again', start: at });
      instructions[at] = { kind: 'repeat', count: statement.count, end: instructions.length };
    }
  };
  emit(program.statements);
  return {
    name: program.name,
    program,
    instructions: instructions.map((instruction, at) => withIntent(instruction, instructions.slice(at + 1))),
    lo: hashLo(program.name),
    hi: hashHi(program.name),
  };
}

function withIntent(instruction: Instruction, following: readonly Instruction[]): Instruction {
  if (instruction.kind !== 'call' || !/^p?write/.test(instruction.call.callee)) return instruction;
  const said = instruction.call.intent;
  if (said !== undefined) return { ...instruction, intent: intentOf(said) };
  for (const next of following) {
    const consumer = next.kind === 'call' ? consumerOf(next.call.callee, next.call.args) : null;
    if (consumer !== null) return { ...instruction, intent: consumer };
  }
  return instruction;
}
