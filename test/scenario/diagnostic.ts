import test from 'ava';
import { renderDiagnostic, renderDiagnostics } from '../../src/scenario/diagnostic.ts';

const base = { file: 'x.yaml', line: 3, column: 5, length: 4, message: 'wrong', sourceLine: '    frok(a)' };

test('a diagnostic shows place, message, line and caret', (t) => {
  t.is(renderDiagnostic(base), 'x.yaml:3:5: wrong\n      frok(a)\n      ^^^^');
});

test('a line that is empty or unknown is not shown', (t) => {
  t.is(renderDiagnostic({ ...base, sourceLine: '' }), 'x.yaml:3:5: wrong');
});

test('tabs before the place stay tabs, so that the caret stands under it', (t) => {
  t.is(renderDiagnostic({ ...base, column: 2, length: 1, sourceLine: '\tx' }), 'x.yaml:3:2: wrong\n  \tx\n  \t^');
});

test('of a very long line the part around the place is shown', (t) => {
  const text = renderDiagnostic({ ...base, column: 5001, sourceLine: `${'a'.repeat(5000)}frok${'b'.repeat(5000)}` });
  const [, line, caret] = text.split('\n');
  t.true(line!.length <= 170);
  t.is(line!.slice(caret!.indexOf('^'), caret!.indexOf('^') + 4), 'frok');
  t.is(caret!.trim(), '^^^^');
});

test('control characters of a file do not reach the terminal', (t) => {
  t.false(renderDiagnostic({ ...base, sourceLine: 'ab\x1b[31mcd' }).includes('\x1b'));
});

test('several diagnostics are shown in the order of their places', (t) => {
  const text = renderDiagnostics([base, { ...base, line: 2 }, { ...base, column: 1 }]);
  t.deepEqual(
    text.split('\n').filter((line) => line.startsWith('x')),
    ['x.yaml:2:5: wrong', 'x.yaml:3:1: wrong', 'x.yaml:3:5: wrong'],
  );
});
