// Constraints on a schedule: `restorer@write#1 before neighbour/2@fork#1`. They name points of a run by program, call and
// count, so they survive edits of the programs that keep these.

/** A moment of a run: the start of a call, or one step inside it. */
export type Point = {
  readonly program: string;
  /** Which of the tasks that run the program, from 1 in the order of their creation. */
  readonly task: number;
  readonly call: string;
  /** Which of the task's calls of this name, from 1. */
  readonly occurrence: number;
  /** The name of the step inside the call; undefined for the call as a whole. */
  readonly effect?: string;
};

/** One point comes before another. */
export type Constraint = { readonly earlier: Point; readonly later: Point };

/** A constraint, or what is wrong with its text and where in it. */
export type ParsedConstraint =
  | { readonly ok: true; readonly constraint: Constraint }
  | { readonly ok: false; readonly offset: number; readonly message: string };

const point =
  /([A-Za-z][A-Za-z0-9_]*)(?:\/([1-9][0-9]{0,8}))?@([A-Za-z_][A-Za-z0-9_]*)(?:#([1-9][0-9]{0,8}))?(?::([^\s]+))?(?!\S)/y;
const form = 'program@call#1 or program/2@call#1:step';

/** Reads `<point> before <point>`; a point without numbers means the first task and the first call. */
export function parseConstraint(text: string): ParsedConstraint {
  const earlier = readPoint(text, skipBlank(text, 0));
  if (!earlier.ok) return earlier;
  const word = skipBlank(text, earlier.end);
  if (!/^before(?!\S)/.test(text.slice(word))) return { ok: false, offset: word, message: 'expected the word before' };
  const later = readPoint(text, skipBlank(text, word + 'before'.length));
  if (!later.ok) return later;
  const end = skipBlank(text, later.end);
  if (end < text.length) return { ok: false, offset: end, message: 'expected nothing behind the second point' };
  return { ok: true, constraint: { earlier: earlier.point, later: later.point } };
}

/** The text of a constraint, every number written out. */
export function printConstraint({ earlier, later }: Constraint): string {
  return `${printPoint(earlier)} before ${printPoint(later)}`;
}

/** The text of a point; the number of the task only where it is not the first. */
export function printPoint({ program, task, call, occurrence, effect }: Point): string {
  const which = task === 1 ? '' : `/${task}`;
  return `${program}${which}@${call}#${occurrence}${effect === undefined ? '' : `:${effect}`}`;
}

function skipBlank(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n') at += 1;
  return at;
}

function readPoint(
  text: string,
  offset: number,
): { ok: true; point: Point; end: number } | { ok: false; offset: number; message: string } {
  point.lastIndex = offset;
  const match = point.exec(text);
  if (match === null) return { ok: false, offset, message: `expected a point such as ${form}` };
  const [whole, program, task = '1', call, occurrence = '1', effect] = match;
  return {
    ok: true,
    end: offset + whole.length,
    point: {
      program: program!,
      task: Number(task),
      call: call!,
      occurrence: Number(occurrence),
      ...(effect !== undefined && { effect }),
    },
  };
}
