/** `backtrace`: what a task is in the middle of, from the effect it makes next out to the program it runs. */

import type { Task } from '../../kernel-sim/task/task.ts';
import { printCall } from '../../userland/language/print.ts';
import type { Debuggee } from '../debuggee.ts';
import { locksOf } from './system.ts';
import { valueText } from './value.ts';

export function backtraceText(debuggee: Debuggee, task: Task): string {
  const { view } = debuggee;
  const frames: string[] = [];
  const frame = view.read(task.frame);
  if (frame?.next !== undefined) frames.push(`effect ${frame.next.op.name}`);
  if (frame !== null) {
    const args = frame.call.args.map((argument) => valueText(debuggee, argument)).join(', ');
    frames.push(`${frame.call.name}(${args})${frame.next === undefined ? ', returning' : ''}`);
  }
  for (const { code, line, statement } of debuggee.stackOf(task)) {
    const text = statement === undefined ? 'at its end' : printCall(statement);
    frames.push(`${code.name} () at ${debuggee.scenario.file}:${line}: ${text}`);
  }
  if (frames.length === 0) return `${debuggee.nameOf(task)} has ended.`;
  const locks = locksOf(debuggee, task as never).map(({ lock }) => `holds ${lock}`);
  return [...frames.map((text, i) => `#${i}  ${text}`), ...locks].join('\n');
}
