/**
 * Replays a recording event by event on the simulated kernel; SEMANTICS D, strace(1).
 *
 * A call takes effect somewhere between its first and its last line. By default that is at its first line, and a waiting call goes on
 * as soon as it can; where the recording then shows something else, the orders that the lines leave open are searched (search.ts).
 * Every place at which a call could run or wait a little longer is a decision; see {@link Decide}.
 */

import { isRestart } from '../../kernel-sim/abi/errno.ts';
import { SI_MESGQ } from '../../kernel-sim/abi/signal-code.ts';
import { signalNumber } from '../../kernel-sim/abi/signal-name.ts';
import { exitedStatus, killedStatus } from '../../kernel-sim/abi/wait.ts';
import type { Result } from '../../kernel-sim/result.ts';
import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Return } from '../../syscalls/datum.ts';
import { syscalls } from '../../syscalls/table.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { adopt } from './adopt.ts';
import { agrees, agreesInfo } from './agreement.ts';
import { argumentsOf, NO_VARIABLES } from './arguments.ts';
import { compareCall } from './compare.ts';
import { afterHandler, outcomeText, recordedOutcome, resultText, sameOutcome } from './outcome.ts';
import { findTask, finish, finishBy, helpAll, letExec, passTime } from './patience.ts';
import { prepare } from './prepare.ts';
import { isInterrupted, mayTakeTime, reasonFor, subjectOf } from './recorded-kind.ts';
import { RecordedOrder } from './recorded-order.ts';
import { type Decide, settle } from './settle.ts';
import { Simulation } from './simulation.ts';
import { isOfTimer, provideTimerSignals, sendOfTimer } from './timer-signal.ts';
import { comparable, enterUserNamespace, IN_USER_NAMESPACE, isUnanswerable } from './user-namespace.ts';
import { AGREED, type Divergence, skipped, type Verdict } from './verdict.ts';
import type { Setting } from './world.ts';

/** Where the recording and the simulation part. */
export interface Mismatch {
  readonly recorded: string;
  readonly simulated: string;
}

/** What became of an event. */
export interface Handled {
  readonly mismatch: Mismatch | null;
  /** null for events that are not compared: first lines. */
  readonly verdict: Verdict | null;
}

/** Signals of a program's own instructions, which no log shows. */
const SYNCHRONOUS: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGFPE']);

const FINE: Handled = { mismatch: null, verdict: null };

const differs = (event: RecordedEvent, call: string, recorded: string, simulated: string): Handled => {
  const divergence: Divergence = { line: event.line, call, recorded, simulated };
  return { mismatch: { recorded, simulated }, verdict: { kind: 'diverged', divergence } };
};

export class Replay {
  readonly simulation: Simulation;
  readonly #order: RecordedOrder;
  readonly #setting: Setting;

  constructor(events: readonly RecordedEvent[], setting: Setting) {
    this.simulation = new Simulation(setting);
    this.#setting = setting;
    this.#order = new RecordedOrder(events);
  }

