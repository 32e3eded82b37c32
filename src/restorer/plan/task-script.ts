/**
 * The program of one member of a restore: what it does from its birth to the state that the image gives it.
 *
 * It opens what it shares with those it creates, creates them, makes its session and group, takes its own descriptors, attachments,
 * credentials and signals, says that it is there, and stays where the image has it: running tasks pause, stopped ones stop. Helpers and
 * zombies end as soon as nothing needs them. What has to wait until everybody is there (Member.waits) is behind a gate, which init
 * opens when all have said that they are.
 */

import { type Birth, descriptorsOf, type PlanContext } from './context.ts';
import { die } from './death.ts';
import type { DescriptorTable } from './descriptor-table.ts';
import { makeGroup } from './group-script.ts';
import { ImageDescriptors } from './image-descriptors.ts';
import { IpcObjects, SEGMENT } from './ipc-objects.ts';
import { attach, changeSemaphores } from './ipc-shares.ts';
import type { Member, Opening } from './member.ts';
import { ArmedNumbers } from './numbers.ts';
import { GATE, hears, OPENER, OwnDescriptors, STANDARD, tells } from './own-descriptors.ts';
import { Script } from './script.ts';
import { makeSettings, type Settings } from './settings.ts';
import { settle, stay } from './settling.ts';
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
    this.#takePlace();
  }

  get #wanted() {
    return descriptorsOf(this.#context, this.#member);
  }

  get #threads() {
    const { task } = this.#member;
    return task === null || task.state === 'zombie' ? [] : task.threads.slice(1);
  }

  /** The variables that it or those it creates may look at: the names of descriptors, and the address of a segment. */
  get variables(): ReadonlySet<string> {
    return this.#member.role === 'init' ? new Set([...this.#own.names, SEGMENT]) : this.#own.names;
  }

  // --- before those it creates ---

  #openTheWorld(): void {
    this.script.say('what pid 1 was started with');
    this.#own.close(...STANDARD);
    setSysctls(this.script, this.#context.sysctls, this.#table.lowestFree());
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
    if (role === 'init' && this.#context.hasGate) {
      this.script.say('some wait at the gate until all are there');
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
    const { role, leavesEarly } = this.#member;
    if (leavesEarly) return this.#leaveEarly();
    this.#occupy();
    if (role === 'init') this.#openGate();
    if (this.#member.waits) {
      this.#report();
      this.script.call('read', [name(GATE), any, ONE]);
      this.#own.close(GATE);
      this.#watchChildren(true);
    }
    settle(this.script, this.#context, this.#member, this.#settings);
    if (role !== 'init' && !this.#member.waits) this.#report();
    stay(this.script, this.#member);
  }

  /** Takes descriptors and attachments, and has nothing more to do with those it has created. */
  #occupy(): void {
    const { number: pid, opens, depth, waits } = this.#member;
    const unshared = opens.filter((opening) => !this.#isLent(opening));
    this.#files.take(this.#wanted, unshared, NOTHING);
    attach(this.script, this.#context, pid);
    changeSemaphores(this.script, this.#context, pid);
    this.#watchChildren(false);
    this.#own.close(hears(depth), tells(depth));
    if (this.#member.role === 'init') return;
    this.#numbers.end();
    if (!waits) this.#own.close(GATE);
  }

  /** Waits for the ends and stops of children, and leaves them so. */
  #watchChildren(late: boolean): void {
    for (const { number: pid, waits, task } of this.#member.watched) {
      if (waits !== late) continue;
      const state = task!.state === 'zombie' ? DEAD_AND_KEPT : STOPPED_AND_KEPT;
      this.script.call('waitid', [name('P_PID'), number(pid), none, state, none]);
    }
  }

  /** Tells its creator that it and all that it has created are there. */
  #report(): void {
    const up = tells(this.#member.depth - 1);
    this.script.call('write', [name(up), TOKEN, ONE], { expect: 1 });
    this.#own.close(up);
  }

  #openGate(): void {
    const { ipc } = this.#context.image;
    if (ipc !== undefined) new IpcObjects(this.script, this.#numbers, ipc).finish();
    this.#numbers.end();
    this.script.say('all are there');
    this.#own.close(OPENER, GATE);
    this.#watchChildren(true);
  }

  #leaveEarly(): void {
    const { number: pid, task } = this.#member;
    changeSemaphores(this.script, this.#context, pid);
    if (task?.state === 'zombie') settle(this.script, this.#context, this.#member, this.#settings);
    die(this.script, task?.state === 'zombie' ? task.status : 0);
  }

  #isLent(opening: Opening): boolean {
    const files = opening.kind === 'file' ? [opening.file] : opening.ends;
    return files.some(({ id }) => this.#lent.has(id));
  }
}

const NOTHING: ReadonlySet<number> = new Set();
