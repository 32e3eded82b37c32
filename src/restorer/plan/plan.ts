/**
 * The planner: a compiler from an image to programs, one for each task and thread, that restore it by ordinary system calls of the
 * tasks themselves. DESIGN, "Programs are data" and "Restore"; docs/restoring.md says what happens in which order and why.
 *
 * It decides first who creates whom (lineage.ts), who comes into which group when (groups.ts) and who opens what (sites.ts); what cannot
 * be had is said before anything starts (foresight.ts, obstacles.ts, losses.ts). Programs are written when they are asked for, each
 * after its creator's, so a tree of any size is planned in little memory.
 *
 * Left out on purpose: what images leave out, undo lists and POSIX queues, tasks that share a descriptor table without being threads.
 */

import type { InitialFile } from '../../kernel-sim/fs/file-system.ts';
import type { Profile } from '../../kernel-sim/profile.ts';
import type { Image, LiveTask } from '../image/index.ts';
import type { Birth, Mode, PlanContext } from './context.ts';
import { capabilitiesOf } from './credentials.ts';
import { DescriptorTable } from './descriptor-table.ts';
import { type Foreseen, Foresight } from './foresight.ts';
import { GONE } from './group-script.ts';
import { planGroups } from './groups.ts';
import { planShares } from './ipc-plan.ts';
import { traceLineage } from './lineage.ts';
import { foreseeLosses } from './losses.ts';
import { threadVariables } from './meeting.ts';
import type { Member } from './member.ts';
import { aboutMember, programNames } from './names.ts';
import { foreseeFreezer, foreseeObstacles, foreseeSignalFiles } from './obstacles.ts';
import { STANDARD } from './own-descriptors.ts';
import { type PlannedProgram, Script } from './script.ts';
import type { SignalInterface } from './signals-by-file.ts';
import { coordinatorNumber, needsRecords, writeCoordinator } from './signals-by-freezer.ts';
import { planSites } from './sites.ts';
import { number } from './syntax.ts';
import { planSysctls } from './sysctls.ts';
import { TaskScript } from './task-script.ts';
import { writeThread } from './thread-script.ts';
import { planWaiting } from './waiting.ts';
import { worldOf } from './world.ts';

/** The way in which numbers are chosen. */
export type Interface = 'next_syscall_data';

export interface PlanOptions {
  /** The kernel that will run the plan, with the fixes it has. */
  readonly profile: Profile;
  readonly mode?: Mode;
  readonly interface?: Interface;
  /** How signal state is brought back; by sending it to oneself when nothing is said. */
  readonly signals?: SignalInterface;
  /** Programs outside the plan that signal handlers of the image may name. */
  readonly handlers?: ReadonlySet<string>;
}

export interface Plan {
  /** What is known to stand in the way: with any of these the restore is not worth starting. */
  readonly obstacles: readonly Foreseen[];
  /** What the restore will not bring back. */
  readonly losses: readonly Foreseen[];
  /** Files and directories that the plan takes for granted. */
  readonly world: readonly InitialFile[];
  /** The names of all programs; `init` is the first, and creators come before those they create. */
  readonly names: readonly string[];
  /** The program of that name, written now if it was not before; undefined for a name that is none. */
  program(name: string): PlannedProgram | undefined;
}

/** Plans the restore of an image that `checkImage` finds nothing wrong with. */
export function planImage(image: Image, options: PlanOptions): Plan {
  const { profile, mode = 'sequential', signals = 'sending', handlers = new Set() } = options;
  const foresight = new Foresight();
  const { members, byPid } = traceLineage(image, foresight);
  planGroups(members, byPid, foresight);
  planWaiting(members, mode);
  const tables = planSites(image, members, foresight);
  const { names, threadNames } = programNames(members);
  const shares = planShares(image, byPid, foresight);
  for (const clerk of shares.clerks) names.set(clerk, `clerk_${clerk.number}`);
  const helpers = [...members.filter(({ isHelper }) => isHelper), ...shares.clerks].map((member) => member.number);
  const coordinator = signals === 'freezer' && needsRecords(image) ? coordinatorNumber(image, helpers) : null;
  if (coordinator !== null) helpers.push(coordinator);
  const base = Math.max(2, ...image.descriptorTables.map(highestOf)) + 1;
  const context: PlanContext = {
    image,
    mode,
    tables,
    base,
    homes: homesOf(tables),
    names,
    threadNames,
    signals,
    kernel: { fixed: (id) => profile.fixes.has(id), profile },
    coordinator: coordinator === null ? null : { number: coordinator, program: `coordinator_${coordinator}` },
    handlers,
    capabilities: capabilitiesOf(profile.base),
    hasGate: members.some(({ waits }) => waits),
    hasSubreapers: profile.base === '6.x',
    sysctls: planSysctls(image, profile, highestNumber(image, helpers), foresight),
    ...shares,
  };
  foreseeObstacles(image, helpers, members, profile, base, foresight);
  if (signals === 'procsig') foreseeSignalFiles(image, profile, foresight);
  if (signals === 'freezer') foreseeFreezer(profile, foresight);
  foreseeLosses(image, context, profile, foresight);
  return new WrittenOnDemand(context, members, foresight);
}

