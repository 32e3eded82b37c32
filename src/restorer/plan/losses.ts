/** What a restore that succeeds does not bring back, as far as the image says that there was something to bring back. */

import type { Profile } from '../../kernel-sim/profile.ts';
import {
  type Credentials,
  type Image,
  isKnown,
  type LiveTask,
  type SigInfo,
  type Task,
  type Thread,
} from '../image/index.ts';
import type { PlanContext } from './context.ts';
import { bitsOf, isUnprivileged } from './credentials.ts';
import { lostOfStatus } from './death.ts';
import type { Foresight } from './foresight.ts';
import { heldBack } from './held-back.ts';
import { handlerOf, resendingOf } from './signals.ts';
import { lossInText, type SignalInterface } from './signals-by-file.ts';
import { lossWhenFrozen } from './signals-by-freezer.ts';
import { LARGEST_FILE } from './world.ts';

const PIPE_SIZE = 65_536;
const SS_ONSTACK = 1;

export function foreseeLosses(image: Image, context: PlanContext, profile: Profile, foresight: Foresight): void {
  for (const task of image.tasks) {
    losesPlace(task, image, foresight);
    if (task.state === 'zombie') {
      const lost = lostOfStatus(task.status);
      if (lost !== null) foresight.loss(lost, [task.pid]);
    } else {
      if (task.subreaper === true && !context.hasSubreapers) {
        foresight.loss('that a task adopts orphans below it, which this kernel knows nothing of', [task.pid]);
      }
      losesSignals(task, context, foresight);
      for (const { credentials } of [task, ...task.threads]) {
        if (credentials !== undefined) losesCapabilities(task.pid, credentials, context, foresight);
      }
    }
  }
  losesFiles(image, profile, foresight);
  losesIpc(image, foresight);
}

function losesPlace({ pid, ppid, sid, pgid }: Task, image: Image, foresight: Foresight): void {
  if (sid === 0 || pgid === 0) foresight.loss('a session or group from outside, which has no number', [pid]);
  if (ppid === 0 && pid !== 1 && image.namespaces.pid === 'own') {
    foresight.loss('a parent outside the namespace, in whose place comes init', [pid]);
  }
}

function losesCapabilities(pid: number, credentials: Credentials, context: PlanContext, foresight: Foresight): void {
  const { capabilities } = credentials;
  if (!isKnown(capabilities)) return;
  const all = bitsOf(capabilities.effective) | bitsOf(capabilities.permitted) | bitsOf(capabilities.inheritable);
  if ((all & ~context.capabilities) !== 0n) foresight.loss('capabilities that this kernel does not know', [pid]);
  if (isUnprivileged(credentials) && (all & context.capabilities) !== 0n) {
    foresight.loss('capabilities that were kept when root was given up', [pid]);
  }
}

function losesSignals(task: LiveTask, { handlers, signals: by }: PlanContext, foresight: Foresight): void {
  const lose = (what: string) => foresight.loss(what, [task.pid]);
  for (const action of task.signals.actions) {
    if (handlerOf(action, handlers) === null) lose('a signal handler that nobody can name');
  }
  for (const thread of task.threads) {
    const { altstack } = thread;
    if (altstack !== undefined && isKnown(altstack) && (altstack.flags & SS_ONSTACK) !== 0) {
      lose('that a thread was running on its alternate stack');
    }
    for (const info of thread.pending) {
      const lost = lossOf(by, info, task, thread);
      if (lost !== null) lose(lost);
    }
  }
  for (const info of task.signals.pending) {
    const lost = lossOf(by, info, task, null);
    if (lost !== null) lose(lost);
  }
}

/** What an interface loses of a pending signal; `thread` is whose own queue it is in, null for that of the process. */
function lossOf(by: SignalInterface, info: SigInfo, task: LiveTask, thread: Thread | null): string | null {
  switch (by) {
    case 'sending':
      return resendingOf(info, task, thread).loses;
    case 'procsig':
      return lossInText(info, heldBack(task, thread));
    case 'freezer':
      return lossWhenFrozen(info, task, thread);
  }
}

function losesFiles(image: Image, profile: Profile, foresight: Foresight): void {
  for (const file of image.openFiles) {
    if (file.owner !== undefined) foresight.loss('who gets signals about an open file');
    if (file.kind === 'regular' && isKnown(file.size) && file.size > LARGEST_FILE) {
      foresight.loss('the size of a file that this file system has no room for');
    }
    if (file.kind === 'null' && file.position !== 0)
      foresight.loss('the position of an open /dev/null, which has none');
  }
  for (const { size, buffered } of image.pipes) {
    if (!isKnown(buffered)) foresight.loss('the bytes in a pipe, which the image does not know');
    if (isKnown(size) && size !== PIPE_SIZE && profile.base === '2.6.26') {
      foresight.loss('the size of a pipe, which this kernel cannot change');
    }
  }
}

function losesIpc({ ipc }: Image, foresight: Foresight): void {
  if (ipc === undefined) return;
  if (isKnown(ipc.undo) && ipc.undo.length > 0) {
    foresight.loss(
      'undo lists of semaphores',
      ipc.undo.flatMap(({ tasks }) => tasks),
    );
  }
  if (isKnown(ipc.mqueue) && ipc.mqueue.length > 0) foresight.loss('POSIX message queues');
  for (const { messages } of ipc.msg) {
    if (!isKnown(messages)) foresight.loss('messages that the image does not know');
  }
  for (const { dest, attaches } of ipc.shm) {
    if (dest === true && (!isKnown(attaches) || attaches.length === 0)) {
      foresight.loss('a removed segment that only somebody outside the image has attached');
    }
  }
}
