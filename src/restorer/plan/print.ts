/** A plan as a scenario that people read, and that runs as any other; docs/scenario-format.md. */

import type { Profile } from '../../kernel-sim/profile.ts';
import type { Plan } from './plan.ts';
import { printPlanned } from './script.ts';

/** The text of a plan in chunks that end at line ends: program after program, with remarks. */
export function* printPlan(plan: Plan, title: string, profile: Profile): Generator<string> {
  yield `title: ${JSON.stringify(title)}\n`;
  for (const { message, tasks } of plan.losses) yield `# loses ${message}${listed(tasks)}\n`;
  const fixes = [...profile.fixes].join(', ');
  yield `kernel:\n  profile: ${profile.base}\n  fixes: [${fixes}]\n  interface: next_syscall_data\nprograms:\n`;
  for (const name of plan.names) {
    const planned = plan.program(name)!;
    yield `  # ${planned.about}\n  ${name}: |\n${printPlanned(planned, '    ')}`;
  }
}

/** ` (tasks 1, 2 and 3 more)`. */
export function listed(tasks: readonly number[]): string {
  if (tasks.length === 0) return '';
  const shown = tasks.slice(0, 5).join(', ');
  const more = tasks.length > 5 ? ` and ${tasks.length - 5} more` : '';
  return ` (${tasks.length === 1 ? 'task' : 'tasks'} ${shown}${more})`;
}
