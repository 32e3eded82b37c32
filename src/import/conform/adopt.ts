/**
 * Takes a recorded result over into the simulation: after a call outside the model, or one that differed. What later calls refer to
 * by number has to be there: descriptors and children.
 */

import { SIGCHLD } from '../../kernel-sim/abi/signal.ts';
import { closeFile } from '../../kernel-sim/fs/file.ts';
import { fileAt, giveBackDescriptor, installAt, take } from '../../kernel-sim/fs/files.ts';
import type { Steps } from '../../kernel-sim/machine/effect.ts';
import { Frame } from '../../kernel-sim/machine/frame.ts';
import type { Result } from '../../kernel-sim/result.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Return } from '../../syscalls/datum.ts';
import { invoke } from '../../syscalls/invoke.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { NO_VARIABLES } from './arguments.ts';
import { installOutside } from './outside.ts';
import { namedFile } from './path-call.ts';
import { closesOnExec } from './prepare.ts';
import type { Simulation } from './simulation.ts';

/** Calls whose result is a new descriptor. */
const OPENING =
  /^(open|openat|openat2|creat|dup|dup2|dup3|mq_open|pidfd_open|pidfd_getfd|eventfd2?|epoll_create1?|signalfd4?|timerfd_create|inotify_init1?|memfd_create|socket|accept4?|userfaultfd|fanotify_init)$/;

const FORKING = /^(clone3?|v?fork)$/;

/** @param outcome what the simulation said, if it was asked */
export function adopt(simulation: Simulation, task: Task, call: RecordedCall, outcome?: Result<Return>): void {
  const { result } = call;
  const recorded = result.kind === 'value' ? Number(result.value) : -1;
  const simulated = outcome?.ok ? Number(outcome.value.value) : -1;
  if (FORKING.test(call.name)) adoptChild(simulation, task, recorded);
  else if (OPENING.test(call.name) || isDuplication(call)) adoptDescriptor(simulation, task, call, recorded, simulated);
  else if (/^pipe2?$/.test(call.name) && recorded === 0) adoptPair(simulation, task, call);
}

const isDuplication = ({ name, args }: RecordedCall): boolean => {
  const cmd = args?.[1];
  return name === 'fcntl' && cmd?.kind === 'name' && cmd.name.startsWith('F_DUPFD');
};

function adoptDescriptor(
  { store, k }: Simulation,
  task: Task,
  call: RecordedCall,
  recorded: number,
  simulated: number,
): void {
  if (store.peek(task.files) === null || recorded === simulated) return;
  const file = simulated >= 0 ? fileAt(store, task, simulated) : null;
  if (simulated >= 0) runSteps(giveBackDescriptor(task, simulated), store);
  if (recorded < 0) {
    if (file !== null) runSteps(closeFile(k, task, file, store.peek(task.files)), store);
    return;
  }
  if (file !== null) {
    take(store, store.peek(task.files)!, recorded, false);
    installAt(store, task, recorded, file);
    return;
  }
  if (fileAt(store, task, recorded) !== null) return;
  const flags = namedFile(call)?.flags ?? 0;
  installOutside(store, task, recorded, flags, closesOnExec(flags) || call.text.includes('_CLOEXEC'));
}

function adoptPair({ store }: Simulation, task: Task, call: RecordedCall): void {
  const pair = call.args?.[0];
  const value = pair === undefined ? undefined : evaluate(pair, NO_VARIABLES);
  if (value?.ok !== true || !Array.isArray(value.value)) return;
  for (const fd of value.value) {
    if (typeof fd === 'number' && fileAt(store, task, fd) === null) installOutside(store, task, fd);
  }
}

/** Makes the child that the recorded task has. */
function adoptChild({ store, k }: Simulation, task: Task, number: number): void {
  if (number <= 0 || store.peek(task.frame) !== null) return;
  if (store.peek(k.initPidNs.map.at(number))) return;
  store.write(k.initPidNs.lastPid, number - 1);
  store.write(task.frame, Frame.begin(invoke(k, task, 'clone', [SIGCHLD, null, null, null, null, null])));
  while (store.peek(task.frame) !== null && k.machine.canStep(task)) k.machine.step(task);
}

/** Performs every effect of kernel code at once. */
function runSteps(steps: Steps<unknown>, store: Simulation['store']): void {
  for (let reply: unknown; ; ) {
    const { done, value } = steps.next(reply);
    if (done) return;
    reply = 'op' in value ? value.op.body(store, ...(value.args as never[])) : undefined;
  }
}
