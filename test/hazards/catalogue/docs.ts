import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { FAMILIES, KINDS } from '../../../src/hazards/catalogue/entry.ts';
import { CATALOGUE } from '../../../src/hazards/catalogue/index.ts';
import { catalogueTable } from '../../../src/hazards/catalogue/table.ts';

const page = new URL('../../../docs/hazards.md', import.meta.url);
const between = /(?<=<!-- catalogue: begin -->\n\n).*(?=\n\n<!-- catalogue: end -->)/s;
const regenerate =
  'docs/hazards.md is not what the catalogue prints; run `THAW_WRITE_DOCS=1 npx ava test/hazards/catalogue/docs.ts`';

test('the table in docs/hazards.md is the one the catalogue prints', (t) => {
  const table = catalogueTable();
  if (process.env.THAW_WRITE_DOCS) {
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace(between, () => table),
    );
  }
  t.is(readFileSync(page, 'utf8').match(between)?.[0], table, regenerate);
});

test('every family and every kind of hazard is explained in docs/hazards.md', (t) => {
  const text = readFileSync(page, 'utf8');
  for (const { name, letter } of FAMILIES) {
    const count = CATALOGUE.filter((entry) => entry.family === name).length;
    t.true(text.includes(`| ${name} | ${letter}1-${letter}${count} |`), name);
  }
  for (const kind of KINDS) t.true(text.includes(`| ${kind} |`), kind);
});

test('the table has one line of four cells for each entry, below its two heading lines', (t) => {
  const lines = catalogueTable().split('\n');
  t.is(lines.length, CATALOGUE.length + 2);
  for (const line of lines) t.is(line.split(/(?<!\\)\|/).length, 6, line);
});
