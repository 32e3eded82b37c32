import test from 'ava';
import { Search } from '../../../src/explore/search.ts';
import { Sharing } from '../../../src/explore/sharing.ts';
import { atOnce } from '../../../src/explore/turns.ts';
import { Walker } from '../../../src/explore/walker.ts';
import { load, operation, type Steps } from '../../../src/kernel-sim/machine/effect.ts';
import { type Handle, layout } from '../../../src/kernel-sim/machine/layout.ts';
import { Machine } from '../../../src/kernel-sim/machine/machine.ts';
import { isFault } from '../../../src/kernel-sim/machine/note.ts';
import { freeAfterGrace, Rcu, readLock, readUnlock, synchronize } from '../../../src/kernel-sim/machine/rcu.ts';
import type { Transaction } from '../../../src/kernel-sim/machine/store.ts';

interface ItemFields {
  value: number;
}

const Item = layout<ItemFields>('item', { value: 0 }, { heap: true });

interface HeadFields {
  item: Handle<ItemFields> | null;
}

const Head = layout<HeadFields>('head', { item: null });

interface World {
  readonly machine: Machine;
  readonly rcu: Rcu;
  readonly head: Handle<HeadFields>;
}

type Body = (world: World, self: Handle<HeadFields>) => Steps<void>;

/** A machine with one item behind a head, and one thread for each body. */
function world(...bodies: readonly Body[]): World {
  const machine = new Machine();
  const { store } = machine;
  const made = { machine, rcu: store.create(Rcu), head: store.create(Head) };
  store.write(made.head.item, store.create(Item, { value: 7 }));
  bodies.forEach((body, i) => {
    const self = store.create(Head);
    machine.launchThread(store, { name: `t${i}`, args: [], start: () => body(made, self) });
  });
  return made;
}

/** The faults of all schedules, and how many actors are left at the worst end. */
function explore({ machine }: World): { faults: Set<string>; left: number } {
  const sharing = new Sharing();
  for (;;) {
    const faults = new Set<string>();
    let left = 0;
    const walker = new Walker(machine);
    machine.monitor = {
      observe: ({ notes }) => {
        for (const note of notes) if (isFault(note)) faults.add(note.kind);
      },
    };
    const search = new Search(walker, sharing, {
      budget: { states: 1e5, steps: 1e7, expired: () => false },
      onEnd: () => {
        left = Math.max(left, machine.actors.filter((actor) => machine.isAlive(actor)).length);
      },
    });
    if (atOnce(search.run()).complete) return { faults, left };
    sharing.restart();
  }
}

function* reader({ rcu, head }: World, self: Handle<HeadFields>): Steps<void> {
  yield* readLock(rcu, self);
  const item = yield* load(head.item);
  if (item !== null) yield* load(item.value);
  yield* readUnlock(rcu, self);
}

const unlink = operation('unlink', (tx: Transaction, head: Handle<HeadFields>): Handle<ItemFields> | null => {
  const item = tx.read(head.item);
  tx.write(head.item, null);
  return item;
});

const free = operation('free', (tx: Transaction, item: Handle<ItemFields>): void => tx.free(item));

const freeLater = operation('free_later', (tx: Transaction, { machine, rcu }: World, item: Handle<ItemFields>): void =>
  freeAfterGrace(tx, machine, rcu, item),
);

test('a reader touches freed memory when nobody waits for it', (t) => {
  const { faults } = explore(
    world(reader, function* ({ head }) {
      const item = yield* unlink(head);
      if (item !== null) yield* free(item);
    }),
  );
  t.deepEqual([...faults], ['use-after-free']);
});

test('nobody touches freed memory when it is freed after a grace period', (t) => {
  const waiting = world(reader, reader, function* ({ head, rcu }) {
    const item = yield* unlink(head);
    yield* synchronize(rcu);
    if (item !== null) yield* free(item);
  });
  t.deepEqual(explore(waiting), { faults: new Set(), left: 0 });
  const leaving = world(reader, reader, function* (all) {
    const item = yield* unlink(all.head);
    if (item !== null) yield* freeLater(all, item);
  });
  t.deepEqual(explore(leaving), { faults: new Set(), left: 0 });
});

const awaitGrace = operation('await_grace', (_tx: Transaction, _rcu: Rcu): void => {}, {
  when: (tx, rcu) => tx.read(rcu.graces).length > 0,
});

const awaitUnlinked = operation('await_unlinked', (_tx: Transaction, _head: Handle<HeadFields>): void => {}, {
  when: (tx, head) => tx.read(head.item) === null,
});

test('a grace period does not wait for who enters later', (t) => {
  const all = world(
    function* ({ rcu, head }) {
      yield* synchronize(rcu);
      yield* unlink(head);
    },
    function* ({ rcu, head }, self) {
      yield* awaitGrace(rcu);
      yield* readLock(rcu, self);
      yield* awaitUnlinked(head);
      yield* readUnlock(rcu, self);
    },
  );
  // Where the grace period is over before the second looks, the second waits for ever; in no schedule does the first.
  t.is(explore(all).left, 1);
  t.is(all.machine.store.peek(all.rcu.graces).length, 0);
});

test('waiting for a grace period inside a read section waits for ever', (t) => {
  const all = world(function* ({ rcu }, self) {
    yield* readLock(rcu, self);
    yield* synchronize(rcu);
    yield* readUnlock(rcu, self);
  });
  t.is(explore(all).left, 1);
});

test('leaving a read section that was not entered is noted as unbalanced', (t) => {
  const all = world(function* ({ rcu }, self) {
    yield* readLock(rcu, self);
    yield* readLock(rcu, self);
    yield* readUnlock(rcu, self);
    yield* readUnlock(rcu, self);
    yield* readUnlock(rcu, self);
  });
  t.deepEqual([...explore(all).faults], ['unbalanced']);
});
