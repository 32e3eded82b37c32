import assert from 'node:assert/strict';
import test from 'ava';
import * as fc from 'fast-check';
import { SIG_IGN } from '../../../src/kernel-sim/abi/signal.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import { queuedCount } from '../../../src/kernel-sim/signal/status.ts';
import { defaultLimits } from '../../../src/kernel-sim/task/limits.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { ADDRESS, bases, bench } from './_bench.ts';
import { Model } from './_model.ts';

/** How many random histories a profile goes through; `THAW_RUNS=10000 ava test/kernel-sim/signal/model.ts` for more. */
const numRuns = Number(process.env.THAW_RUNS ?? 300);

/** Two with job control, two ordinary, three real-time. */
const SIGNALS = [10, 12, 18, 20, 21, 34, 35, 64];
const LIMIT = 5;
/** Threads of each process. */
const SHAPE = [1, 2, 3];

const signal = fc.constantFrom(...SIGNALS);
const signals = fc.subarray(SIGNALS);
const somebody = fc.constantFrom(
  ...SHAPE.flatMap((count, p) => Array.from({ length: count }, (_, t) => [p, t] as const)),
);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('kill', 'sigqueue', 'tgkill'), at: somebody, signo: signal }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mask'), at: somebody, set: signals }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('ignore', 'handle'), at: somebody, signo: signal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take'), at: somebody, set: signals }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The real room, with init as the sender, and what it is compared by. */
function real(base: Base) {
  const bed = bench(base, [], { limits: { ...defaultLimits, RLIMIT_SIGPENDING: { soft: LIMIT, hard: LIMIT } } });
  const groups = SHAPE.map((count) => {
    const leader = bed.fork(bed.init);
    for (const signo of SIGNALS) bed.act(leader, signo, ADDRESS);
    return [leader, ...Array.from({ length: count - 1 }, () => bed.thread(leader))];
  });
  const number = (task: Task): number => bed.k.machine.store.peek(bed.k.machine.store.peek(task.pid)!.upids)[0]!.number;
  return { ...bed, groups, number };
}

type Real = ReturnType<typeof real>;

/** Does one step in both worlds; what they return has to be the same. */
function both(bed: Real, model: Model, made: Step, value: number): void {
  const [p, thread] = made.at;
  const task = bed.groups[p]![thread]!;
  const leader = bed.groups[p]![0]!;
  if ('set' in made) {
    if (made.kind === 'mask') {
      bed.call(task, 'rt_sigprocmask', 2, made.set, null, 8);
      model.mask(p, thread, made.set);
      return;
    }
    const expected = model.take(p, thread, made.set);
    const taken = bed.call(task, 'rt_sigtimedwait', made.set, OUT, { tv_sec: 0, tv_nsec: 0 }, 8);
    assert.equal(taken.ok ? taken.value.value : taken.errno, expected === null ? 'EAGAIN' : expected.signo);
    return;
  }
  const { kind, signo } = made;
  if (kind === 'ignore' || kind === 'handle') {
    bed.act(task, signo, kind === 'ignore' ? SIG_IGN : ADDRESS);
    model.ignore(p, signo, kind === 'ignore');
    return;
  }
  const byKill = kind === 'kill';
  const args: Datum[] =
    kind === 'kill'
      ? [bed.number(leader), signo]
      : kind === 'tgkill'
        ? [bed.number(leader), bed.number(task), signo]
        : [bed.number(leader), signo, { si_code: -1, si_int: value }];
  const said = bed.outcome(bed.init, kind === 'sigqueue' ? 'rt_sigqueueinfo' : kind, ...args);
  const known = kind === 'sigqueue' ? value : -1;
  assert.equal(
    said,
    model.send(p, kind === 'tgkill' ? thread : null, { signo, value: known, byKill }) === 'ok' ? '= 0' : 'EAGAIN',
  );
}

for (const base of bases) {
  test(`${base}: random traffic of signals between threads goes as in a simple model`, (t) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), (history) => {
        const bed = real(base);
        const model = new Model(SHAPE, LIMIT);
        for (const [i, made] of history.entries()) both(bed, model, made, i + 1);
        const place = (task: Task): readonly number[] => {
          const p = bed.groups.findIndex((group) => group.includes(task));
          return [p, bed.groups[p]!.indexOf(task)];
        };
        const ran = bed.entered.map(({ task, siginfo }) => {
          const { si_signo, si_int } = siginfo as { si_signo: number; si_int?: number };
          return [...place(task), si_signo, si_int ?? -1];
        });
        assert.deepEqual(ran, model.ran as unknown as number[][]);
        const sorted = (set: Set<number>): number[] => [...set].sort((a, b) => a - b);
        for (const [p, group] of bed.groups.entries()) {
          const { threads, set } = model.processes[p]!;
          for (const [i, task] of group.entries()) {
            assert.deepEqual(bed.pending(task), { own: sorted(threads[i]!.set), shared: sorted(set) });
          }
        }
        assert.equal(queuedCount(bed.k.machine.store, bed.k, bed.init).used, model.used);
      }),
      { numRuns, seed: 12 },
    );
    t.pass();
  });
}
