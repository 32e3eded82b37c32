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
import { Meeting } from './meeting.ts';
import type { Member, Opening } from './member.ts';
import { ArmedNumbers } from './numbers.ts';
import { OwnDescriptors, STANDARD } from './own-descriptors.ts';
import { Script } from './script.ts';
import { makeSettings, type Settings } from './settings.ts';
import { settle, stay } from './settling.ts';
import { either, name, none, number } from './syntax.ts';
import { setSysctls } from './sysctls.ts';

const SIBLING = either([name('CLONE_PARENT'), name('SIGCHLD')]);
const THREAD = either(
  ['CLONE_VM', 'CLONE_FS', 'CLONE_FILES', 'CLONE_SIGHAND', 'CLONE_THREAD', 'CLONE_SYSVSEM'].map(name),
);
/** A child whose end no signal tells of. */
const NO_SIGNAL = number(0);
const DEAD_AND_KEPT = either([name('WEXITED'), name('WNOWAIT')]);
const STOPPED_AND_KEPT = either([name('WSTOPPED'), name('WNOWAIT')]);

const NOTHING: ReadonlySet<number> = new Set();

/** Descriptors that a task may need above the image's: the control file, pipes, and what has to make room. */
const ROOM = 16;

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
  readonly #meeting: Meeting;
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
    this.#meeting = new Meeting(this.script, this.#own, member, context);
    const { children } = member;
    this.#lent = children.length === 0 ? NOTHING : new Set(children.flatMap((child) => [...child.carries]));
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
    const { leavesEarly, children } = this.#member;
    if (leavesEarly && children.length === 0) return; // its end closes them as well
    this.#numbers.end();
    this.#meeting.arrive();
  }

  /** Opens what it needs to create others, and makes what they inherit. */
  #equip(): void {
    const { children, groupStep, opens, task, role } = this.#member;
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
    this.#meeting.expect(this.#context);
  }

  #makeObjects(): void {
    const { image, clerks } = this.#context;
    if (image.ipc === undefined) return;
    new IpcObjects(this.script, this.#numbers, image.ipc).make();
    for (const clerk of clerks) {
      this.#fork(clerk);
      this.#meeting.reap(clerk.number);
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
      this.#meeting.joined();
    }
    this.#meeting.complete();
  }

  #createOne(child: Member): void {
    this.#fork(child);
    this.#meeting.created(child);
  }

  #fork(child: Member): void {
    const program = this.#context.names.get(child)!;
    if (child.asSibling) this.#numbers.clone(child.number, program, SIBLING);
    else this.#numbers.fork(child.number, program);
    this.births.set(child, { table: this.#table.copy(), settings: this.#settings });
  }

  // --- its own place ---

  #takePlace(): void {
    const { role, task, leavesEarly, waits } = this.#member;
    const { coordinator } = this.#context;
    if (leavesEarly) {
      this.#leaveEarly();
      return;
    }
    this.#occupy();
    if (role === 'init') this.#openGate();
    else if (waits) {
      this.#meeting.report();
      this.#meeting.pass();
    }
    this.#watch(this.#member.watchedLate);
    settle(this.script, this.#context, this.#member, this.#settings);
    if (role !== 'init' && !waits) this.#meeting.report();
    if (coordinator !== null) {
      if (role === 'init') this.#meeting.awaitCoordinator(coordinator);
      else if (task?.state !== 'zombie') this.#meeting.awaitRelease();
    }
    stay(this.script, this.#member);
  }

  /** Takes descriptors and attachments, and has nothing more to do with those it has created. */
  #occupy(): void {
    const { number: pid, opens, role, watchedEarly } = this.#member;
    const unshared = opens.filter((opening) => !this.#isLent(opening));
    this.#files.take(this.#wanted, unshared, NOTHING);
    attach(this.script, this.#context, pid);
    changeSemaphores(this.script, this.#context, pid);
    this.#watch(watchedEarly);
    this.#meeting.dismiss();
    if (role !== 'init') this.#numbers.end();
  }

  /** Waits for the ends and stops of children, and leaves them so. */
  #watch(children: readonly Member[]): void {
    for (const { number: pid, task } of children) {
      const state = task!.state === 'zombie' ? DEAD_AND_KEPT : STOPPED_AND_KEPT;
      this.script.call('waitid', [name('P_PID'), number(pid), none, state, none]);
    }
  }

  /** Init gathers all, gives IPC objects their history, lets those who wait go on, and starts the coordinator. */
  #openGate(): void {
    const { coordinator, image } = this.#context;
    this.#meeting.gather();
    if (image.ipc !== undefined) new IpcObjects(this.script, this.#numbers, image.ipc).finish();
    if (coordinator === null) this.#numbers.end();
    this.#meeting.open();
    if (coordinator === null) return;
    this.#numbers.clone(coordinator.number, coordinator.program, NO_SIGNAL);
    this.#numbers.end();
    this.#meeting.entrust();
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
