/**
 * What one entry of the hazard catalogue is: a race or a defect of a posted series, or of the kernel under it, told
 * so that it can be replayed. Follows SEMANTICS section B. Left out on purpose: which scenario shows an entry and how
 * a run is watched for it; those belong to the scenarios and to the detectors.
 */

/** The kinds of hazard, in the order in which a table lists them. SEMANTICS B; an entry has one or more. */
export const KINDS = ['race', 'memory', 'logic', 'security', 'api', 'design'] as const;
export type Kind = (typeof KINDS)[number];

/** The families in catalogue order; SEMANTICS B1 to B8. `letter` opens the ids, `about` completes "hazards of …". */
export const FAMILIES = [
  { name: 'next_syscall_data', letter: 'N', source: 'SEMANTICS B1', about: 'the control file and the value it arms' },
  { name: 'pids', letter: 'P', source: 'SEMANTICS B2', about: 'choosing the pid of a child' },
  { name: 'ipc_ids', letter: 'I', source: 'SEMANTICS B3', about: 'choosing ids and history of System V IPC objects' },
  { name: 'descriptors', letter: 'F', source: 'SEMANTICS B4', about: 'choosing the number that open() returns' },
  { name: 'semundo', letter: 'S', source: 'SEMANTICS B5', about: 'reading and writing /proc/<pid>/semundo' },
  { name: 'procsig', letter: 'G', source: 'SEMANTICS B6', about: 'reading and writing the files in /proc/<pid>/sig/' },
  { name: 'mqueue', letter: 'M', source: 'SEMANTICS B7', about: 'POSIX message queues in ipc namespaces' },
  { name: 'base', letter: 'K', source: 'SEMANTICS B8', about: 'the kernel below the series, without any of them' },
] as const;
export type Family = (typeof FAMILIES)[number]['name'];

/** One atomic step of one actor; `does` completes "the actor …". The id is that of SEMANTICS B where there is one. */
export type Step = { readonly id: string; readonly actor: string; readonly does: string };

/** Step ids in the order in which they run; a step that is not named does not run. */
export type Order = readonly string[];

export type Entry = {
  /** Family letter and number, such as N1. */
  readonly id: string;
  readonly name: string;
  readonly family: Family;
  readonly kind: readonly Kind[];
  /** The code, file or call in which the hazard lies. */
  readonly where: string;
  /** Who takes part, by the capital letter that their steps begin with; a hazard of one actor names one. */
  readonly actors: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** The order that shows the hazard, or several orders when there are several ways to see it. */
  readonly exposing: Order | readonly Order[];
  /** The control: orders in which nothing goes wrong, or a sentence where no order of these steps is one. */
  readonly hidden: Order | readonly Order[] | string;
  /** One sentence: what becomes visible, with its numbers and errnos. */
  readonly consequence: string;
  readonly fix: string;
  readonly seeAlso?: readonly string[];
  /** The entry this one is another name of: fixing either fixes both. */
  readonly aliasOf?: string;
  /** The section that the entry follows. */
  readonly source: string;
};

/** All orders of `exposing` or `hidden` as a list; none when the control is a sentence. */
export function ordersOf(field: Entry['exposing'] | Entry['hidden']): readonly Order[] {
  if (typeof field === 'string') return [];
  const isOne = (orders: Order | readonly Order[]): orders is Order => typeof orders[0] === 'string';
  return isOne(field) ? [field] : field;
}
