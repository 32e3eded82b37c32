/**
 * Who creates whom. A session is had by being born in it, so the parent that a task has in the image is not always who forks it:
 *
 * - a child in the session that its parent left by setsid is forked before that setsid; a task that leads its own session is born in
 *   whatever session its own children need (setsid(2), SEMANTICS C6);
 * - for a session whose leader is dead a helper with the leader's pid is forked, which makes the session and then the orphan, by
 *   CLONE_PARENT: a child of the helper's parent (clone(2), SEMANTICS C3 step 21). So an orphan can be had below any task, and
 *   nobody has to adopt it;
 * - where the leader lives, or is a zombie of the image, it makes the task itself: by CLONE_PARENT if they have the same parent;
 *   if the parent is init, as a child of something that dies.
 *
 * Left out on purpose: a task whose parent adopted it as a subreaper from a living session further down. SEMANTICS D has no
 * subreapers for 2.6.26, and nothing else can bring it there.
 */

import type { Image, Task } from '../image/index.ts';
import type { Foresight } from './foresight.ts';
import { Member } from './member.ts';

export interface Lineage {
  readonly init: Member;
  /** In the order of creation: creators before those they create. */
  readonly members: readonly Member[];
  readonly byPid: ReadonlyMap<number, Member>;
}

/** The session of pid 1, which everybody is in who has none that can be named. */
const INIT = 1;

/** Session numbers as they can be had here: a session without a number in its namespace becomes that of init. */
const sessionOf = (task: Task): number => (task.sid === 0 ? INIT : task.sid);

/** Decides who creates each task, with which helpers. */
export function traceLineage(image: Image, foresight: Foresight): Lineage {
  const tasks = new Map(image.tasks.map((task) => [task.pid, task]));
  const root = tasks.get(INIT)?.ppid === 0 ? tasks.get(INIT)! : null;
  const init = new Member(INIT, 'init', root);
  const byPid = new Map(
    image.tasks.map((task) => [task.pid, task === root ? init : new Member(task.pid, 'task', task)]),
  );
  const family = new Family(image, init, byPid);
  const births = birthSessions(family);
  const foreign: Foreigner[] = [];
  for (const member of family.order) {
    for (const child of family.childrenOf(member)) {
      const session = births.get(child)!;
      if (session === null || session === family.sessionOf(member)) adopt(member, child, 'after');
      else if (member.makesSession && session === births.get(member)) adopt(member, child, 'before');
      else foreign.push({ member: child, parent: member, session });
    }
  }
  placeForeigners(foreign, family, new FreeNumbers(image), foresight);
  return { init, members: inOrderOfCreation(init, byPid, foresight), byPid };
}

/** A task in a session that its parent can never give it. */
interface Foreigner {
  readonly member: Member;
  readonly parent: Member;
  readonly session: number;
}

function adopt(creator: Member, child: Member, when: 'before' | 'after', asSibling = false): void {
  child.creator = creator;
  child.asSibling = asSibling;
  child.bornBefore = when === 'before';
  creator[when].push(child);
}

/** The tree of the image, by members. */
class Family {
  readonly init: Member;
  readonly byPid: ReadonlyMap<number, Member>;
  /** Parents before children. */
  readonly order: readonly Member[];
  readonly #children = new Map<Member, Member[]>();

  constructor(image: Image, init: Member, byPid: ReadonlyMap<number, Member>) {
    this.init = init;
    this.byPid = byPid;
    for (const { pid } of image.tasks) {
      const member = byPid.get(pid)!;
      if (member === init) continue;
      const parent = this.parentOf(member);
      if (member.task!.state !== 'running') parent.watched.push(member);
      const siblings = this.#children.get(parent);
      if (siblings === undefined) this.#children.set(parent, [member]);
      else siblings.push(member);
    }
    this.order = walk(init, (member) => this.childrenOf(member));
  }

  childrenOf(member: Member): readonly Member[] {
    return this.#children.get(member) ?? [];
  }

  /** The parent in the end; init for whoever's parent is not in the image. */
  parentOf(member: Member): Member {
    return (member.task === null ? undefined : this.byPid.get(member.task.ppid)) ?? this.init;
  }

  /** The session that a member is in once it has made its own. */
  sessionOf(member: Member): number {
    return member.role === 'init' ? INIT : sessionOf(member.task!);
  }
}

