/**
 * Vector clocks (Lamport, Mattern): for each actor, how many of its steps come before a moment in every order. A clock is a value;
 * joining one that is known already costs nothing, which is told by its newest step (the epochs of FastTrack).
 */

export interface VectorClock {
  /** Whose moment it is, by number, and how many steps it has made. */
  readonly actor: number;
  readonly count: number;
  /** By actor: the steps of others that come before. */
  readonly others: Int32Array;
}

/** The clock of an actor that has not stepped, among so many actors. */
export const startOf = (actor: number, actors: number): VectorClock => ({
  actor,
  count: 0,
  others: new Int32Array(actors),
});

/** The clock one step of its own later. */
export const ticked = ({ actor, count, others }: VectorClock): VectorClock => ({ actor, count: count + 1, others });

/** How many steps of an actor come before. */
export const knownOf = (clock: VectorClock, actor: number): number =>
  actor === clock.actor ? clock.count : (clock.others[actor] as number);

/** The clock when what another clock stands for comes before as well. */
export function joined(clock: VectorClock, other: VectorClock): VectorClock {
  if (knownOf(clock, other.actor) >= other.count) return clock;
  const others = clock.others.slice();
  for (let i = 0; i < others.length; i++) others[i] = Math.max(others[i] as number, other.others[i] as number);
  others[other.actor] = Math.max(others[other.actor] as number, other.count);
  return { ...clock, others };
}
