/** Taking away what a restore that failed has built: its tasks, down to pid 1, and its IPC objects. */

import { IPC_RMID } from '../../kernel-sim/abi/ipc.ts';
import { O_WRONLY } from '../../kernel-sim/abi/open.ts';
import { SIGKILL } from '../../kernel-sim/abi/signal.ts';
import { __WALL, WNOHANG } from '../../kernel-sim/abi/wait.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import { findTask } from '../../kernel-sim/pid/pid.ts';
import { Probe } from '../checkpoint/probe.ts';
import type { Image } from '../image/index.ts';
import { GROUP, ROOT_TASKS, STATE } from '../plan/signals-by-freezer.ts';

/** Kills and reaps every task but pid 1, which stays where it failed; removes the objects of the image and the freezer's group that are there. */
export function cleanUp(k: Kernel, { ipc }: Image): void {
  const { machine } = k;
  const probe = new Probe(k);
  const init = findTask(machine.store, k.initPidNs, 1)!;
  probe.call(probe.visitor, 'kill', -1, SIGKILL);
  thaw(probe);
  for (let busy = true; busy; ) {
    busy = false;
    for (const actor of machine.actors) {
      if (actor === init || actor === probe.visitor) continue;
      while (machine.canStep(actor)) {
        machine.step(actor);
        busy = true;
      }
    }
  }
  while (probe.call(init, 'wait4', -1, null, WNOHANG | __WALL, null).ok);
  probe.call(probe.visitor, 'rmdir', GROUP);
  for (const { id } of ipc?.shm ?? []) probe.call(probe.visitor, 'shmctl', id, IPC_RMID, null);
  for (const { id } of ipc?.msg ?? []) probe.call(probe.visitor, 'msgctl', id, IPC_RMID, null);
  for (const { id } of ipc?.sem ?? []) probe.call(probe.visitor, 'semctl', id, 0, IPC_RMID, 0);
}

/** Frozen tasks do not even die. Pid 1 goes back to the root, so that the group can go. */
function thaw(probe: Probe): void {
  const state = probe.call(probe.visitor, 'open', STATE, O_WRONLY, 0);
  if (!state.ok) return;
  probe.call(probe.visitor, 'write', state.value.value, 'THAWED', 'THAWED'.length);
  const root = probe.value('open', ROOT_TASKS, O_WRONLY, 0);
  probe.value('write', root, '1', 1);
}
