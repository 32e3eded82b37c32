/**
 * The program of one member of a restore: what it does from its birth to the state that the image gives it.
 *
 * In two parts. Before the gate it takes its place: it opens what it shares with those it creates, creates them, makes its session and
 * group, takes its own descriptors and attachments, and says that it is there. Everybody then waits at the gate, which init opens when
 * all have said so. Behind it a task joins a group that somebody else had to make first, takes its credentials and signals, and stays
 * where the image has it: running tasks pause, stopped ones stop. Helpers and zombies end as soon as nothing needs them.
 */

import { type Birth, descriptorsOf, type PlanContext } from './context.ts';
import { die } from './death.ts';
import type { DescriptorTable } from './descriptor-table.ts';
import { makeGroup } from './group-script.ts';
import { ImageDescriptors } from './image-descriptors.ts';
import { IpcObjects } from './ipc-objects.ts';
import { attach, changeSemaphores } from './ipc-shares.ts';
import type { Member, Opening } from './member.ts';
import { ArmedNumbers } from './numbers.ts';
import { GATE, hears, OPENER, OwnDescriptors, tells } from './own-descriptors.ts';
import { prepareFiles } from './prepared-files.ts';
import { Script } from './script.ts';
import { makeSettings, type Settings } from './settings.ts';
import { settle, settleZombie } from './settling.ts';
import { any, either, name, none, number, text } from './syntax.ts';
import { setSysctls } from './sysctls.ts';

const TOKEN = text('.');
const ONE = number(1);
const SIBLING = either([name('CLONE_PARENT'), name('SIGCHLD')]);
const THREAD = either(
  ['CLONE_VM', 'CLONE_FS', 'CLONE_FILES', 'CLONE_SIGHAND', 'CLONE_THREAD', 'CLONE_SYSVSEM'].map(name),
);
const DEAD_AND_KEPT = either([name('WEXITED'), name('WNOWAIT')]);
const STOPPED_AND_KEPT = either([name('WSTOPPED'), name('WNOWAIT')]);

/** Descriptors that a task may need above the image's: the control file, pipes, and what has to make room. */
export const ROOM = 16;

export class TaskScript {
  readonly script = new Script();
  /** What those that it creates are born with. */
  readonly births = new Map<Member, Birth>();
  readonly #context: PlanContext;
  readonly #member: Member;
  readonly #table: DescriptorTable;
  readonly #own: OwnDescriptors;
  readonly #numbers: ArmedNumbers;
  readonly #files: ImageDescriptors;
  readonly #lent: ReadonlySet<number>;
  #settings: Settings;

  constructor(context: PlanContext, member: Member, { table, settings }: Birth) {
    this.#context = context;
    this.#member = member;
    this.#table = table;
    this.#settings = settings;
    this.#own = new OwnDescriptors(this.script, table, context.base);
    this.#numbers = new ArmedNumbers(this.script, this.#own);
    this.#files = new ImageDescriptors(this.script, table, this.#numbers, context.base, context.homes);
    this.#lent = new Set(member.children.flatMap((child) => [...child.carries]));
  }

  /** Writes all of it. */
  write(): void {
    const { role } = this.#member;
    if (role === 'init') this.#openTheWorld();
    else this.#closeCreators();
    this.#equip();
    if (role === 'init') this.#makeObjects();
    this.#create();
    if (role === 'leader' || role === 'courier') this.#leave(0);
    else this.#takePlace();
  }

  get #wanted() {
    return descriptorsOf(this.#context, this.#member);
  }

