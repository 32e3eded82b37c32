/**
 * What can be said of a restore before it starts: what stands in its way, and what it will lose. DESIGN, "Restore".
 */

/** Something that a restore will not bring back, or cannot get past. */
export interface Foreseen {
  /** The catalogued defect behind it, such as P3; null where it is no defect but a limit of the interface or of the image. */
  readonly hazard: string | null;
  /** One sentence for people, without a full stop. */
  readonly message: string;
  /** The pids concerned, ascending; empty when it is about no task. */
  readonly tasks: readonly number[];
}

/** Collects what is foreseen; things that are said of many tasks in the same words become one. */
export class Foresight {
  readonly #obstacles = new Map<string, { hazard: string | null; tasks: Set<number> }>();
  readonly #losses = new Map<string, { hazard: string | null; tasks: Set<number> }>();

  /** The restore cannot succeed. */
  obstacle(message: string, tasks: Iterable<number> = [], hazard: string | null = null): void {
    collect(this.#obstacles, message, tasks, hazard);
  }

  /** The restore succeeds without something. */
  loss(message: string, tasks: Iterable<number> = [], hazard: string | null = null): void {
    collect(this.#losses, message, tasks, hazard);
  }

  get obstacles(): Foreseen[] {
    return listed(this.#obstacles);
  }

  get losses(): Foreseen[] {
    return listed(this.#losses);
  }
}

type Collected = Map<string, { hazard: string | null; tasks: Set<number> }>;

function collect(into: Collected, message: string, tasks: Iterable<number>, hazard: string | null): void {
  let entry = into.get(message);
  if (entry === undefined) {
    entry = { hazard, tasks: new Set() };
    into.set(message, entry);
  }
  for (const pid of tasks) entry.tasks.add(pid);
}

const listed = (collected: Collected): Foreseen[] =>
  [...collected].map(([message, { hazard, tasks }]) => ({ hazard, message, tasks: [...tasks].sort((a, b) => a - b) }));
