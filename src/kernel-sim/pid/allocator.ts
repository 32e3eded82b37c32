/**
 * Giving out pids; SEMANTICS C1 (2.6.26), A7 and B2 (chosen pids), D (6.x).
 *
 * 2.6.26 takes a bit of the map and then stores last_pid, with no lock around the two: races P1 and P7 live here. 6.x does both
 * under one lock. Left out on purpose: the allocation of bitmap pages, which never fails here.
 */

import type { Kernel } from '../kernel.ts';
import { load, loadOnce, operation, repeated, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PidNamespace } from './namespace.ts';
import { Pid, type Upid } from './pid.ts';

/** Numbers below this one are not given out again after the first round. */
export const RESERVED_PIDS = 300;

/** Takes one number if it is free; test_and_set_bit on the map. Says whether it was taken before. */
const testAndSet = operation(
  'pidmap.test_and_set',
  (tx: Transaction, ns: PidNamespace, nr: number, chosen: boolean): boolean => {
    const bit = ns.map.at(nr);
    if (tx.read(bit)) return true;
    tx.write(bit, true);
    tx.write(ns.chosen.at(nr), chosen);
    return false;
  },
);

const clear = operation('pidmap.clear', (tx: Transaction, ns: PidNamespace, nr: number): void =>
  tx.write(ns.map.at(nr), false),
);

/** The next free number from `from` up, then from the end of the reserved ones up to `from`; -1 when there is none. */
const nextClear = operation(
  'pidmap.find_next_zero',
  (tx: Transaction, ns: PidNamespace, from: number, pidMax: number): number => {
    for (let nr = from; nr < pidMax; nr++) if (!tx.read(ns.map.at(nr))) return nr;
    for (let nr = RESERVED_PIDS; nr < Math.min(from, pidMax); nr++) if (!tx.read(ns.map.at(nr))) return nr;
    return -1;
  },
);

/**
 * A plain store to last_pid. Who stored last, and whether that takes a later number of another back, is said for whoever watches:
 * no kernel looks at it.
 *
 * @param wrappedAt the last_pid from which the search went round the end: going back from there takes nothing from anybody
 */
const storeLastPid = operation(
  'last_pid.store',
  (tx: Transaction, ns: PidNamespace, nr: number, wrappedAt: number | null, chosen: boolean): void => {
    const from = tx.read(ns.lastPid);
    tx.write(ns.lastPid, nr);
    if (nr >= from || from === wrappedAt) return;
    tx.note({ type: 'last_pid.back', from, to: nr, chosen: chosen || tx.read(ns.chosen.at(from)) });
  },
  { plain: true },
);

/**
 * last_pid := nr in one step, unless somebody has gone further since; what the compare-and-swap of 2.6.36 amounts to (fix P1, P7).
 *
 * @param wrappedAt the last_pid from which the search went round the end, null when it did not
 */
const raiseLastPid = operation(
  'last_pid.raise',
  (tx: Transaction, ns: PidNamespace, nr: number, wrappedAt: number | null): void => {
    const last = tx.read(ns.lastPid);
    if (last < nr || (wrappedAt !== null && last >= wrappedAt)) tx.write(ns.lastPid, nr);
  },
);

/** Searches and moves the cursor under the pid lock, as 6.x does; -1 when no number is free. */
const takeCyclic = operation('idr.alloc_cyclic', (tx: Transaction, k: Kernel, ns: PidNamespace): number => {
  const pidMax = tx.read(k.system.pidMax);
  const cursor = tx.read(ns.lastPid) + 1;
  const lowest = cursor > RESERVED_PIDS ? RESERVED_PIDS : 1;
  const taken = (nr: number): boolean => tx.read(ns.map.at(nr));
  let nr = cursor >= pidMax ? lowest : cursor;
  while (nr < pidMax && taken(nr)) nr++;
  if (nr >= pidMax) for (nr = lowest; nr < cursor && taken(nr); ) nr++;
  if (nr >= pidMax || taken(nr)) return -1;
  tx.write(ns.map.at(nr), true);
  tx.write(ns.lastPid, nr);
  return nr;
});

/** Whether ordinary pids move last_pid with a compare-and-swap (fix P1, P7); readers then read it once. */
const movesAtomically = (k: Kernel): boolean => k.fixed('P7') || k.fixed('P1');

/** Reads last_pid to search from; says when the number there was chosen by somebody (P2). */
const loadLastPid = operation(
  'last_pid.load',
  (tx: Transaction, _k: Kernel, ns: PidNamespace): number => {
    const last = tx.read(ns.lastPid);
    if (tx.read(ns.chosen.at(last))) tx.note({ type: 'last_pid.chosen', last });
    return last;
  },
  { plain: (k) => !movesAtomically(k) },
);

/** Where a search for a free number stands, and from which last_pid it went round the end, if it did. */
interface Searching {
  readonly nr: number;
  readonly wrappedAt: number | null;
}

