import test from 'ava';
import { CATALOGUE, findEntry, nearestIds } from '../../../src/hazards/catalogue/index.ts';

test('an entry is found by its id in upper and lower case', (t) => {
  for (const entry of CATALOGUE) {
    t.is(findEntry(entry.id), entry);
    t.is(findEntry(entry.id.toLowerCase()), entry);
  }
});

test('no entry is found by an id the catalogue does not have', (t) => {
  for (const id of ['N0', 'N25', 'F6', 'X1', 'N', '', 'all']) t.is(findEntry(id), undefined);
});

test('an unknown id is answered with at most three ids near it', (t) => {
  t.deepEqual(nearestIds('N25'), ['N2', 'N5', 'N15']);
  t.deepEqual(nearestIds('f7'), ['N7', 'P7', 'I7']);
});

test('a name, or a slip in one, is answered with the ids of the entries of that name', (t) => {
  t.deepEqual(nearestIds('reader-uaf'), ['N1']);
  t.deepEqual(nearestIds('torn-raed'), ['N2']);
  t.deepEqual(nearestIds('world-readable'), ['N20', 'S20']);
});

test('a word like no id and no name is answered with nothing', (t) => {
  t.deepEqual(nearestIds('scheduler-latency'), []);
  t.deepEqual(nearestIds(''), []);
});
