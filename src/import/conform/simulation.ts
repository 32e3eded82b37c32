/**
 * The simulated side of a replay: a kernel whose tasks make exactly the calls they are told to, and take steps only when told.
 */

import { isRestart } from '../../kernel-sim/abi/errno.ts';
import { O_CLOEXEC, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC } from '../../kernel-sim/abi/open.ts';
import type { Kernel, Userland } from '../../kernel-sim/kernel.ts';
import { operation, type Steps } from '../../kernel-sim/machine/effect.ts';
import { type Call, Frame } from '../../kernel-sim/machine/frame.ts';
import type { Actor, Behaviour } from '../../kernel-sim/machine/machine.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import { findTask, numberIn } from '../../kernel-sim/pid/pid.ts';
import { fail, ok, type Result } from '../../kernel-sim/result.ts';
import { deliver } from '../../kernel-sim/signal/deliver.ts';
import { hasWork, recalculate } from '../../kernel-sim/signal/mask.ts';
import { sendSignal } from '../../kernel-sim/signal/send.ts';
import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import type { Action } from '../../kernel-sim/signal/state.ts';
import { exitGroup } from '../../kernel-sim/task/exit.ts';
import { wake } from '../../kernel-sim/task/sleep.ts';
import { Task } from '../../kernel-sim/task/task.ts';
import type { Datum, Return } from '../../syscalls/datum.ts';
import type { Syscall } from '../../syscalls/syscall.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { type Follower, followerOf } from './follower.ts';
import { openOutside } from './outside.ts';
import { isOfTimer } from './timer-signal.ts';
import { inheritUserNamespace, isLeaving } from './user-namespace.ts';
import { bootWorld, type Setting } from './world.ts';

/** The step that makes a task a zombie and tells its parent: a traced task takes it when the tracer has seen its end. */
const LAST_STEP = 'exit.notify';

/** Steps that one turn of an actor may take; more is a loop in the simulator. */
const MAX_STEPS = 2_000_000;

export class Simulation {
  readonly k: Kernel;
  readonly setting: Setting;
  /** What execve is to find: whether the recorded one did. */
  #programFound = true;

  constructor(setting: Setting) {
    this.setting = setting;
    const userland: Userland = {
      spawn: inheritUserNamespace,
      programExists: () => this.#programFound,
      exec: () => {},
      exit: () => {},
      intentOf: () => null,
      isMeantCall: () => true,
      enterHandler: (tx, task, _handler, info, mask) => {
        const follower = followerOf(tx, task);
        const levels = tx.peek(follower.levels);
        const last = tx.peek(follower.last);
        // A timer interrupts the program's own instructions as well, which have left something of theirs where results are.
        const interrupted = isOfTimer(info as SigInfo) && !wasInterrupted(last) ? null : last;
        tx.setOwn(follower.levels, [...levels, { mask, interrupted, restarts: false }]);
        tx.setOwn(follower.last, ok({ value: 0 })); // what a handler that is itself interrupted would return to
        return true;
      },
    };
    const behaviour: Behaviour = {
      resume: () => {
        throw new Error('a task of a recording acts only when it is told');
      },
      complete: (tx, actor, call, result) => this.#complete(tx, actor as Task, call, result),
    };
    this.k = bootWorld(setting, userland, behaviour);
    this.k.machine.store.forget();
  }

  get store(): Transaction {
    return this.k.machine.store;
  }

  /** The task with a number, null when there is none, or it has ended. */
  task(number: number): Task | null {
    return findTask(this.store, this.k.initPidNs, number);
  }

  /** The number of a task, 0 when it is gone. */
  numberOf(task: Task): number {
    const pid = this.store.peek(task.pid);
    return pid === null ? 0 : numberIn(this.store, pid, this.k.initPidNs);
  }

  follower(task: Task): Follower {
    return followerOf(this.store, task);
  }

  frame(task: Task): Frame | null {
    return this.store.peek(task.frame);
  }

  /** Enters a call without running it. */
  enter(task: Task, recorded: RecordedCall, syscall: Syscall, args: readonly Datum[]): void {
    const follower = this.follower(task);
    const names = Object.keys(syscall.parameters);
    const decoded = Object.fromEntries(
      names.map((name, i) => [name, syscall.parameters[name]!.decode(args[i])]),
    ) as Record<string, never>;
    this.#programFound = recorded.result.kind !== 'errno';
    this.store.setOwn(follower.leavesUserNamespace, isLeaving(recorded));
    this.store.setOwn(follower.call, recorded);
    this.store.setOwn(follower.outcome, null);
    this.#begin(task, { name: syscall.name, args, start: () => syscall.run(this.k, task, decoded) });
  }

  /** Enters the opening of something that the model knows nothing of. */
  enterOutside(task: Task, recorded: RecordedCall, flags: number): void {
    const follower = this.follower(task);
    this.store.setOwn(follower.call, recorded);
    this.store.setOwn(follower.outcome, null);
    this.#begin(task, { name: recorded.name, args: [flags], start: () => opening(task, flags) });
  }

  /** Lets the task look at its signals, as it does on the way to user mode. */
  beginDelivery(task: Task): void {
    const { k } = this;
    this.store.setOwn(this.follower(task).delivering, true);
    this.#begin(task, { name: 'do_signal', args: [], start: () => deliver(k, task) });
  }

