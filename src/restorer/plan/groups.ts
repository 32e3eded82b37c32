/**
 * How each task comes into its process group; setpgid(2), SEMANTICS C6.
 *
 * A group exists as long as somebody is in it, and only its number's owner can make it. So a task that leads its group makes it at
 * once, whom it forks later is born in it, and all others join when everybody is there. For the group of a dead leader the first of
 * its members forks a child with the leader's pid, puts the child and then itself into the group, and reaps the child.
 */

import type { Task } from '../image/index.ts';
import type { Foresight } from './foresight.ts';
import type { GroupStep, Member } from './member.ts';

/** Decides the group step of every member; `members` are in the order of creation. */
export function planGroups(members: readonly Member[], byPid: ReadonlyMap<number, Member>, foresight: Foresight): void {
  const groups = new Groups(byPid, foresight);
  for (const member of members) groups.place(member);
  groups.check(members);
}

class Groups {
  readonly #byPid: ReadonlyMap<number, Member>;
  readonly #foresight: Foresight;
  /** Groups of dead leaders that somebody has made again. */
  readonly #founded = new Set<number>();

  constructor(byPid: ReadonlyMap<number, Member>, foresight: Foresight) {
    this.#byPid = byPid;
    this.#foresight = foresight;
  }

  place(member: Member): void {
    const { creator } = member;
    member.groupAtBirth = creator === null ? 1 : member.bornBefore ? creator.groupAtBirth : creator.group;
    if (member.makesSession) {
      member.group = member.number;
      if (member.role === 'leader') this.#founded.add(member.number);
      return;
    }
    member.groupStep = member.task === null ? { kind: 'born' } : this.#step(member, member.task);
    const { kind } = member.groupStep;
    if (kind === 'found') member.group = member.number;
    else member.group = kind === 'refound' ? member.groupStep.group : member.groupAtBirth;
  }

  #step(member: Member, { pid, pgid }: Task): GroupStep {
    if (pgid === 0 || pgid === member.groupAtBirth) return { kind: 'born' };
    if (pgid === pid) return { kind: 'found' };
    const owner = this.#byPid.get(pgid)?.task;
    if (owner?.pgid === pgid) return { kind: 'join', group: pgid };
    if (owner != null) {
      // Only its number's owner can make a group, and this one would have to leave it again after the others have come.
      this.#foresight.loss(`group ${pgid}, whose leader is in another group by now`, [pid]);
      return { kind: 'born' };
    }
    if (this.#founded.has(pgid)) return { kind: 'join', group: pgid };
    this.#founded.add(pgid);
    return { kind: 'refound', group: pgid };
  }

  /** A group that was made again is there to be joined only if one who was in it from the start stays in it. */
  check(members: readonly Member[]): void {
    const kept = new Set(members.filter(({ task, group }) => task?.pgid === group).map(({ group }) => group));
    for (const member of members) {
      const { groupStep } = member;
      if (groupStep.kind !== 'join' || kept.has(groupStep.group)) continue;
      this.#foresight.loss(`group ${groupStep.group}, which nobody holds until the others come`, [member.number]);
      member.groupStep = { kind: 'born' };
    }
  }
}