/** Everybody below `top`, each before what is below it, in the order of `children`. */
function walk(top: Member, children: (member: Member) => readonly Member[]): Member[] {
  const order: Member[] = [];
  const open = [top];
  for (let member = open.pop(); member !== undefined; member = open.pop()) {
    order.push(member);
    open.push(...children(member).toReversed());
  }
  return order;
}

/** The session that each task has to be born in; null where it makes its own and nobody cares. */
function birthSessions(family: Family): ReadonlyMap<Member, number | null> {
  const births = new Map<Member, number | null>();
  for (const member of family.order.toReversed()) {
    births.set(member, member.makesSession ? neededBelow(member, family, births) : family.sessionOf(member));
  }
  return births;
}

/** The session that a leader's children need from before its setsid. Of several, the one that nothing else can give. */
function neededBelow(leader: Member, family: Family, births: ReadonlyMap<Member, number | null>): number | null {
  const own = family.sessionOf(leader);
  const needed = new Set(family.childrenOf(leader).map((child) => births.get(child)!));
  needed.delete(own);
  const sessions = [...needed].filter((session) => session !== null);
  const ofParent = family.sessionOf(family.parentOf(leader));
  return (
    sessions.find((session) => session === ofParent) ??
    sessions.find((session) => family.byPid.has(session)) ??
    sessions[0] ??
    null
  );
}

function placeForeigners(
  foreigners: readonly Foreigner[],
  family: Family,
  free: FreeNumbers,
  foresight: Foresight,
): void {
  const sessions = Map.groupBy(foreigners, ({ session }) => session);
  for (const [session, members] of sessions) {
    const leader = family.byPid.get(session);
    if (leader === undefined) bringBackLeader(session, members, family, foresight);
    else for (const foreigner of members) bornOf(leader, foreigner, family, free, foresight);
  }
}

/** Has a leader of the image make a task of its session that is not its child in the end. */
function bornOf(
  leader: Member,
  { member, parent }: Foreigner,
  family: Family,
  free: FreeNumbers,
  foresight: Foresight,
) {
  if (parent === family.parentOf(leader)) adopt(leader, member, 'after', true);
  else if (parent !== family.init) unreachable(member, parent, foresight);
  else if (leader.task?.state === 'zombie') adopt(leader, member, 'after');
  else {
    const courier = new Member(free.take(), 'courier', null);
    adopt(leader, courier, 'after');
    adopt(courier, member, 'after');
  }
}

/** Forks a helper with the pid of a dead leader below the parent of the orphans, and has it make them. */
function bringBackLeader(session: number, orphans: readonly Foreigner[], family: Family, foresight: Foresight): void {
  const place = orphans.find(({ parent }) => parent !== family.init)?.parent ?? family.init;
  const leader = new Member(session, 'leader', null);
  adopt(place, leader, 'after');
  for (const { member, parent } of orphans) {
    if (parent === place) adopt(leader, member, 'after', true);
    else if (parent === family.init) adopt(leader, member, 'after');
    else unreachable(member, parent, foresight);
  }
}

function unreachable(member: Member, parent: Member, foresight: Foresight): void {
  const { sid } = member.task!;
  foresight.obstacle(`a task of session ${sid} cannot be made a child of task ${parent.number}`, [member.number]);
}

/** Numbers that nothing in an image has. */
class FreeNumbers {
  readonly #taken: Set<number>;
  #next = 300;

  constructor(image: Image) {
    this.#taken = new Set(
      image.tasks.flatMap((task) => [
        task.pid,
        task.pgid,
        task.sid,
        ...(task.state === 'zombie' ? [] : task.threads.map(({ tid }) => tid)),
      ]),
    );
  }

  take(): number {
    while (this.#taken.has(this.#next)) this.#next++;
    return this.#next++;
  }
}

function inOrderOfCreation(init: Member, byPid: ReadonlyMap<number, Member>, foresight: Foresight): readonly Member[] {
  const members = walk(init, (member) => member.children);
  for (const [order, member] of members.entries()) {
    member.order = order;
    member.depth = member.creator === null ? 0 : member.creator.depth + 1;
  }
  for (const member of byPid.values()) {
    if (member.creator !== null && member.order === -1) {
      foresight.obstacle('tasks that would have to create each other', [member.number]);
    }
  }
  return members;
}