  /** Makes the task end with a wait status. */
  beginEnd(task: Task, status: number): void {
    const { k } = this;
    this.#begin(task, { name: 'end', args: [status], start: () => exitGroup(k, task, status) });
  }

  /** Whether signals wait for the task that it does not block. */
  hasSignals(task: Task): boolean {
    return this.store.peek(task.signals) !== null && hasWork(this.store, task);
  }

  /** Lets a call begin as if what is pending had not come yet; one that was interrupted finds it when it has begun. */
  postponeSignals(task: Task, isInterrupted: boolean): void {
    if (!isInterrupted) this.store.write(this.store.peek(task.signals)!.flagged, false);
  }

  /** Ends what {@link postponeSignals} began. */
  noticeSignals(task: Task): void {
    if (this.store.peek(task.signals) !== null) recalculate(this.store, task);
  }

  /** A signal from a task that the log does not follow. */
  sendFromOutside(task: Task, info: SigInfo): void {
    sendSignal(this.store, this.k, { info, plain: false, force: true }, task, 'process');
  }

  /** Drops what the task is to be delivered; the recorded task never got it. */
  forgetSignals(task: Task): void {
    const { store } = this;
    const own = store.peek(task.signals)!;
    const blocked = store.peek(own.blocked);
    const shared = store.peek(store.peek(task.process)!.signals)!;
    store.write(own.pending, store.peek(own.pending) & blocked);
    store.write(shared.pending, store.peek(shared.pending) & blocked);
    recalculate(store, task);
  }

  /** Whether the task stands before the step by which others learn of its end. */
  isHeld(task: Actor): boolean {
    return this.store.peek(task.frame)?.next?.op.name === LAST_STEP;
  }

  canRun(actor: Actor): boolean {
    return this.store.peek(actor.frame) !== null && this.k.machine.canStep(actor);
  }

  /**
   * Runs an actor until it waits, its call is over, it has taken a signal that is to be shown first, or it stands before its end.
   *
   * @param toTheEnd go past that last point
   */
  run(actor: Actor, toTheEnd = false): void {
    const { machine } = this.k;
    let steps = 0;
    let end = toTheEnd;
    while (this.canRun(actor)) {
      if (this.isHeld(actor) && !end) return;
      if (this.isHeld(actor)) end = true;
      machine.step(actor);
      if (actor.layout === (Task as unknown) && this.#observe(actor as Task)) return;
      if (++steps > MAX_STEPS) throw new Error(`a call took more than ${MAX_STEPS} steps`);
    }
  }

  /** Takes a call back that the recorded task came out of: as if by a signal where it sleeps, by force elsewhere. */
  abandonCall(task: Task): void {
    const { store } = this;
    const own = store.peek(task.signals);
    if (own !== null) {
      store.write(own.flagged, true);
      wake(store, task, ['interruptible']);
      this.run(task);
      if (store.peek(task.signals) !== null) recalculate(store, task);
    }
    if (this.frame(task) === null) return;
    store.setOwn(task.frame, null);
    store.write(task.state, 'running');
  }

  /** Notes what the step just taken says of the task: a signal it took, its end. */
  #observe(task: Task): boolean {
    const { store } = this;
    let shown = false;
    for (const note of store.notes) {
      if (note.type === 'signal.delivered' && note.task === task) {
        store.setOwn(this.follower(task).taken, note.info as SigInfo);
        shown = true;
      }
      if (note.type === 'task.exit') store.setOwn(this.follower(note.task as Task).status, note.status as number);
    }
    return shown;
  }

  #begin(task: Task, call: Call): void {
    this.store.publish(call.args);
    this.store.setOwn(task.frame, Frame.begin(call));
  }

  #complete(tx: Transaction, task: Task, call: Call, result: unknown): void {
    const follower = followerOf(tx, task);
    if (call.name !== 'do_signal') {
      tx.setOwn(follower.outcome, result as Result<Return>);
      tx.setOwn(follower.last, result as Result<Return>);
      return;
    }
    tx.setOwn(follower.delivering, false);
    const action = result as Action | null;
    const levels = tx.peek(follower.levels);
    const top = levels.at(-1);
    if (action === null || top === undefined) return;
    tx.setOwn(follower.levels, [...levels.slice(0, -1), { ...top, restarts: restarts(top.interrupted, action) }]);
  }
}

const SA_RESTART = 0x1000_0000;

/** Whether a call came to its end by a signal. */
const wasInterrupted = (outcome: Result<Return> | null): boolean =>
  outcome !== null && !outcome.ok && (outcome.errno === 'EINTR' || isRestart(outcome.errno));

/** Whether an interrupted call will be made again after the handler. */
function restarts(interrupted: Result<Return> | null, action: Action): boolean {
  if (interrupted === null || interrupted.ok) return false;
  if (interrupted.errno === 'ERESTARTNOINTR') return true;
  return interrupted.errno === 'ERESTARTSYS' && (action.flags & SA_RESTART) !== 0;
}

const openAny = operation('conform.open', (tx: Transaction, task: Task, flags: number): number =>
  openOutside(tx, task, flags & STATUS_FLAGS, (flags & O_CLOEXEC) !== 0),
);

function* opening(task: Task, flags: number): Steps<Result<Return>> {
  const fd = yield* openAny(task, flags);
  return fd === -1 ? fail('EMFILE') : ok({ value: fd });
}

/** What open does not keep: O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC and O_CLOEXEC. */
const STATUS_FLAGS = ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