/** One turn of the search: first last_pid says where to look, then one number is tried and, if it is taken, the next one looked for. */
function* search(
  k: Kernel,
  ns: PidNamespace,
  pidMax: number,
  at: Searching | null,
): Steps<{ again: Searching } | { done: Searching }> {
  if (at === null) {
    const last = yield* loadLastPid(k, ns);
    const nr = last + 1 >= pidMax ? RESERVED_PIDS : last + 1;
    return { again: { nr, wrappedAt: nr < last ? last : null } };
  }
  if (at.nr === -1 || !(yield* testAndSet(ns, at.nr, false))) return { done: at };
  const nr = yield* nextClear(ns, at.nr, pidMax);
  return { again: { nr, wrappedAt: nr < at.nr ? at.nr : at.wrappedAt } };
}

/** Takes the next free number after last_pid; -1 when all are taken. SEMANTICS C1 `next(ns)`. */
function* takeNextPid(k: Kernel, ns: PidNamespace): Steps<number> {
  if (!k.is26) return yield* takeCyclic(k, ns);
  const pidMax = yield* loadOnce(k.system.pidMax);
  const { nr, wrappedAt } = yield* repeated<Searching | null, Searching>(null, (at) => search(k, ns, pidMax, at));
  if (nr === -1) return -1;
  if (movesAtomically(k)) yield* raiseLastPid(ns, nr, wrappedAt);
  else yield* storeLastPid(ns, nr, wrappedAt, false); // a plain store: a slower allocator takes it back (P7), a chosen one too (P1)
  return nr;
}

/** Takes the chosen number `nr`: EINVAL out of range, EBUSY taken. SEMANTICS A7, B2. */
function* takeChosenPid(k: Kernel, ns: PidNamespace, nr: number): Steps<Result<number>> {
  if (nr < 1 || nr >= (yield* loadOnce(k.system.pidMax))) return fail('EINVAL');
  // Even the first tasks of a young namespace are refused (P3).
  if (nr < RESERVED_PIDS && !k.fixed('P3')) return fail('EINVAL');
  if (yield* testAndSet(ns, nr, true)) return fail('EBUSY');
  if (k.fixed('P2') || k.fixed('P8')) return ok(nr); // last_pid stays where it is: later ordinary pids are as if nothing had been chosen
  if (k.fixed('P1')) yield* raiseLastPid(ns, nr, null);
  else {
    const last = yield* load(ns.lastPid);
    yield* storeLastPid(ns, Math.max(last, nr), null, true); // a read and a write: the lost update
  }
  return ok(nr);
}

/** Takes the number that set_tid names, under the pid lock; the cursor stays. SEMANTICS E7. */
const takeGivenPid = operation(
  'idr.alloc_given',
  (tx: Transaction, k: Kernel, ns: PidNamespace, nr: number, privileged: boolean): Result<number> => {
    if (nr < 1 || nr >= tx.read(k.system.pidMax)) return fail('EINVAL');
    if (nr !== 1 && tx.read(ns.reaper) === null) return fail('EINVAL'); // the first task of a namespace is its init
    if (!privileged) return fail('EPERM');
    const bit = ns.map.at(nr);
    if (tx.read(bit)) return fail('EEXIST');
    tx.write(bit, true);
    return ok(nr);
  },
);

const createPid = operation('pid.create', (tx: Transaction, upids: readonly Upid[]): Pid => tx.create(Pid, { upids }));

const namespaceChain = operation(
  'pid_namespace.chain',
  (tx: Transaction, ns: PidNamespace): readonly PidNamespace[] => {
    const chain: PidNamespace[] = [];
    for (let at: PidNamespace | null = ns; at !== null; at = tx.read(at.parent)) chain.push(at);
    return chain;
  },
);

/**
 * Makes a struct pid with a number in `ns` and in each namespace around it; kernel/pid.c:alloc_pid.
 *
 * @param chosen wanted numbers, innermost namespace first; levels without one get the next free number
 * @param privileged whether 6.x lets the caller choose
 * @returns for a chosen number EINVAL out of range, EBUSY (6.x: EEXIST) taken, EPERM (6.x) without the right; ENOMEM (6.x: EAGAIN)
 * when no number is left
 */
export function* allocatePid(
  k: Kernel,
  ns: PidNamespace,
  chosen: readonly number[],
  privileged: boolean,
): Steps<Result<Pid>> {
  const upids: Upid[] = [];
  for (const level of yield* namespaceChain(ns)) {
    const wanted = chosen[upids.length];
    const taken = yield* scoped(take(k, level, wanted, privileged));
    if (!taken.ok) {
      yield* giveBack(upids);
      return taken;
    }
    upids.push({ number: taken.value, ns: level });
  }
  return ok(yield* createPid(upids.reverse()));
}

function take(k: Kernel, ns: PidNamespace, wanted: number | undefined, privileged: boolean): Steps<Result<number>> {
  if (wanted === undefined) return takeAny(k, ns);
  return k.is26 ? takeChosenPid(k, ns, wanted) : takeGivenPid(k, ns, wanted, privileged);
}

function* takeAny(k: Kernel, ns: PidNamespace): Steps<Result<number>> {
  const nr = yield* takeNextPid(k, ns);
  return nr === -1 ? fail(k.is26 && !k.fixed('P10') ? 'ENOMEM' : 'EAGAIN') : ok(nr);
}

/** Gives numbers back that no task got. */
export function* giveBack(upids: readonly Upid[]): Steps<void> {
  for (const { ns, number } of upids) yield* clear(ns, number);
}
