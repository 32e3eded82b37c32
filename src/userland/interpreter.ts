/**
 * The interpreter: what tasks do in user mode. It is the only kind of userland there is: scenario programs, the restorer's plans
 * and recorded traces are all run by it.
 *
 * One user-mode step evaluates the arguments of one call and enters the kernel; another, when the call has returned, compares and
 * binds its results. Variables nobody will read again are dropped, so that they do not tell states apart.
 */

import type { Kernel, Userland } from '../kernel-sim/kernel.ts';
import type { Call as KernelCall } from '../kernel-sim/machine/frame.ts';
import { Frame } from '../kernel-sim/machine/frame.ts';
import type { KernelObject } from '../kernel-sim/machine/layout.ts';
import type { Actor, Behaviour } from '../kernel-sim/machine/machine.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { ok, type Result } from '../kernel-sim/result.ts';
import { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, type FailedReturn, OUT, type Return } from '../syscalls/datum.ts';
import { deliverPending, invoke } from '../syscalls/invoke.ts';
import type { Outcome as Left } from '../syscalls/leave.ts';
import { syscalls } from '../syscalls/table.ts';
import { argumentsOf } from './arguments.ts';
import { bindOutputs } from './binding.ts';
import type { CallInstruction, Code } from './code.ts';
import {
  type Context,
  callingContext,
  contextOf,
  discard,
  interrupt,
  resumeInterrupted,
  start,
  type Variables,
} from './context.ts';
import { type Programs, TaskEnvironment } from './environment.ts';
import type { Expectations } from './expectations.ts';
import type { Expr } from './language/ast.ts';
import { type Environment, evaluate, evaluateCount } from './language/evaluate.ts';
import { matches } from './language/match.ts';
import { childProgram } from './language/program-reference.ts';
import { programNamed, programOf, type Value } from './language/value.ts';

/** What a call returned, when it does not have to be made again. */
type Outcome = Result<Return>;

/** Which way the arguments of each call go. */
const DIRECTIONS = new Map(
  [...syscalls].map(([name, { parameters }]) => [name, Object.values(parameters).map(({ direction }) => direction)]),
);

/** Where the first program lies in memory, for those who ask, and how far it is to the next. */
const TEXT_START = 0x40_0000n;
const TEXT_SIZE = 0x1000n;

/** The interpreter of a set of programs: what the machine and the kernel need of a userland. */
export class Interpreter implements Behaviour, Userland {
  readonly programs: Programs;
  /** What people call each task that was ever spawned, see {@link labelOf}; names are no state. */
  readonly #labels = new Map<Task, string>();
  /** The ordinals of the tasks that a task has made of each program. */
  readonly #families = new Map<KernelObject | null, Map<string, number[]>>();
  #kernel: Kernel | null = null;
  /** Keeps what became of expectations, if anybody asks for it. */
  expectations: Expectations | null = null;

  constructor(programs: Programs) {
    this.programs = programs;
  }

  /** Ties the interpreter to the kernel that its tasks call. */
  attach(k: Kernel): void {
    this.#kernel = k;
    k.machine.setBehaviour(Task, this);
  }

  get #k(): Kernel {
    if (this.#kernel === null) throw new Error('the interpreter has no kernel yet');
    return this.#kernel;
  }

  // --- Userland: what the kernel asks for, inside its own operations ---

  spawn(tx: Transaction, parent: Task, child: Task, entry: unknown): void {
    const code = this.#codeOf(entry as Value);
    if (code === undefined) return;
    this.#name(child, code.name);
    start(tx, child, code, tx.read(contextOf(tx, parent).variables));
    tx.write(child.comm, code.name.slice(0, 15));
  }

  /** Makes the first task run `code`. */
  spawnFirst(tx: Transaction, task: Task, code: Code): void {
    this.#name(task, code.name);
    start(tx, task, code, {});
  }

  /**
   * What people call a task: `init`, for a child of init its program (`neighbour`, and `neighbour/2` for the second child that
   * runs it), for any other its parent's name and its program (`restorer.worker`). The same in every schedule.
   */
  labelOf(task: KernelObject): string {
    return this.#labels.get(task as Task) ?? task.name;
  }

  #name(task: Task, program: string): void {
    if (this.#labels.has(task)) return;
    const parent = this.#labels.get(task.allocator as Task) ?? 'init';
    const older = this.#olderSiblings(task, program);
    const own = older === 0 ? program : `${program}/${older + 1}`;
    this.#labels.set(task, parent === 'init' ? own : `${parent}.${own}`);
  }

