/** Which handlers the tasks of a recording have, what these did, and which events happened inside them. */

import type { Expr } from '../../userland/language/ast.ts';
import type { RecordedCall, RecordedEvent } from './recording.ts';

export interface Handlers {
  /** The program of a handler's address; null for any other expression. */
  nameOf(expr: Expr): string | null;
}

/** A handler as a program: the calls of its first run. */
export interface HandlerProgram {
  readonly name: string;
  readonly calls: readonly RecordedCall[];
}

/** Addresses of handlers by the name of the signal. */
type Actions = Map<string, string>;

const programName = (address: string): string => `handler_${address}`;

export class HandlerTable implements Handlers {
  readonly #programs = new Map<string, RecordedCall[]>();
  readonly #inside = new Set<number>();

  constructor(events: readonly RecordedEvent[]) {
    const actions = new Map<number, Actions>();
    const levels = new Map<number, { address: string; calls: RecordedCall[] }[]>();
    for (const [i, event] of events.entries()) {
      const own = actions.get(event.task) ?? new Map<string, string>();
      actions.set(event.task, own);
      const stack = levels.get(event.task) ?? [];
      levels.set(event.task, stack);
      if (event.kind === 'signal') {
        const address = own.get(event.signal);
        if (address !== undefined) stack.push({ address, calls: [] });
      }
      if (event.kind !== 'enter') continue;
      const { call } = event;
      const top = stack.at(-1);
      if (top !== undefined) this.#inside.add(i);
      if (call.name === 'rt_sigreturn') this.#keep(stack.pop());
      else if (top !== undefined) top.calls.push(call);
      learn(call, own, actions);
    }
  }

  /** Whether the event at an index is a call that a handler made. */
  isInHandler(index: number): boolean {
    return this.#inside.has(index);
  }

  *programs(): Generator<HandlerProgram> {
    for (const [name, calls] of this.#programs) yield { name, calls };
  }

  nameOf(expr: Expr): string | null {
    if (expr.kind !== 'number' || expr.radix !== 16) return null;
    const name = programName(BigInt(expr.value).toString(16));
    return this.#programs.has(name) ? name : null;
  }

  #keep(level: { address: string; calls: RecordedCall[] } | undefined): void {
    if (level === undefined || this.#programs.has(programName(level.address))) return;
    this.#programs.set(programName(level.address), level.calls);
  }
}

/** Keeps what a successful sigaction or fork changes. */
function learn({ name, args, result }: RecordedCall, own: Actions, actions: Map<number, Actions>): void {
  if (result.kind !== 'value') return;
  if (/^(clone3?|v?fork)$/.test(name)) actions.set(Number(result.value), new Map(own));
  if (name !== 'rt_sigaction') return;
  const [signal, action] = args ?? [];
  if (signal?.kind !== 'name' || action?.kind !== 'struct') return;
  const handler = action.fields.find((field) => field.name === 'sa_handler')?.value;
  if (handler?.kind === 'number') own.set(signal.name, BigInt(handler.value).toString(16));
  else own.delete(signal.name);
}
