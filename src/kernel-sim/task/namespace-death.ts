/**
 * The init of a pid namespace takes everybody in it along; kernel/pid_namespace.c:zap_pid_ns_processes, SEMANTICS C2.
 *
 * Who is in the namespace is found among the descendants of its init: orphans there become its children. Only unshare and setns of 6.x
 * let others in; the real kernel waits for their parents to wait for those.
 */

import { SIGKILL } from '../abi/signal.ts';
import { __WALL, WEXITED } from '../abi/wait.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { sendFromKernel } from '../signal/send.ts';
import { processNumber } from '../signal/siginfo.ts';
import { children, type Task, threads } from './task.ts';
import { waitForChild } from './wait.ts';

/** Kills everybody in the namespace of its dying init and waits until they are gone. */
export function* endPidNamespace(k: Kernel, init: Task): Steps<void> {
  yield* killAll(k, init);
  for (;;) {
    yield* ignoreSignals(init);
    const waited = yield* waitForChild(k, init, { who: 'any', number: 0, options: WEXITED | __WALL });
    if (!waited.ok && waited.errno === 'ECHILD') break;
  }
  yield* forgetReaper(init);
}

const killAll = operation('pid_namespace.kill_all', (tx: Transaction, k: Kernel, init: Task): void => {
  const ns = tx.read(init.pidNs)!;
  if (!k.is26) tx.write(ns.closed, true);
  if (tx.read(ns.hasOutsiders)) killOutsiders(tx, k, ns, init);
  const pending = [init];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const thread of threads.members(tx, tx.read(next.process)!)) pending.push(...children.members(tx, thread));
    if (next !== init) sendFromKernel(tx, k, SIGKILL, next);
  }
});

/** Those who are children of tasks outside are found by looking at everybody. */
function killOutsiders(tx: Transaction, k: Kernel, ns: PidNamespace, init: Task): void {
  const pending = [tx.read(k.initPidNs.reaper)!];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const thread of threads.members(tx, tx.read(next.process)!)) pending.push(...children.members(tx, thread));
    if (next !== init && processNumber(tx, next, ns) !== 0) sendFromKernel(tx, k, SIGKILL, next);
  }
}

/** The dying init has nothing to deliver signals to: they only keep it from waiting. */
const ignoreSignals = operation('pid_namespace.ignore_signals', (tx: Transaction, init: Task): void =>
  tx.write(tx.read(init.signals)!.flagged, false),
);

const forgetReaper = operation('pid_namespace.forget_reaper', (tx: Transaction, init: Task): void =>
  tx.write(tx.read(init.pidNs)!.reaper, null),
);