  /**
   * Handles the event at an index.
   *
   * @param forced the recording is taken as it is, whatever the simulation says
   */
  handle(index: number, decide: Decide, forced: boolean): Handled {
    const event = this.#order.events[index]!;
    passTime(this.simulation, this.#setting, event.time);
    const handled = this.#take(event, index, forced);
    if (handled.mismatch === null || forced) settle(this.simulation, this.#order, index, decide);
    return handled;
  }

  #take(event: RecordedEvent, index: number, forced: boolean): Handled {
    switch (event.kind) {
      case 'enter':
        return this.#enter(event, event.call, index, forced);
      case 'leave':
        return this.#leave(event, event.call, index, forced);
      case 'signal':
        return this.#signal(event, index, forced);
      case 'exited':
        return this.#end(event, exitedStatus(event.status), forced);
      case 'killed':
        return this.#end(event, killedStatus(signalNumber(event.signal) ?? 0, false), forced);
      case 'superseded':
        letExec(this.simulation, event.task, event.by);
        return FINE;
      case 'stopped':
        this.#stop(event.task);
        return FINE;
    }
  }

  // --- calls ---

  #enter(event: RecordedEvent, call: RecordedCall, index: number, forced: boolean): Handled {
    const task = findTask(this.simulation, event.task);
    if (task === null) {
      return differs(event, call.text, `task ${event.task} makes a call`, 'there is no such task');
    }
    const { simulation } = this;
    const { store } = simulation;
    const follower = simulation.follower(task);
    if (simulation.frame(task) !== null) {
      if (store.peek(follower.delivering)) this.#finishDelivery(task);
      if (simulation.frame(task) !== null && !forced) {
        return differs(event, call.text, 'the task makes a call', this.#standing(task));
      }
      simulation.abandonCall(task);
    }
    if (simulation.hasSignals(task) && call.resumes === null && !this.#diesInside(call)) {
      // Lines of different tasks may be printed in another order than things happened in: the signal came once the call had begun.
      if (this.#order.isSignalled(call, index)) simulation.postponeSignals(task, isInterrupted(call));
      else if (!forced) return differs(event, call.text, 'no signal is delivered before it', 'one is');
      else simulation.forgetSignals(task);
    }
    store.setOwn(follower.late, false);
    store.setOwn(follower.call, call);
    store.setOwn(follower.outcome, null);
    const subject = call.resumes === null ? call : (store.peek(follower.resumable) ?? call);
    const syscall = syscalls.get(subject.name);
    if (syscall === undefined || subject.args === null) return FINE;
    const prepared = prepare(simulation, task, subject, this.#order.events, index);
    if (prepared === 'outside') return FINE;
    if (typeof prepared === 'object') {
      simulation.enterOutside(task, call, prepared.opens);
      return FINE;
    }
    const args = subject.name === 'rt_sigreturn' ? this.#sigreturnArguments(task) : argumentsOf(subject, syscall);
    if (typeof args === 'string') return FINE;
    provideTimerSignals(simulation, task, subject, this.#order.events, index);
    simulation.enter(task, call, syscall, prepared(args));
    return FINE;
  }

  #leave(event: RecordedEvent, call: RecordedCall, index: number, forced: boolean): Handled {
    const task = findTask(this.simulation, event.task);
    if (task === null) return { mismatch: null, verdict: skipped('of a task that the simulation has not') };
    const { simulation } = this;
    const { store } = simulation;
    const follower = simulation.follower(task);
    if (store.peek(follower.call) !== call) return { mismatch: null, verdict: skipped('entered another call') };
    store.setOwn(follower.call, null);
    enterUserNamespace(store, task, call);
    const began = simulation.frame(task) !== null || store.peek(follower.outcome) !== null || this.#isOver(task);
    if (!began) {
      this.#takeOver(task, call);
      const isElsewhere = isUnanswerable(store, task, call);
      return { mismatch: null, verdict: skipped(isElsewhere ? IN_USER_NAMESPACE : reasonFor(call)) };
    }
    if (call.result.kind === 'none') return this.#leaveForGood(task, call);
    if (isInterrupted(call) && !simulation.hasSignals(task)) this.#provideSignal(task, index);
    finish(this.simulation, task);
    if (call.line === call.endLine) {
      finishBy(simulation, this.#setting, task, this.#order.events[index + 1]?.time ?? null);
    }
    simulation.noticeSignals(task);
    const outcome = store.peek(follower.outcome);
    if (outcome === null) {
      if (!forced) return differs(event, call.text, resultText(call), this.#standing(task));
      simulation.abandonCall(task);
      this.#takeOver(task, call);
      return differs(event, call.text, resultText(call), 'it waits');
    }
    if (!outcome.ok && isRestart(outcome.errno))
      store.setOwn(follower.resumable, subjectOf(call, store.peek(follower.resumable)));
    const difference =
      call.name === 'rt_sigreturn' ? this.#compareReturn(task, call) : compareCall(call, outcome, simulation, task);
    if (difference === null) return { mismatch: null, verdict: AGREED };
    if (difference.kind === 'skipped') {
      if (call.name !== 'rt_sigreturn') this.#takeOver(task, call, outcome);
      return { mismatch: null, verdict: difference };
    }
    if (forced) this.#takeOver(task, call, outcome);
    return differs(event, call.text, difference.recorded, difference.simulated);
  }

  /** Goes on as the recording does. */
  #takeOver(task: Task, call: RecordedCall, outcome?: Result<Return>): void {
    const { simulation } = this;
    adopt(simulation, task, call, outcome);
    simulation.store.setOwn(simulation.follower(task).last, recordedOutcome(call));
  }

  /** The call has no result: the task ends in it. */
  #leaveForGood(task: Task, call: RecordedCall): Handled {
    const { store } = this.simulation;
    const follower = this.simulation.follower(task);
    const isExit = call.name === 'exit' || call.name === 'exit_group';
    if (!isExit || !store.peek(follower.late)) this.simulation.run(task);
    const outcome = store.peek(follower.outcome);
    // Whoever was killed in a call had to be still waiting in it.
    const waited = outcome === null || (!outcome.ok && (outcome.errno === 'EINTR' || isRestart(outcome.errno)));
    if (waited && syscalls.has(call.name) && call.endLine !== null) return { mismatch: null, verdict: AGREED };
    if (isExit) return { mismatch: null, verdict: AGREED };
    return { mismatch: null, verdict: skipped('ended inside the call') };
  }

  #sigreturnArguments(task: Task): readonly [{ readonly mask: readonly number[] }] {
    const { store } = this.simulation;
    const levels = store.peek(this.simulation.follower(task).levels);
    return [{ mask: levels.at(-1)?.mask ?? [] }];
  }

  /** What rt_sigreturn shows is what the interrupted call seems to have returned. */
  #compareReturn(task: Task, call: RecordedCall): (Mismatch & { kind: 'mismatch' }) | null | ReturnType<typeof skip> {
    const { store } = this.simulation;
    const follower = this.simulation.follower(task);
    const levels = store.peek(follower.levels);
    const level = levels.at(-1);
    store.setOwn(follower.levels, levels.slice(0, -1));
    const printed = call.args?.[0];
    if (level === undefined) return skip('returns from a handler that the log does not show');
    store.setOwn(follower.last, level.restarts ? level.interrupted : afterHandler(level.interrupted));
    if (printed !== undefined && !agrees(printed, { mask: level.mask })) {
      return { kind: 'mismatch', recorded: call.text, simulated: `mask of ${level.mask.join(' ') || 'nothing'}` };
    }
    const expected = level.restarts ? null : afterHandler(level.interrupted);
    const recorded = recordedOutcome(call);
    if (level.restarts ? !recorded.ok : expected !== null && !sameOutcome(expected, recorded)) {
      // A call that the log leaves out was interrupted.
      if (this.#setting.filtered && (level.interrupted === null || !isRestartCode(level.interrupted))) {
        return skip('returns to a call that the log leaves out');
      }
      const simulated = level.restarts ? 'the call is made again' : outcomeText(expected!);
      return { kind: 'mismatch', recorded: resultText(call), simulated };
    }
    return null;
  }

  // --- signals ---

  #signal(event: RecordedEvent & { kind: 'signal' }, index: number, forced: boolean): Handled {
    const task = findTask(this.simulation, event.task);
    if (task === null) return differs(event, event.text, event.text, 'there is no such task');
    const { simulation } = this;
    const { store } = simulation;
    const follower = simulation.follower(task);
    if (store.peek(follower.taken) === null) {
      if (store.peek(follower.delivering)) this.#finishDelivery(task);
      if (simulation.frame(task) !== null && !store.peek(follower.delivering)) finish(this.simulation, task);
      if (simulation.frame(task) === null && !simulation.hasSignals(task)) this.#provideSignal(task, index - 1);
      if (simulation.frame(task) === null && !simulation.hasSignals(task))
        helpAll(this.simulation, task, mayTakeTime(event));
      if (simulation.frame(task) === null) {
        simulation.beginDelivery(task);
        simulation.run(task);
      }
    }
    const taken = store.peek(follower.taken);
    const good = taken !== null && (event.info === null || agreesInfo(comparable(store, task, event.info), taken));
    if (good || forced) {
      store.setOwn(follower.taken, null);
      if (taken === null) this.#pretendHandler(task, event);
      // A stop takes effect up to the line that says so, which is for the search to tell.
      else if (store.peek(follower.delivering) && !this.#stopsNext(event.task, index)) this.#finishDelivery(task);
    }
    if (good) return { mismatch: null, verdict: AGREED };
    const simulated =
      taken === null
        ? 'no signal is delivered'
        : JSON.stringify(taken, (_, v) => (typeof v === 'bigint' ? String(v) : v));
    return differs(event, event.text, event.text, simulated);
  }

  #stopsNext(task: number, index: number): boolean {
    return this.#order.nextOf(task, index)?.kind === 'stopped';
  }

