/** Opening a scenario: a booted kernel whose pid 1 is about to run the scenario's first program. */

import { parseFixes } from '../hazards/catalogue/fixes.ts';
import { watch } from '../hazards/monitor/monitor.ts';
import { boot, createInit } from '../kernel-sim/boot.ts';
import { populate } from '../kernel-sim/fs/file-system.ts';
import { limitSpareLayers } from '../kernel-sim/ipc/limits.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Cell } from '../kernel-sim/machine/layout.ts';
import { profileOf } from '../kernel-sim/profile.ts';
import type { Credentials } from '../kernel-sim/task/cred.ts';
import { ordinaryCredentials } from '../kernel-sim/task/cred.ts';
import { defaultLimits, type ResourceLimits } from '../kernel-sim/task/limits.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { compile } from '../userland/code.ts';
import { Interpreter } from '../userland/interpreter.ts';
import { type KernelLimits, pinnedConstraints, type Scenario, type StartCredentials } from './scenario.ts';
import { ScheduleGate } from './schedule-gate.ts';

export interface Session {
  readonly scenario: Scenario;
  readonly k: Kernel;
  readonly interpreter: Interpreter;
  readonly init: Task;
}

/** The ids of a `fixes:` list, which was checked when it was read, with the other names of each. */
function fixesOf(fixes: readonly string[] | 'all'): readonly string[] {
  const parsed = parseFixes(fixes);
  if (!parsed.ok) throw new Error(`there is no hazard "${parsed.unknown}" to repair`);
  return [...parsed.fixes];
}

/**
 * Boots the scenario's kernel with its limits, files and credentials, and starts pid 1: the program `init`, or else the first.
 *
 * @param tracking keep journal, hashes and footprints, as everything but a bulk run needs
 */
export function openSession(scenario: Scenario, { tracking = true } = {}): Session {
  const library = compile(scenario.programs);
  const interpreter = new Interpreter({ library, params: scenario.params });
  const { profile, fixes, architecture, series } = scenario.kernel;
  const k = boot({
    profile: profileOf(profile, fixesOf(fixes), architecture, series),
    userland: interpreter,
    tracking,
  });
  interpreter.attach(k);
  setSysctls(k, scenario.kernel.limits);
  populate(
    k.machine.store,
    k,
    [...scenario.kernel.files].map(([path, file]) => ({ path, ...file })),
  );
  const init = createInit(k, {
    cred: credentialsOf(scenario.kernel.credentials),
    limits: limitsOf(scenario.kernel.limits),
  });
  const first = library.get('init') ?? library.values().next().value;
  if (first !== undefined) interpreter.spawnFirst(k.machine.store, init, first);
  watch(k);
  const pinned = pinnedConstraints(scenario);
  if (pinned.length > 0) {
    k.machine.gate = new ScheduleGate(k.machine.store, pinned, (actor) => interpreter.labelOf(actor));
  }
  return { scenario, k, interpreter, init };
}

function credentialsOf({ uid, gid, groups, capabilities }: StartCredentials): Credentials {
  return ordinaryCredentials(uid, gid, groups, capabilities);
}

function limitsOf({ nproc, nofile, sigpending, msgqueue, memlock }: KernelLimits): ResourceLimits {
  return {
    ...defaultLimits,
    ...(nproc !== undefined && { RLIMIT_NPROC: nproc }),
    ...(nofile !== undefined && { RLIMIT_NOFILE: nofile }),
    ...(sigpending !== undefined && { RLIMIT_SIGPENDING: sigpending }),
    ...(msgqueue !== undefined && { RLIMIT_MSGQUEUE: msgqueue }),
    ...(memlock !== undefined && { RLIMIT_MEMLOCK: memlock }),
  };
}

/** Puts sysctls where the kernel reads them, as a boot script would. */
function setSysctls(k: Kernel, limits: KernelLimits): void {
  const { store } = k.machine;
  const ns = k.initIpcNs;
  const set = <T>(cell: Cell<T>, value: T | undefined): void => {
    if (value !== undefined) store.write(cell, value);
  };
  set(k.system.pidMax, limits.pid_max);
  set(k.system.maxThreads, limits.threads_max);
  set(ns.msgmax, limits.msgmax);
  set(ns.msgmnb, limits.msgmnb);
  set(ns.msgmni, limits.msgmni);
  if (limits.msgmni !== undefined) store.write(ns.autoMsgmni, false);
  set(ns.semmsl, limits.sem?.semmsl);
  set(ns.semmns, limits.sem?.semmns);
  set(ns.semopm, limits.sem?.semopm);
  set(ns.semmni, limits.sem?.semmni);
  if (limits.idr_spare_layers !== undefined) {
    for (const kind of ['msg', 'sem', 'shm'] as const) limitSpareLayers(store, ns, kind, limits.idr_spare_layers);
  }
  set(ns.shmmni, limits.shmmni);
  set(ns.shmmax, limits.shmmax === undefined ? undefined : BigInt(limits.shmmax));
  set(ns.shmall, limits.shmall === undefined ? undefined : BigInt(limits.shmall));
}