  /** How many tasks of the same program the maker of a task has made before it. */
  #olderSiblings({ allocator, ordinal }: Task, program: string): number {
    const family = this.#families.get(allocator) ?? new Map<string, number[]>();
    this.#families.set(allocator, family);
    const siblings = family.get(program) ?? [];
    family.set(program, siblings);
    const youngest = siblings.at(-1) ?? -1;
    siblings.push(ordinal);
    return youngest < ordinal ? siblings.length - 1 : siblings.filter((other) => other < ordinal).length;
  }

  exec(tx: Transaction, task: Task, image: unknown): void {
    const code = this.#codeOf(image as Value);
    // Nobody will be there to hear how the call ended that made it.
    const call = tx.peek(task.frame)?.call;
    tx.note({ type: 'call.exit', task, call: call?.name, args: call?.args, outcome: ok({ value: 0 }) });
    discard(tx, task);
    if (code !== undefined) start(tx, task, code, {});
  }

  programExists(image: unknown): boolean {
    return this.#codeOf(image as Value) !== undefined;
  }

  exit(tx: Transaction, task: Task): void {
    discard(tx, task);
  }

  enterHandler(
    tx: Transaction,
    task: Task,
    handler: unknown,
    siginfo: unknown,
    restoreMask: readonly number[],
  ): boolean {
    const code = this.#codeOf(handler as Value);
    const variables = { ...tx.read(contextOf(tx, task).variables), siginfo: siginfo as Datum };
    if (code === undefined) return false; // an address that is no program of ours: a handler that does nothing
    interrupt(tx, task, code, variables, restoreMask);
    return true;
  }

  addressOf(handler: unknown): bigint {
    const at = [...this.programs.library.keys()].indexOf(programOf(handler as Value) ?? '');
    return at === -1 ? 0n : TEXT_START + BigInt(at) * TEXT_SIZE;
  }

  handlerAt(address: bigint): unknown {
    const name = [...this.programs.library.keys()].find((_, i) => TEXT_START + BigInt(i) * TEXT_SIZE === address);
    return name === undefined ? undefined : programNamed(name);
  }

  intentOf(tx: Transaction, task: Task): string | null {
    const context = callingContext(tx, task);
    if (context === null) return null;
    const instruction = tx.read(context.code)!.instructions[tx.read(context.position)];
    return instruction?.kind === 'call' ? instruction.intent : null;
  }

  isMeantCall(tx: Transaction, task: Task, intent: string | null): boolean {
    const ordinal = intent?.split('#')[1];
    if (ordinal === undefined) return true;
    const context = callingContext(tx, task);
    const instruction = context === null ? undefined : tx.read(context.code)?.instructions[tx.read(context.position)];
    return instruction?.kind === 'call' && instruction.ordinal === Number(ordinal);
  }

  #codeOf(value: Value): Code | undefined {
    const name = typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1) : programOf(value);
    return name === undefined ? undefined : this.programs.library.get(name);
  }

  // --- Behaviour: what the machine asks for ---

  resume(tx: Transaction, actor: Actor): void {
    const task = actor as Task;
    if (tx.read(tx.read(task.signals)!.flagged)) {
      tx.setOwn(task.frame, Frame.begin(deliverPending(this.#k, task)));
      return;
    }
    const context = contextOf(tx, task);
    const instruction = this.#fetch(tx, task, context);
    if (instruction === undefined) this.#end(tx, task, context);
    else this.#enter(tx, task, context, instruction);
  }

  complete(tx: Transaction, actor: Actor, call: KernelCall, value: unknown): void {
    const task = actor as Task;
    if (call.name === 'rt_sigreturn') {
      resumeInterrupted(tx, task);
      return;
    }
    const context = callingContext(tx, task);
    if (context === null || value === undefined) return;
    tx.write(context.inCall, false);
    const outcome = value as Left;
    if ('restart' in outcome) {
      tx.note({ type: 'call.restarted', task, call: call.name });
      return;
    }
    tx.note({ type: 'call.exit', task, call: call.name, args: call.args, outcome });
    const instruction = tx.read(context.code)!.instructions[tx.read(context.position)];
    if (instruction?.kind === 'call') this.#finish(tx, task, context, instruction, outcome);
  }

  // --- inside ---

  /** The call that runs next, after going through the repeats before it; undefined at the end of the program. */
  #fetch(tx: Transaction, task: Task, context: Context): CallInstruction | undefined {
    const { instructions } = tx.read(context.code)!;
    for (;;) {
      const at = tx.read(context.position);
      const instruction = instructions[at];
      if (instruction === undefined || instruction.kind === 'call') return instruction;
      const rounds = tx.read(context.rounds);
      if (instruction.kind === 'repeat') {
        const count = evaluateCount(instruction.count, this.#environment(tx, task, tx.read(context.variables)));
        if (!count.ok) this.#complain(tx, task, context, count.message, instruction.count);
        const times = count.ok ? count.value : 0;
        if (times > 0 && instruction.end > at + 2) {
          tx.write(context.rounds, [...rounds, times]);
          tx.write(context.position, at + 1);
        } else tx.write(context.position, instruction.end);
        continue;
      }
      const left = (rounds.at(-1) ?? 1) - 1;
      tx.write(context.rounds, left > 0 ? [...rounds.slice(0, -1), left] : rounds.slice(0, -1));
      tx.write(context.position, left > 0 ? instruction.start + 1 : at + 1);
    }
  }

  #end(tx: Transaction, task: Task, context: Context): void {
    if (tx.read(context.interrupted) !== null)
      this.#begin(tx, task, 'rt_sigreturn', [{ mask: tx.read(context.restoreMask) }]);
    else this.#begin(tx, task, 'exit_group', [0]);
  }

  #enter(tx: Transaction, task: Task, context: Context, instruction: CallInstruction): void {
    const { call } = instruction;
    const environment = this.#environment(tx, task, tx.read(context.variables));
    const directions = DIRECTIONS.get(call.callee) ?? [];
    const child = childProgram(call);
    const args = argumentsOf(call).map((expr, i) => {
      if (expr === undefined) return null;
      if (expr === child) return programNamed(child.name) as Datum;
      return this.#argument(tx, task, context, expr, directions[i] ?? 'in', environment);
    });
    this.#begin(tx, task, call.callee, args);
    tx.write(context.inCall, true);
  }

  #begin(tx: Transaction, task: Task, name: string, args: readonly Datum[]): void {
    tx.note({ type: 'call.enter', task, call: name, args });
    tx.setOwn(task.frame, Frame.begin(invoke(this.#k, task, name, args)));
  }

  #argument(
    tx: Transaction,
    task: Task,
    context: Context,
    expr: Expr,
    direction: 'in' | 'out' | 'inout',
    environment: Environment,
  ): Datum {
    const inner = expr.kind === 'assign' ? expr.value : expr;
    if (direction === 'out') return inner.kind === 'null' ? null : inner.kind === 'number' ? FAULT : OUT;
    if (inner.kind === 'any') return OUT;
    // A name without a value where the kernel may write: it takes what is written.
    if (direction === 'inout' && inner.kind === 'name' && !evaluate(inner, environment).ok) return OUT;
    const value = evaluate(inner, environment);
    if (value.ok) return value.value as Datum;
    this.#complain(tx, task, context, value.message, inner);
    return 0;
  }

  #finish(tx: Transaction, task: Task, context: Context, { call, live }: CallInstruction, outcome: Outcome): void {
    let variables = tx.read(context.variables);
    const returned: Value = outcome.ok ? outcome.value.value : -1;
    const out = outcome.ok ? outcome.value.out : 'out' in outcome ? (outcome as FailedReturn).out : undefined;
    if (out !== undefined) {
      const outputs = bindOutputs(call, out, this.#environment(tx, task, variables));
      if (outputs.mismatch !== undefined) this.#unexpected(tx, task, context, call, outputs.mismatch);
      variables = { ...variables, ...outputs.bound };
    }
    const environment = this.#environment(tx, task, variables);
    if (!isExpected(call.expect, outcome, returned, environment)) this.#unexpected(tx, task, context, call, null);
    if (call.bind !== undefined) variables = { ...variables, [call.bind]: returned };
    tx.write(context.variables, keep(variables, live));
    tx.write(context.position, tx.read(context.position) + 1);
  }

  #unexpected(
    tx: Transaction,
    task: Task,
    context: Context,
    call: CallInstruction['call'],
    argument: Expr | null,
  ): void {
    const { program } = tx.read(context.code)!;
    this.expectations?.disappoint(tx);
    tx.note({ type: 'program.unexpected', task, program: program.name, call, span: argument?.span ?? call.span });
  }

  #complain(tx: Transaction, task: Task, context: Context, message: string, expr: Expr): void {
    tx.note({ type: 'program.mistake', task, program: tx.read(context.code)!.name, message, span: expr.span });
  }

  #environment(tx: Transaction, task: Task, variables: Variables): Environment {
    return new TaskEnvironment(this.programs, tx, task, variables);
  }
}

function isExpected(
  expect: CallInstruction['call']['expect'],
  outcome: Outcome,
  returned: Value,
  environment: Environment,
): boolean {
  if (expect === undefined || expect.kind === 'any') return true;
  if (expect.kind === 'errno') return !outcome.ok && outcome.errno === expect.errno;
  return matches(expect.expr, returned, environment); // a call that fails has returned -1, whatever its errno
}

function keep(variables: Variables, live: ReadonlySet<string>): Variables {
  const names = Object.keys(variables);
  if (names.every((name) => live.has(name))) return variables;
  return Object.fromEntries(names.filter((name) => live.has(name)).map((name) => [name, variables[name] as Datum]));
}