  #stop(number: number): void {
    const task = findTask(this.simulation, number);
    if (task !== null && this.simulation.store.peek(this.simulation.follower(task).delivering))
      this.#finishDelivery(task);
  }

  /** Makes the signal come that the log shows next for the task: its sender goes on, or it comes from outside. */
  #provideSignal(task: Task, index: number): void {
    const { simulation } = this;
    const number = this.#order.events[index + 1]?.kind === 'signal' ? index + 1 : this.#order.following[index]!;
    const event = number < 0 ? undefined : this.#order.events[number];
    if (event?.kind !== 'signal' || event.info === null) return;
    const value = evaluate(event.info, NO_VARIABLES);
    if (!value.ok) return;
    const info = value.value as unknown as SigInfo;
    const sender = info.si_pid === undefined ? null : simulation.task(info.si_pid);
    if (sender !== null && simulation.frame(sender) !== null && simulation.canRun(sender)) {
      simulation.run(sender, true);
      if (simulation.hasSignals(task)) return;
    }
    const isReadiness = info.si_band !== undefined; // SIGIO and what F_SETSIG chose: descriptors never tell here
    const isOwn = info.si_pid === undefined && info.si_code > 0 && SYNCHRONOUS.has(event.signal);
    const isStranger = info.si_pid !== undefined && !this.#order.tasks.has(info.si_pid);
    const isQueue = info.si_code === SI_MESGQ && !syscalls.has('mq_notify');
    if (isOfTimer(info)) sendOfTimer(simulation, task, info);
    else if (isOwn || isStranger || isQueue || isReadiness) simulation.sendFromOutside(task, info);
  }

  /** Goes on from a taken signal to what it does: a handler, a stop, the end, or the next signal. */
  #finishDelivery(task: Task): void {
    this.simulation.run(task);
  }

  /** The recorded task got a signal that the simulated one did not: if it has a handler, its return will come. */
  #pretendHandler(task: Task, event: RecordedEvent & { kind: 'signal' }): void {
    const { store } = this.simulation;
    const follower = this.simulation.follower(task);
    const actions = store.peek(store.peek(task.handlers)!.actions);
    const handler = actions[signalNumber(event.signal) ?? 0]?.handler;
    if (handler === undefined || handler === 0 || handler === 1) return;
    const level = { mask: [], interrupted: null, restarts: true };
    store.setOwn(follower.levels, [...store.peek(follower.levels), level]);
  }

  // --- ends ---

  #end(event: RecordedEvent, status: number, forced: boolean): Handled {
    const { simulation } = this;
    const task = findTask(this.simulation, event.task);
    if (task === null) return { mismatch: null, verdict: null };
    const { store } = simulation;
    const follower = simulation.follower(task);
    if (store.peek(follower.status) === null) {
      if (simulation.frame(task) !== null) simulation.run(task, true);
      store.setOwn(follower.taken, null);
      if (simulation.frame(task) === null && store.peek(follower.status) === null && simulation.hasSignals(task)) {
        simulation.beginDelivery(task);
        for (let tries = 0; tries < 64 && simulation.canRun(task); tries += 1) simulation.run(task, true);
      }
    }
    const known = store.peek(follower.status);
    const good = known !== null && known === status;
    if (!good && forced && known === null) {
      simulation.abandonCall(task);
      simulation.beginEnd(task, status);
      simulation.run(task, true);
    }
    if (known !== null && simulation.frame(task) !== null) simulation.run(task, true);
    if (good) return { mismatch: null, verdict: AGREED };
    const recorded = event.kind === 'exited' ? `exited with ${event.status}` : `ended with status ${status}`;
    return differs(event, recorded, recorded, known === null ? 'it goes on' : `it ended with status ${known}`);
  }

  #isOver(task: Task): boolean {
    return this.simulation.store.peek(this.simulation.follower(task).status) !== null;
  }

  #diesInside(call: RecordedCall): boolean {
    return call.result.kind === 'none' && call.name !== 'exit' && call.name !== 'exit_group';
  }

  #standing(task: Task): string {
    const call = this.simulation.frame(task)?.call.name;
    return call === undefined ? 'it is in no call' : `it waits in ${call}`;
  }
}

const isRestartCode = (outcome: Result<Return>): boolean => !outcome.ok && isRestart(outcome.errno);

const skip = (reason: string): Verdict & { kind: 'skipped' } => ({ kind: 'skipped', reason });
