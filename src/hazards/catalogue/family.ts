/** How the data files of the catalogue are written down, and how that becomes entries. */

import { type Entry, FAMILIES, type Family, type Order, type Step } from './entry.ts';

/** An entry as its data file has it: text may be wrapped over lines, and a step is its id and what it does. */
export type Draft = Omit<Entry, 'id' | 'family' | 'source' | 'steps'> & {
  readonly steps: Readonly<Record<string, string>>;
};

/** The entries of one family, in the order of the file, with id, family and source filled in and wrapped text joined. */
export function family(name: Family, drafts: Readonly<Record<string, Draft>>): readonly Entry[] {
  const { source } = FAMILIES.find((one) => one.name === name)!;
  return Object.entries(drafts).map(([id, draft]) => ({
    ...draft,
    id,
    family: name,
    source,
    where: joinLines(draft.where),
    steps: Object.entries(draft.steps).map(([step, does]) => stepOf(step, does)),
    hidden: typeof draft.hidden === 'string' ? joinLines(draft.hidden) : draft.hidden,
    consequence: joinLines(draft.consequence),
    fix: joinLines(draft.fix),
  }));
}

/** Step ids separated by blanks, as an order: `order('b1 a1 b2')`. */
export function order(steps: string): Order {
  return steps.split(' ');
}

/** A step belongs to the actor whose letter its id begins with. */
function stepOf(id: string, does: string): Step {
  return { id, actor: id.charAt(0).toUpperCase(), does: joinLines(does) };
}

function joinLines(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
