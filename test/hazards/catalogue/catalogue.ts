import test from 'ava';
import { type Entry, FAMILIES, KINDS, ordersOf } from '../../../src/hazards/catalogue/entry.ts';
import { CATALOGUE } from '../../../src/hazards/catalogue/index.ts';

const COUNTS = { N: 24, P: 10, I: 10, F: 5, S: 28, G: 24, M: 13, K: 10 };

const ids = CATALOGUE.map((entry) => entry.id);

function proseOf(entry: Entry): readonly string[] {
  const steps = entry.steps.map((step) => step.does);
  const control = typeof entry.hidden === 'string' ? [entry.hidden] : [];
  return [entry.where, ...Object.values(entry.actors), ...steps, ...control, entry.consequence, entry.fix];
}

test('the catalogue has 124 entries, each family numbered from 1 without a gap and in order', (t) => {
  const expected = Object.entries(COUNTS).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
  t.is(expected.length, 124);
  t.deepEqual(ids, expected);
});

test('every id is unique and belongs to the family of its letter, with the section of that family', (t) => {
  t.is(new Set(ids).size, ids.length);
  for (const entry of CATALOGUE) {
    const family = FAMILIES.find((one) => one.letter === entry.id.charAt(0))!;
    t.is(entry.family, family.name, entry.id);
    t.is(entry.source, family.source, entry.id);
  }
});

test('no field of any entry is empty, padded or left with a line break', (t) => {
  for (const entry of CATALOGUE) {
    for (const text of [entry.name, entry.source, ...proseOf(entry)]) {
      t.regex(text, /^\S(.*\S)?$/, entry.id);
      t.notRegex(text, / {2}/, entry.id);
    }
    for (const list of [entry.kind, entry.steps, entry.exposing, entry.hidden, entry.seeAlso ?? ['none']]) {
      t.true(list.length > 0, entry.id);
    }
  }
});

test('consequence and fix are sentences, and a consequence is one sentence', (t) => {
  for (const { id, consequence, fix } of CATALOGUE) {
    t.regex(consequence, /^[A-Z].*[^.]\.$/, id);
    t.notRegex(consequence, /[.?!] [A-Z]/, id);
    t.regex(fix, /^[A-Z].*[^.]\.$/, id);
  }
});

test('the kinds of every entry are known and named once', (t) => {
  for (const { id, kind } of CATALOGUE) {
    t.is(new Set(kind).size, kind.length, id);
    t.true(
      kind.every((one) => KINDS.includes(one)),
      id,
    );
  }
});

test('every step has an actor of its entry, every actor has a step, and step ids are unique', (t) => {
  for (const { id, actors, steps } of CATALOGUE) {
    const acting = new Set(steps.map((step) => step.actor));
    t.deepEqual([...acting].sort(), Object.keys(actors).sort(), id);
    t.is(new Set(steps.map((step) => step.id)).size, steps.length, id);
    for (const step of steps) t.regex(step.id, /^[a-z]\d[a-z]?$/, id);
  }
});

test('every order names steps of its entry, and every step is in some order', (t) => {
  for (const entry of CATALOGUE) {
    const known = new Set(entry.steps.map((step) => step.id));
    const used = [...ordersOf(entry.exposing), ...ordersOf(entry.hidden)].flat();
    t.deepEqual([...new Set(used)].sort(), [...known].sort(), entry.id);
  }
});

test('an order that shows a hazard is never one of the orders that hide it', (t) => {
  for (const entry of CATALOGUE) {
    const hidden = new Set(ordersOf(entry.hidden).map((order) => order.join(' ')));
    for (const order of ordersOf(entry.exposing)) t.false(hidden.has(order.join(' ')), entry.id);
  }
});

test('every reference from one entry to another resolves and is not to itself', (t) => {
  for (const entry of CATALOGUE) {
    const inProse = proseOf(entry).flatMap((text) => text.match(/\b[NPIFSGMK][1-9]\d?\b/g) ?? []);
    const aliases = entry.aliasOf === undefined ? [] : [entry.aliasOf];
    for (const id of [...(entry.seeAlso ?? []), ...aliases, ...inProse]) {
      t.true(ids.includes(id), `${entry.id} refers to ${id}`);
      t.not(id, entry.id, `${entry.id} refers to itself`);
    }
  }
});

test('K1 is another name of P7 and K5 of F2, with the same steps', (t) => {
  const entryOf = (id: string) => CATALOGUE.find((entry) => entry.id === id)!;
  for (const [alias, original] of [
    ['K1', 'P7'],
    ['K5', 'F2'],
  ] as const) {
    t.is(entryOf(alias).aliasOf, original);
    t.deepEqual(entryOf(alias).steps, entryOf(original).steps);
  }
  t.deepEqual(
    CATALOGUE.filter((entry) => entry.aliasOf !== undefined).map((entry) => entry.id),
    ['K1', 'K5'],
  );
});
