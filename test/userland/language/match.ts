import test from 'ava';
import { matches } from '../../../src/userland/language/match.ts';
import { record, type Value } from '../../../src/userland/language/value.ts';
import { environment } from './helpers/environment.ts';
import { expression } from './helpers/program.ts';

const env = environment({ child: 5000 });
const sembuf = record([
  ['sem_num', 0],
  ['sem_op', -1],
  ['sem_flg', 0],
]);

const table: readonly (readonly [pattern: string, actual: Value, matching: boolean])[] = [
  ['_', 7, true],
  ['_', null, true],
  ['child', 5000, true],
  ['child', 5001, false],
  ['${pid}', 5000, true],
  ['NULL', null, true],
  ['NULL', 0, false],
  ['0', null, false],
  ['0xffffffffffffffff', 0xffff_ffff_ffff_ffffn, true],
  ['"abc"', 'abc', true],
  ['"abc"', 'abcd', false],
  ['"abc"...', 'abcd', true],
  ['"abc"...', 'ab', false],
  ['"abc"...', 5, false],
  ['[3, _]', [3, 4], true],
  ['[3]', [3, 4], false],
  ['[3, ...]', [3, 4], true],
  ['[3, 4, ...]', [3], false],
  ['[3]', 3, false],
  ['{sem_op=-1}', sembuf, true],
  ['{sem_op=-1, sem_num=0, ...}', sembuf, true],
  ['{sem_op=-2}', sembuf, false],
  ['{sem_val=_}', sembuf, false],
  ['{toString=_}', sembuf, false],
  ['{a=1}', [1], false],
  ['{1, 2}', [1, 2], true],
  ['{1}', sembuf, false],
  ['{a={b=_}}', record([['a', record([['b', 1]])]]), true],
  ['[{sem_op=-1}]', [sembuf], true],
  ['{WIFEXITED(s) && WEXITSTATUS(s) == 0}', 0, true],
  ['{WIFEXITED(s) && WEXITSTATUS(s) == 0}', 0x100, false],
  ['{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}', 9, true],
  ['[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]', [0], true],
  ['{s > child}', 5001, true],
  ['{WIFEXITED(s)}', 'text', false],
  ['[USR1 RT_2]', [10, 34], true],
  ['[]', [], true],
  ['~[USR1]', [1, 2], false],
  ['uid=0', 0, true],
  ['1 => 2', 2, true],
  ['1 => 2', 1, false],
  ['missing', 0, false],
  ['1 / 0', 0, false],
];

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));

for (const [pattern, actual, matching] of table) {
  test(`${pattern} ${matching ? 'describes' : 'does not describe'} ${show(actual)}`, (t) => {
    t.is(matches(expression(pattern), actual, env), matching);
  });
}