const highestOf = ({ descriptors }: Image['descriptorTables'][number]): number =>
  descriptors.reduce((highest, { fd }) => Math.max(highest, fd), 0);

function highestNumber(image: Image, helpers: readonly number[]): number {
  let highest = helpers.reduce((most, pid) => Math.max(most, pid), 0);
  for (const task of image.tasks) {
    highest = Math.max(highest, task.pid, task.pgid, task.sid);
    if (task.state !== 'zombie') for (const { tid } of task.threads) highest = Math.max(highest, tid);
  }
  return highest;
}

function homesOf(tables: PlanContext['tables']): Map<number, number> {
  const homes = new Map<number, number>();
  for (const descriptors of tables.values()) {
    for (const { file, fd } of descriptors) if (!homes.has(file)) homes.set(file, fd);
  }
  return homes;
}

class WrittenOnDemand implements Plan {
  readonly obstacles: readonly Foreseen[];
  readonly losses: readonly Foreseen[];
  readonly world: readonly InitialFile[];
  readonly names: readonly string[];
  readonly #context: PlanContext;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #threads = new Map<string, { leader: Member; index: number }>();
  /** What members are born with whose creator has been written and who have not. */
  readonly #births = new Map<Member, Birth>();

  constructor(context: PlanContext, members: readonly Member[], { obstacles, losses }: Foresight) {
    this.#context = context;
    this.obstacles = obstacles;
    this.losses = losses;
    this.world = worldOf(context.image);
    const { names, threadNames, clerks } = context;
    const [init, ...others] = members;
    this.#members = new Map([init!, ...clerks, ...others].map((member) => [names.get(member)!, member]));
    for (const leader of members) {
      if (leader.task === null || leader.task.state === 'zombie') continue;
      for (const [index, { tid }] of leader.task.threads.entries()) {
        if (index > 0) this.#threads.set(threadNames.get(tid)!, { leader, index });
      }
    }
    const usesGone = members.some(({ groupStep }) => groupStep.kind === 'refound');
    const { coordinator } = context;
    this.names = [
      ...this.#members.keys(),
      ...this.#threads.keys(),
      ...(usesGone ? [GONE] : []),
      ...(coordinator === null ? [] : [coordinator.program]),
    ];
  }

  program(name: string): PlannedProgram | undefined {
    const member = this.#members.get(name);
    if (member !== undefined) return this.#write(member, name);
    const thread = this.#threads.get(name);
    if (thread !== undefined) return this.#writeThread(thread, name);
    const { coordinator, image } = this.#context;
    if (name === coordinator?.program) {
      return writeCoordinator(image).finish(name, 'restores the signals of all while they are frozen');
    }
    if (name !== GONE) return undefined;
    const script = new Script();
    return script.call('exit_group', [number(0)], { expect: 'anything' }).finish(GONE, 'gives its number and is gone');
  }

  #writeThread({ leader, index }: { leader: Member; index: number }, name: string): PlannedProgram {
    const task = leader.task as LiveTask;
    const thread = task.threads[index]!;
    const variables = threadVariables(leader.depth);
    return writeThread(this.#context, task, thread, leader.depth).finish(
      name,
      `thread ${thread.tid} of task ${task.pid}`,
      variables,
    );
  }

  #write(member: Member, name: string): PlannedProgram {
    const script = new TaskScript(this.#context, member, this.#birthOf(member));
    script.write();
    this.#births.delete(member);
    for (const [child, birth] of script.births) this.#births.set(child, birth);
    return script.script.finish(name, aboutMember(member), script.variables);
  }

  /** What a member is born with, which writing its creator tells. */
  #birthOf(member: Member): Birth {
    const unwritten: Member[] = [];
    for (let at = member; at.creator !== null && !this.#births.has(at); at = at.creator) unwritten.push(at.creator);
    for (const creator of unwritten.reverse()) this.#write(creator, this.#context.names.get(creator)!);
    const { depth } = member;
    const streams = depth === 0 ? STANDARD.map((stream) => [stream, Number(stream)] as const) : [];
    return this.#births.get(member) ?? { table: new DescriptorTable([], streams), settings: { limits: {} } };
  }
}
