/** A plan as a scenario that people read, and that runs as any other; docs/scenario-format.md. */

import type { InitialFile } from '../../kernel-sim/fs/file-system.ts';
import { ALTERNATIVES, type Profile } from '../../kernel-sim/profile.ts';
import type { Plan } from './plan.ts';
import { printPlanned } from './script.ts';

/** Contents of files up to here are worth showing: they are zeros. */
const SHOWN = 64;

/** The text of a plan in chunks that end at line ends: program after program, with remarks. */
export function* printPlan(plan: Plan, title: string, profile: Profile): Generator<string> {
  yield `title: ${JSON.stringify(title)}\n`;
  for (const { message, tasks } of plan.losses) yield `# loses ${message}${listed(tasks)}\n`;
  const fixes = [...profile.fixes].join(', ');
  yield `kernel:\n  profile: ${profile.base}\n  fixes: [${fixes}]\n  interface: next_syscall_data\n`;
  const series = ALTERNATIVES.filter((alternative) => profile.series.has(alternative));
  if (series.length > 0) yield `  series: [${series.join(', ')}]\n`;
  if (plan.world.length > 0) yield '  files:\n';
  for (const file of plan.world) yield `    ${printFile(file)}\n`;
  yield 'programs:\n';
  for (const name of plan.names) {
    const planned = plan.program(name)!;
    yield `  # ${planned.about}\n  ${name}: |\n${printPlanned(planned, '    ')}`;
  }
}

/** A file as scenario files have it; an empty one stands for a directory, which is there if something is in it. */
function printFile({ path, type, mode, uid, gid, content }: InitialFile): string {
  if (type === 'directory') return `${JSON.stringify(`${path}/.keep`)}: {}`;
  const fields = [
    ...(mode === undefined ? [] : [`mode: 0${mode.toString(8)}`]),
    ...(uid === undefined ? [] : [`uid: ${uid}`]),
    ...(gid === undefined ? [] : [`gid: ${gid}`]),
    ...(content === undefined || content.length > SHOWN ? [] : [`content: ${JSON.stringify(content)}`]),
  ];
  return `${JSON.stringify(path)}: { ${fields.join(', ')} }`;
}

/** ` (tasks 1, 2 and 3 more)`. */
export function listed(tasks: readonly number[]): string {
  if (tasks.length === 0) return '';
  const shown = tasks.slice(0, 5).join(', ');
  const more = tasks.length > 5 ? ` and ${tasks.length - 5} more` : '';
  return ` (${tasks.length === 1 ? 'task' : 'tasks'} ${shown}${more})`;
}
