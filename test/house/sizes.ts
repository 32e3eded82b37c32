import test from 'ava';
import { sources } from './_sources.ts';

test('no source file is longer than 400 lines', (t) => {
  const long = sources()
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > 400)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  t.deepEqual(long, []);
});
