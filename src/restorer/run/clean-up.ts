/** Taking away what a restore that failed has built: its tasks, down to pid 1, and its IPC objects. */

import { IPC_RMID } from '../../kernel-sim/abi/ipc.ts';
import { SIGKILL } from '../../kernel-sim/abi/signal.ts';
import { WNOHANG } from '../../kernel-sim/abi/wait.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import { findTask } from '../../kernel-sim/pid/pid.ts';
import { Probe } from '../checkpoint/probe.ts';
import type { Image } from '../image/index.ts';

/** Kills and reaps every task but pid 1, which stays where it failed, and removes the objects of the image that are there. */
export function cleanUp(k: Kernel, { ipc }: Image): void {
  const { machine } = k;
  const probe = new Probe(k);
  const init = findTask(machine.store, k.initPidNs, 1)!;
  probe.call(probe.visitor, 'kill', -1, SIGKILL);
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
  while (probe.call(init, 'wait4', -1, null, WNOHANG, null).ok);
  for (const { id } of ipc?.shm ?? []) probe.call(probe.visitor, 'shmctl', id, IPC_RMID, null);
  for (const { id } of ipc?.msg ?? []) probe.call(probe.visitor, 'msgctl', id, IPC_RMID, null);
  for (const { id } of ipc?.sem ?? []) probe.call(probe.visitor, 'semctl', id, 0, IPC_RMID, 0);
}
