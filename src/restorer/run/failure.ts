/** Why a restore stopped: the call that did not do what the plan needs, or the tasks that wait for ever. */

import type { ErrnoName } from '../../kernel-sim/abi/errno.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Note } from '../../kernel-sim/machine/note.ts';
import { numberIn } from '../../kernel-sim/pid/pid.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Call } from '../../userland/language/ast.ts';
import { printCall } from '../../userland/language/print.ts';

export interface Failure {
  /** The pid or tid of the task that found out; 0 when nobody did. */
  readonly task: number;
  /** The program that it runs. */
  readonly program: string;
  /** The call with what it was expected to return. */
  readonly call: string;
  /** What it returned, or failed with; null where that is not the point. */
  readonly returned: string | null;
  /** One sentence for people, without a full stop. */
  readonly message: string;
}

interface Exit {
  readonly type: 'call.exit';
  readonly outcome:
    | { readonly ok: true; readonly value: { readonly value: unknown } }
    | { readonly ok: false; readonly errno: ErrnoName };
}

/** The failure that the notes of one step tell of; null when there is none. */
export function failureIn(k: Kernel, notes: readonly Note[]): Failure | null {
  const unexpected = notes.find(({ type }) => type === 'program.unexpected' || type === 'program.mistake');
  if (unexpected === undefined) return null;
  const { task, program, call, message } = unexpected as unknown as {
    task: Task;
    program: string;
    call?: Call;
    message?: string;
  };
  const exit = notes.find(({ type }) => type === 'call.exit') as Exit | undefined;
  const returned = exit === undefined ? null : outcomeText(exit.outcome);
  const text = call === undefined ? '' : printCall(call);
  return {
    task: numberOf(k, task),
    program,
    call: text,
    returned,
    message: message ?? (returned === null ? text : `${text}, but it returned ${returned}`),
  };
}

/** The first task that waits for something that will never come; null when all are where the plan ends. */
export function stuckTask(k: Kernel): Failure | null {
  const { store } = k.machine;
  for (const actor of k.machine.actors) {
    if (!k.machine.isAlive(actor)) continue;
    const task = actor as Task;
    const call = store.peek(task.frame)?.call.name ?? 'user mode';
    if (call === 'pause' || store.peek(task.state) === 'stopped') continue;
    const number = numberOf(k, task);
    return {
      task: number,
      program: store.peek(task.comm),
      call,
      returned: null,
      message: `task ${number} waits for ever in ${call}`,
    };
  }
  return null;
}

const outcomeText = (outcome: Exit['outcome']): string =>
  outcome.ok ? String(outcome.value.value) : `-1 ${outcome.errno}`;

/** A task's number, 0 once it has none. */
function numberOf(k: Kernel, task: Task): number {
  const { store } = k.machine;
  const pid = store.peek(task.pid);
  return pid === null ? 0 : numberIn(store, pid, k.initPidNs);
}
