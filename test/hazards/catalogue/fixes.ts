import test from 'ava';
import { parseFixes } from '../../../src/hazards/catalogue/fixes.ts';
import { CATALOGUE } from '../../../src/hazards/catalogue/index.ts';

const every = CATALOGUE.map((entry) => entry.id);

const readings: ReadonlyArray<[string | readonly string[], readonly string[]]> = [
  ['', []],
  [[], []],
  ['N1', ['N1']],
  ['n1, s1', ['N1', 'S1']],
  ['N1 S1', ['N1', 'S1']],
  [
    ['n1', 'S1', 'N1'],
    ['N1', 'S1'],
  ],
  ['all', every],
  [['All'], every],
  [
    ['P3', 'all'],
    ['P3', ...every.filter((id) => id !== 'P3')],
  ],
  ['K1', ['P7', 'K1']],
  ['P7', ['P7', 'K1']],
  ['k5', ['F2', 'K5']],
  ['F2', ['F2', 'K5']],
];

for (const [given, fixes] of readings) {
  const shown = fixes === every || fixes.length > 100 ? 'every id' : `[${fixes.join(' ')}]`;
  test(`fixes ${JSON.stringify(given)} means ${shown}`, (t) => {
    const parsed = parseFixes(given);
    t.true(parsed.ok);
    t.deepEqual(parsed.ok && [...parsed.fixes], [...fixes]);
  });
}

test('the first unknown id is reported as it was written, with the id nearest to it', (t) => {
  t.deepEqual(parseFixes('N1,n77,Z9'), { ok: false, unknown: 'n77', suggestion: 'N7' });
  t.deepEqual(parseFixes(['reader-uaf']), { ok: false, unknown: 'reader-uaf', suggestion: 'N1' });
});

test('an unknown word that is like nothing comes without a suggestion', (t) => {
  t.deepEqual(parseFixes('everything'), { ok: false, unknown: 'everything' });
});
