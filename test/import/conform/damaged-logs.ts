import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

const log = fileURLToPath(new URL('../../fixtures/traces/random/seed-106.strace', import.meta.url));
const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function counts(text: string): Promise<{ compared: number; agreed: number }> {
  const read = await gather('damaged', [text]);
  if (!read.ok) return { compared: 0, agreed: 0 };
  return conformRecording(read.value);
}

const damages: readonly [title: string, damage: (next: () => number) => string[]][] = [
  ['lines are missing', (next) => lines.filter(() => next() > 0.1)],
  ['lines are swapped', (next) => lines.map((line, i) => (next() < 0.1 ? (lines[i - 1] ?? line) : line))],
  [
    'lines are cut',
    (next) => lines.map((line) => (next() < 0.1 ? line.slice(0, Math.floor(next() * line.length)) : line)),
  ],
  [
    'digits are others',
    (next) => lines.map((line) => (next() < 0.2 ? line.replace(/\d/g, () => String(Math.floor(next() * 10))) : line)),
  ],
  ['results are others', (next) => lines.map((line) => (next() < 0.2 ? line.replace(/= -?\d.*$/, '= 7') : line))],
  ['the beginning is missing', (next) => lines.slice(Math.floor(next() * lines.length))],
];

for (const [title, damage] of damages) {
  test(`a log in which ${title} is replayed to its end`, async (t) => {
    t.timeout(60_000);
    for (let seed = 1; seed <= 4; seed += 1) {
      const { compared, agreed } = await counts(`${damage(random(seed)).join('\n')}\n`);
      t.true(agreed <= compared);
    }
  });
}

test('one wrong result is one divergence, and the calls behind it still agree', async (t) => {
  const at = lines.findIndex((line) => /getpid\(\) += 4$/.test(line));
  const wrong = lines.with(at, '4     getpid() = 77');
  const right = await counts(`${lines.join('\n')}\n`);
  const { compared, agreed } = await counts(`${wrong.join('\n')}\n`);
  t.deepEqual([compared, agreed], [right.compared, right.agreed - 1]);
});