  get #threads() {
    const { task } = this.#member;
    return task === null || task.state === 'zombie' ? [] : task.threads.slice(1);
  }

  // --- before those it creates ---

  #openTheWorld(): void {
    const { image, sysctls } = this.#context;
    const lowest = this.#table.lowestFree();
    prepareFiles(this.script, image, lowest);
    setSysctls(this.script, sysctls, lowest);
  }

  /** Closes what is its creator's alone. */
  #closeCreators(): void {
    const { depth, leavesEarly, children } = this.#member;
    if (leavesEarly && children.length === 0) return; // its end closes them as well
    this.#numbers.end();
    this.#own.close(hears(depth - 1), tells(depth - 2), OPENER);
  }

  /** Opens what it needs to create others, and makes what they inherit. */
  #equip(): void {
    const { children, groupStep, opens, task, depth, role } = this.#member;
    const chooses =
      children.length > 0 ||
      this.#threads.length > 0 ||
      groupStep.kind === 'refound' ||
      opens.some(({ kind }) => kind === 'file') ||
      (role === 'init' && this.#context.image.ipc !== undefined);
    if (chooses) this.#numbers.begin();
    if (task !== null) this.#settings = makeSettings(this.script, task, this.#settings, this.#context.base + ROOM);
    if (this.#lent.size > 0) {
      const shared = opens.filter((opening) => this.#isLent(opening));
      this.#files.take(this.#wanted, shared, this.#lent);
    }
    if (role === 'init') {
      this.script.say('everybody waits at the gate until all are there');
      this.#own.pipe(GATE, OPENER);
    }
    if (this.#expected > 0) this.#own.pipe(hears(depth), tells(depth));
  }

  #makeObjects(): void {
    const { image, clerks } = this.#context;
    if (image.ipc === undefined) return;
    new IpcObjects(this.script, this.#numbers, image.ipc).make();
    for (const clerk of clerks) {
      this.#fork(clerk);
      this.#reap(clerk.number);
    }
  }

  // --- those it creates ---

  #create(): void {
    const { before, after, makesSession, number: pid, groupStep } = this.#member;
    for (const child of before) this.#createOne(child);
    if (makesSession) this.script.call('setsid', [], { expect: pid });
    makeGroup(this.script, this.#numbers, groupStep);
    for (const child of after) this.#createOne(child);
    for (const { tid } of this.#threads) {
      this.#numbers.clone(tid, this.#context.threadNames.get(tid)!, THREAD);
      if (this.#context.mode === 'sequential') this.#hear(1);
    }
    if (this.#context.mode === 'parallel') {
      this.#hear(this.#expected);
      for (const child of this.#member.children) if (child.isHelper) this.#reap(child.number);
    }
  }

  #createOne(child: Member): void {
    this.#fork(child);
    if (this.#context.mode === 'parallel') return;
    if (child.tells) this.#hear(1);
    else if (child.isHelper) this.#reap(child.number);
  }

  #fork(child: Member): void {
    const program = this.#context.names.get(child)!;
    if (child.asSibling) this.#numbers.clone(child.number, program, SIBLING);
    else this.#numbers.fork(child.number, program);
    this.births.set(child, { table: this.#table.copy(), settings: this.#settings });
  }

  /** How many will say that they are there. */
  get #expected(): number {
    return this.#member.children.filter((child) => child.tells).length + this.#threads.length;
  }

  #hear(count: number): void {
    if (count === 0) return;
    const read = (script: Script) =>
      script.call('read', [name(hears(this.#member.depth)), any, ONE], { expect: 1 });
    if (count === 1) read(this.script);
    else this.script.repeat(count, read);
  }

  #reap(pid: number): void {
    this.script.call('wait4', [number(pid), none, number(0), none], { expect: pid });
  }

  // --- its own place ---

  #takePlace(): void {
    const { depth, leavesEarly, number: pid, role, watched, task, opens } = this.#member;
    if (role !== 'init' && leavesEarly) {
      changeSemaphores(this.script, this.#context, pid);
      if (task?.state === 'zombie') settleZombie(this.script, task);
      this.#leave(task?.state === 'zombie' ? task.status : 0);
      return;
    }
    const unshared = opens.filter((opening) => !this.#isLent(opening));
    this.#files.take(this.#wanted, unshared, NOTHING);
    attach(this.script, this.#context, pid);
    changeSemaphores(this.script, this.#context, pid);
    for (const { number: zombie, leavesEarly: early } of watched) if (early) this.#watch(zombie, DEAD_AND_KEPT);
    this.#own.close(hears(depth), tells(depth));
    if (role === 'init') this.#openGate();
    else this.#passGate();
    for (const other of watched) {
      if (!other.leavesEarly) {
        this.#watch(other.number, other.task!.state === 'zombie' ? DEAD_AND_KEPT : STOPPED_AND_KEPT);
      }
    }
    settle(this.script, this.#context, this.#member, this.#settings);
  }

  #isLent(opening: Opening): boolean {
    const files = opening.kind === 'file' ? [opening.file] : opening.ends;
    return files.some(({ id }) => this.#lent.has(id));
  }

  #openGate(): void {
    const { ipc } = this.#context.image;
    if (ipc !== undefined) new IpcObjects(this.script, this.#numbers, ipc).finish();
    this.#numbers.end();
    this.script.say('all are there');
    this.#own.close(OPENER, GATE);
  }

  #passGate(): void {
    const { depth } = this.#member;
    this.#numbers.end();
    this.script.call('write', [name(tells(depth - 1)), TOKEN, ONE], { expect: 1 });
    this.#own.close(tells(depth - 1));
    this.script.call('read', [name(GATE), any, ONE]);
    this.#own.close(GATE);
  }

  /** Waits until a child is in the state that it has in the image, and leaves it so. */
  #watch(pid: number, state: typeof DEAD_AND_KEPT): void {
    this.script.call('waitid', [name('P_PID'), number(pid), none, state, none]);
  }

  #leave(status: number): void {
    die(this.script, status);
  }
}

const NOTHING: ReadonlySet<number> = new Set();
