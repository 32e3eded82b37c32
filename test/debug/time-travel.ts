import test from 'ava';
import * as fc from 'fast-check';
import { DebugSession } from '../../src/debug/session.ts';
import { type ToyStep, toyMachine } from '../explore/helpers/toy.ts';

const cell = fc.nat(3);
const simple: fc.Arbitrary<ToyStep> = fc.oneof(
  fc.record({ kind: fc.constantFrom('increment', 'count', 'own', 'report', 'locked' as const), cell }),
  fc.record({ kind: fc.constant('copy' as const), from: cell, to: cell }),
  fc.record({ kind: fc.constant('await' as const), cell, atLeast: fc.nat(2) }),
);
const program: fc.Arbitrary<ToyStep[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('spawn' as const), program: fc.array(simple, { maxLength: 3 }) }),
    },
  ),
  { maxLength: 6 },
);

/** What somebody does in a session: back, forward, to any step, another task, another branch. */
const move = fc.oneof(
  fc.record({ kind: fc.constantFrom('back', 'forward' as const), count: fc.nat(20) }),
  fc.record({ kind: fc.constantFrom('jump', 'choose', 'switch' as const), count: fc.nat(1000) }),
);

const hashOf = ({ machine: { store } }: DebugSession): string => `${store.hashLo}:${store.hashHi}`;

function runToEnd(session: DebugSession): void {
  while (session.forward());
}

function perform(session: DebugSession, { kind, count }: { kind: string; count: number }): void {
  switch (kind) {
    case 'back':
      for (let i = 0; i < count && session.back(); i++);
      return;
    case 'forward':
      for (let i = 0; i < count && session.forward(); i++);
      return;
    case 'jump':
      session.jump(count % (session.timeline.length + 1));
      return;
    case 'choose': {
      const able = session.machine.actors.filter((actor) => session.machine.canStep(actor));
      const chosen = able[count % able.length];
      if (chosen !== undefined) session.choose(chosen);
      return;
    }
    case 'switch': {
      const { kept } = session.branches;
      const branch = kept[count % kept.length];
      if (branch !== undefined) session.switchTo(branch.name);
    }
  }
}

test('going back N steps and forward N steps leaves the same state, whatever was done before, across branches too', (t) => {
  fc.assert(
    fc.property(
      fc.array(program, { minLength: 1, maxLength: 4 }),
      fc.array(move, { maxLength: 12 }),
      fc.nat(60),
      (programs, moves, n) => {
        const session = new DebugSession(toyMachine(programs));
        for (const each of moves) perform(session, each);
        const before = { hash: hashOf(session), position: session.position };
        let back = 0;
        while (back < n && session.back()) back++;
        for (let i = 0; i < back; i++) session.forward();
        t.deepEqual({ hash: hashOf(session), position: session.position }, before);
      },
    ),
    { numRuns: 300 },
  );
});

test('every state of a run has the hash it had when it was first reached, in the branch it belongs to', (t) => {
  fc.assert(
    fc.property(
      fc.array(program, { minLength: 1, maxLength: 3 }),
      fc.array(move, { maxLength: 20 }),
      (programs, moves) => {
        const session = new DebugSession(toyMachine(programs));
        const known = new Map<string, string>();
        const check = (): void => {
          const key = [...session.timeline.schedule().subarray(0, session.position)].join();
          t.is(hashOf(session), known.get(key) ?? hashOf(session));
          known.set(key, hashOf(session));
        };
        for (const each of moves) {
          perform(session, each);
          check();
          session.upcoming();
          check();
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a future that was seen is kept as a branch when another task is chosen, and can be gone back to', (t) => {
  const session = new DebugSession(toyMachine([[{ kind: 'increment', cell: 0 }], [{ kind: 'increment', cell: 0 }]]));
  runToEnd(session);
  const [end, length] = [hashOf(session), session.position];
  session.jump(1);
  const other = session.machine.actors[1]!;
  t.like(session.choose(other), { name: 'main' });
  runToEnd(session);
  t.not(hashOf(session), end);
  t.is(session.branches.current.name, 'branch1');
  t.true(session.switchTo('main'));
  t.is(session.position, 1);
  session.jump(length);
  t.is(hashOf(session), end);
});

test('a future that nobody has seen is no branch', (t) => {
  const session = new DebugSession(toyMachine([[{ kind: 'increment', cell: 0 }], [{ kind: 'increment', cell: 0 }]]));
  session.forward();
  t.is(session.choose(session.machine.actors[1]!), null);
  t.is(session.upcoming()?.actor, 1);
  t.deepEqual(session.branches.kept, []);
});

test('a task that waits, or is gone, cannot be chosen', (t) => {
  const session = new DebugSession(
    toyMachine([[{ kind: 'await', cell: 0, atLeast: 1 }], [{ kind: 'count', cell: 0 }]]),
  );
  t.is(session.choose(session.machine.actors[0]!), 'waiting');
  runToEnd(session);
  t.is(session.choose(session.machine.actors[0]!), 'gone');
});

test('a schedule is followed from the start as far as it can be', (t) => {
  const session = new DebugSession(toyMachine([[{ kind: 'increment', cell: 0 }], [{ kind: 'increment', cell: 0 }]]));
  t.is(session.follow([0, 1, 0, 1]), 4);
  t.deepEqual([...session.timeline.schedule()], [0, 1, 0, 1]);
  t.is(session.follow([0, 9, 1]), 1);
});
