/**
 * How a planned task gets the numbers that the image wants: through the posted interface, a value armed in the task's own
 * next_syscall_data file is taken by the call that follows. SEMANTICS A, A9.
 *
 * Every open takes what is armed (N19), so the control file is opened first, stays open, and is written to right before the call that
 * the value is for. Other interfaces have the same methods.
 */

import type { Expr } from '../../userland/language/ast.ts';
import { CONTROL, type OwnDescriptors } from './own-descriptors.ts';
import type { Script } from './script.ts';
import { name, number, text } from './syntax.ts';

const path: Expr = text('/proc/self/task/', { kind: 'self', which: 'tid', span: name('').span }, '/next_syscall_data');
const readWrite: Expr = name('O_RDWR');

export class ArmedNumbers {
  readonly #script: Script;
  readonly #own: OwnDescriptors;

  constructor(script: Script, own: OwnDescriptors) {
    this.#script = script;
    this.#own = own;
  }

  /** Gets ready to choose numbers. */
  begin(): void {
    this.#own.open(CONTROL, path, readWrite);
  }

  /** Is done with choosing. */
  end(): void {
    this.#own.close(CONTROL);
  }

  /** A child that runs `program`, with a pid of the caller's choice. */
  fork(pid: number, program: string): void {
    this.#arm(pid, 'fork');
    this.#script.call('fork', [name(program)], { expect: pid });
  }

  /** A sibling or a thread: what clone makes by `flags`. */
  clone(pid: number, program: string, flags: Expr): void {
    this.#arm(pid, 'clone');
    this.#script.call('clone', [flags, name(program)], { expect: pid });
  }

  /** A new IPC object with the id `id`; `callee` is msgget, semget or shmget. */
  object(id: number, callee: string, args: readonly Expr[]): void {
    this.#arm(id, callee);
    this.#script.call(callee, args, { expect: id });
  }

  /** An open file at the descriptor `fd`. */
  file(fd: number, args: readonly Expr[]): void {
    this.#arm(fd, 'open');
    this.#script.call('open', args, { expect: fd });
  }

  /** IPC_SET that sets times and last pids as well; `callee` is msgctl, semctl or shmctl. */
  history(callee: string, args: readonly Expr[]): void {
    this.#arm(1, callee);
    this.#script.call(callee, args);
  }

  #arm(value: number, intent: string): void {
    const order = `LONG1 ${value}`;
    this.#script.call('write', [name(CONTROL), text(order), number(order.length)], { expect: order.length, intent });
  }
}
