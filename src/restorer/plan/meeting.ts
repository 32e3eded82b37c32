/**
 * How the tasks of a restore wait for each other, by pipes and nothing else.
 *
 * One after the other (sequential): each that creates others has a pipe. Who is there, with all that it creates, writes a byte into its
 * creator's, and the creator goes on with the next. All at once (parallel): everybody holds one end of a pipe and closes it when it is
 * there; at the other end init hears that nobody holds it any more. Threads, which close nothing of their own, always write a byte to
 * their leader. Helpers, and zombies that nothing keeps, say nothing: they are waited for.
 *
 * Behind a gate is what has to come after everybody: all who wait there read from a pipe that nobody writes to, until init closes it.
 * When a coordinator has to come last of all, everybody holds one end of another pipe up to his last step, and reads from yet another
 * that ends with the coordinator.
 */

import type { Coordinator, Mode, PlanContext } from './context.ts';
import type { Member } from './member.ts';
import type { OwnDescriptors } from './own-descriptors.ts';
import type { Script } from './script.ts';
import { any, name, none, number, text } from './syntax.ts';

/** What everybody waits at, and the end of it that only init holds. */
const GATE = 'gate';
const OPENER = 'opener';
/** The end that everybody holds until there is nothing left for him to do, and the one that the coordinator listens at. */
const UNSETTLED = 'unsettled';
const SETTLED = 'settled';
/** Where everybody waits for the end of the coordinator, and the end that only the coordinator holds. */
const RELEASED = 'released';
const HELD = 'held';
/** In parallel: the end that everybody holds until it is there, and the one that init listens at. */
const HERE = 'here';
const THERE = 'there';
/** Where one who creates others hears from them, and where they tell it: at each depth other names, for a child knows its parent's. */
const hears = (depth: number): string => `built_${depth}`;
const tells = (depth: number): string => `tell_${depth}`;

const TOKEN = text('.');
const ONE = number(1);

export class Meeting {
  readonly #script: Script;
  readonly #own: OwnDescriptors;
  readonly #member: Member;
  readonly #mode: Mode;
  readonly #threads: number;

  constructor(script: Script, own: OwnDescriptors, member: Member, { mode }: PlanContext) {
    this.#script = script;
    this.#own = own;
    this.#member = member;
    this.#mode = mode;
    const { task } = member;
    this.#threads = task === null || task.state === 'zombie' ? 0 : task.threads.length - 1;
  }

  /** Closes what is its creator's alone. */
  arrive(): void {
    const { depth } = this.#member;
    this.#own.close(hears(depth - 1), tells(depth - 2), OPENER, THERE, SETTLED, HELD);
    if (this.#mode === 'parallel') this.#own.close(tells(depth - 1));
  }

  /** Makes what it needs to hear from those it is about to create. */
  expect({ hasGate, coordinator }: Pick<PlanContext, 'hasGate' | 'coordinator'>): void {
    const { depth, role } = this.#member;
    if (role === 'init' && coordinator !== null) {
      this.#script.say('the coordinator hears when all are where they stay');
      this.#own.pipe(SETTLED, UNSETTLED);
      this.#own.pipe(RELEASED, HELD);
    }
    if (role === 'init' && hasGate) {
      this.#script.say('some wait at the gate until all are there');
      this.#own.pipe(GATE, OPENER);
    }
    if (role === 'init' && this.#mode === 'parallel') this.#own.pipe(THERE, HERE);
    if (this.#threads > 0 || this.#speaks.length > 0) this.#own.pipe(hears(depth), tells(depth));
  }

  /** Those it creates who will write a byte. */
  get #speaks(): readonly Member[] {
    return this.#mode === 'parallel' ? [] : this.#member.children.filter((child) => child.tells);
  }

  /** A child has been created. */
  created(child: Member): void {
    if (this.#mode === 'parallel') return;
    if (child.tells) this.#hear();
    else if (child.isHelper) this.reap(child.number);
  }

  /** A thread has been created. */
  joined(): void {
    this.#hear();
  }

  /** All have been created. */
  complete(): void {
    const { children } = this.#member;
    if (this.#mode === 'parallel') for (const child of children) if (child.isHelper) this.reap(child.number);
  }

  /** Waits for the end of a helper. */
  reap(pid: number): void {
    this.#script.call('wait4', [number(pid), none, number(0), none], { expect: pid });
  }

  #hear(): void {
    this.#script.call('read', [name(hears(this.#member.depth)), any, ONE], { expect: 1 });
  }

  /** Has nobody left to hear from. */
  dismiss(): void {
    const { depth, waits, role } = this.#member;
    this.#own.close(hears(depth), tells(depth));
    if (!waits && role !== 'init') this.#own.close(GATE);
  }

  /** Says that it and all that it has created are there. */
  report(): void {
    const up = tells(this.#member.depth - 1);
    if (this.#mode === 'parallel') this.#own.close(HERE);
    else {
      this.#script.call('write', [name(up), TOKEN, ONE], { expect: 1 });
      this.#own.close(up);
    }
  }

  /** Init waits until all have said so; one after the other they have by now. */
  gather(): void {
    if (this.#mode === 'sequential') return;
    this.#own.close(HERE);
    this.#script.call('read', [name(THERE), any, ONE]);
    this.#own.close(THERE);
  }

  /** Init lets those at the gate go on. */
  open(): void {
    this.#script.say('all are there');
    this.#own.close(OPENER, GATE);
  }

  /** Leaves it to the coordinator to hear when all are where they stay. */
  entrust(): void {
    this.#own.close(SETTLED, HELD);
  }

  /** Has nothing left to do, and goes on when the coordinator is done; a task that is to stop does so now. */
  awaitRelease(): void {
    const stops = this.#member.task?.state === 'stopped';
    if (stops) this.#own.close(RELEASED);
    this.#own.close(UNSETTLED);
    if (stops) return;
    this.#script.call('read', [name(RELEASED), any, ONE]);
    this.#own.close(RELEASED);
  }

  /** Init has nothing left to do, and waits for the end of the coordinator, of which no signal tells. */
  awaitCoordinator({ number: pid }: Coordinator): void {
    this.#own.close(UNSETTLED);
    this.#script.call('wait4', [number(pid), none, name('__WCLONE'), none], { expect: pid });
    this.#own.close(RELEASED);
  }

  /** Waits at the gate. */
  pass(): void {
    this.#script.call('read', [name(GATE), any, ONE]);
    this.#own.close(GATE);
  }
}

/** Writes the byte by which a thread says to its leader, who is at `depth`, that it is there. */
export function reportThread(script: Script, depth: number): void {
  script.call('write', [name(tells(depth)), TOKEN, ONE], { expect: 1 });
}

/** The coordinator waits until nobody has anything left to do. */
export function hearEnd(script: Script): void {
  script.local(SETTLED).local(UNSETTLED);
  script.call('close', [name(UNSETTLED)]);
  script.call('read', [name(SETTLED), any, ONE]);
}

/** Waits until the coordinator is done. The descriptor is the leader's, who may have closed it by then. */
export function awaitRelease(script: Script): void {
  script.call('read', [name(RELEASED), any, ONE], { expect: 'anything' });
}

/** The variables that a thread looks at. */
export const threadVariables = (depth: number): ReadonlySet<string> => new Set([tells(depth), RELEASED]);
