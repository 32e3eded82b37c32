/** Hazards and memory faults as blocks of their own, in the manner of a kernel sanitizer's report. DESIGN "The trace". */

import type { Fault } from '../kernel-sim/machine/note.ts';
import type { Who } from './event.ts';

/** What is reported of a hazard; hazards/finding.ts is one. */
export interface Report {
  /** Id in the catalogue. */
  readonly id: string;
  readonly name: string;
  /** The task that suffers it. */
  readonly task: string;
  /** Where it became certain. */
  readonly at: { readonly step: number; readonly call: string };
  readonly accesses: readonly {
    readonly task: string;
    readonly call: string;
    readonly step?: number;
    readonly what: string;
  }[];
  readonly intended: string;
  readonly happened: string;
  readonly fix: string;
}

const RULE = '='.repeat(66);
const WIDTH = 100;

/** The block of a hazard that became certain in a step of `who`, line by line. */
export function hazardBlock({ id, name, task, at, accesses, intended, happened, fix }: Report, who: Who): string[] {
  const call = at.call === 'user' ? 'between two calls' : `in ${at.call}`;
  return [
    RULE,
    `HAZARD ${id}: ${name}`,
    `${suspect(task, who)} ${call} at step ${at.step}`,
    '',
    ...accesses.flatMap((access) => [
      `${access.call} by ${access.task}${access.step === undefined ? '' : ` at step ${access.step}`}:`,
      ...wrap('  ', access.what),
    ]),
    '',
    ...wrap('intended: ', intended),
    ...wrap('happened: ', happened),
    ...wrap('fix: ', fix),
    RULE,
  ];
}

/** The task that suffers a hazard, and whose step it was if not its own. */
function suspect(task: string, { pid, label }: Who): string {
  const program = label.replace(/.*\./, '').replace(/\/.*/, '');
  if (program === task || program === '') return `${label || task} (pid ${pid})`;
  return `${task}, in a step of ${label} (pid ${pid}),`;
}

/** The block of a memory fault that the catalogue has no name for. */
export function faultBlock({ kind, access, message }: Fault, where: string, who: Who, step: number): string[] {
  const what = kind === 'assertion' || kind === 'unbalanced' ? `${kind}: ${message ?? where}` : `${kind} on ${access}`;
  return [
    RULE,
    `BUG in the kernel: ${what}`,
    `${where}, in a step of ${who.label} (pid ${who.pid}) at step ${step}`,
    ...(message === undefined || what.endsWith(message) ? [] : [message]),
    RULE,
  ];
}

/** Text behind a heading in lines of a readable length; later lines are indented as deep as the heading is long. */
function wrap(heading: string, text: string): string[] {
  const lines: string[] = [];
  let line = heading;
  for (const word of text.split(' ')) {
    const isBegun = line.trimEnd().length > 0 && line !== heading && line.trim() !== '';
    if (isBegun && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(heading.length);
    }
    line += line === heading || line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
