/** The last part of a task's program: what it has to be when everybody is there. */

import type { LiveTask, ZombieTask } from '../image/index.ts';
import type { PlanContext } from './context.ts';
import { takeCredentials } from './credentials.ts';
import { die } from './death.ts';
import type { Member } from './member.ts';
import type { Script } from './script.ts';
import { lateLimits, type Settings } from './settings.ts';
import { queueShared, setActions, setThreadSignals } from './signals.ts';
import { name, number, ownPid, text } from './syntax.ts';

/** Takes what is left of the image's state. */
export function settle(script: Script, context: PlanContext, { groupStep, task }: Member, settings: Settings): void {
  if (groupStep.kind === 'join') script.call('setpgid', [number(0), number(groupStep.group)]);
  if (task === null) return;
  if (task.state === 'zombie') settleZombie(script, context, task);
  else settleLive(script, context, task, settings);
}

/** Stays in the image's state for good. */
export function stay(script: Script, { task }: Member): void {
  if (task?.state === 'zombie') die(script, task.status);
  else {
    if (task?.state === 'stopped') script.call('kill', [ownPid, name('SIGSTOP')]);
    script.call('pause', [], { expect: 'anything' });
  }
}

/** What can be seen of a zombie beside how it ended. */
function settleZombie(script: Script, context: PlanContext, { comm, credentials }: ZombieTask): void {
  script.call('prctl', [name('PR_SET_NAME'), text(comm)]);
  if (credentials !== 'unknown') takeCredentials(script, credentials, context.capabilities);
}

function settleLive(script: Script, context: PlanContext, task: LiveTask, settings: Settings): void {
  const leader = task.threads[0]!;
  lateLimits(script, task, settings);
  script.call('prctl', [name('PR_SET_NAME'), text(task.comm)]);
  if (task.subreaper === true && context.hasSubreapers) {
    script.call('prctl', [name('PR_SET_CHILD_SUBREAPER'), number(1)]);
  }
  takeCredentials(script, leader.credentials ?? task.credentials, context.capabilities);
  setDeathSignal(script, leader.pdeathsig);
  setActions(script, task, context.handlers);
  setThreadSignals(script, context, task, leader);
  queueShared(script, context, task);
}

/** Changing credentials clears it, so it comes after them; prctl(2). */
export function setDeathSignal(script: Script, signo: number | 'unknown'): void {
  if (signo !== 0 && signo !== 'unknown') script.call('prctl', [name('PR_SET_PDEATHSIG'), number(signo)]);
}
