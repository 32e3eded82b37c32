import test from 'ava';
import { type Handle, layout } from '../../../src/kernel-sim/machine/layout.ts';
import { LinkedList } from '../../../src/kernel-sim/machine/list.ts';
import { isFault } from '../../../src/kernel-sim/machine/note.ts';
import { Store } from '../../../src/kernel-sim/machine/store.ts';

interface OwnerFields {
  head: Item | null;
  tail: Item | null;
}

interface ItemFields {
  next: Item | null;
  previous: Item | null;
}

type Item = Handle<ItemFields>;

const Owner = layout<OwnerFields>('owner', { head: null, tail: null });
const Item = layout<ItemFields>('item', { next: null, previous: null }, { heap: true });

const items = new LinkedList<Handle<OwnerFields>, Item>({
  head: (owner) => owner.head,
  tail: (owner) => owner.tail,
  next: (item) => item.next,
  previous: (item) => item.previous,
});

/** An owner with three items, in order. */
function three() {
  const store = new Store();
  const owner = store.create(Owner);
  const all = [1, 2, 3].map(() => store.create(Item));
  for (const item of all) items.append(store, owner, item);
  return { store, owner, all };
}

test('members come in order, and one may be removed while it is the current one', (t) => {
  const { store, owner, all } = three();
  const met = [];
  for (const item of items.members(store, owner)) {
    met.push(item);
    if (item === all[1]) items.remove(store, owner, item);
  }
  t.deepEqual(met, all);
  t.deepEqual([...items.members(store, owner)], [all[0], all[2]]);
});

test('a walk that comes to freed memory is noted as a fault and ends there', (t) => {
  const { store, owner, all } = three();
  store.free(all[1] as Item);
  t.deepEqual([...items.members(store, owner)], all.slice(0, 2));
  t.deepEqual(
    store.notes.filter(isFault).map(({ kind }) => kind),
    ['use-after-free'],
  );
});
