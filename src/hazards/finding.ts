/** What a detector has to say: which hazard became certain, at which step, and why. DESIGN "The trace". */

/** One of the accesses or calls whose order matters. */
export interface Access {
  /** The task, as traces name it: its program and number. */
  readonly task: string;
  readonly call: string;
  /** Its number in the run, from 1, where whoever reports it knows it. */
  readonly step?: number;
  readonly what: string;
}

export interface Finding {
  /** Id in the catalogue. */
  readonly id: string;
  readonly name: string;
  /** The task that suffers it. */
  readonly task: string;
  /** Where it became certain; the step is filled in by whoever counts steps. */
  readonly at: { readonly step: number; readonly call: string };
  readonly accesses: readonly Access[];
  readonly intended: string;
  readonly happened: string;
  /** One line. */
  readonly fix: string;
}

/** The note in which a monitor says that a hazard became certain at this step. */
export interface HazardNote {
  readonly type: 'hazard';
  readonly finding: Finding;
}

/** Whether a note of a step reports a hazard. */
export const isHazard = (note: { readonly type: string }): note is HazardNote => note.type === 'hazard';
