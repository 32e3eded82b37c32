import test from 'ava';
import * as fc from 'fast-check';
import { evaluate, evaluateCount } from '../../../src/userland/language/evaluate.ts';
import { ANY, programNamed, programOf, record, type Value } from '../../../src/userland/language/value.ts';
import { environment } from './helpers/environment.ts';
import { expression } from './helpers/program.ts';

const env = environment({ child: 5001, big: 0xffff_ffff_ffff_fffen, list: [1, 2], yes: true });

const values: readonly (readonly [string, Value])[] = [
  ['IPC_CREAT|0600', 0o1600],
  ['child', 5001],
  ['child + 1', 5002],
  ['${pid} + 1', 5001],
  ['${child}', 5001],
  ['$pid * 100 + $tid * 10 + $ppid', 1111],
  ['"LONG1 ${pid} $tid ${text} ${child}"', 'LONG1 5000 11 hi 5001'],
  ['NULL', null],
  ['_', ANY],
  ['on_usr1', programNamed('on_usr1')],
  ['[3, child]', [3, 5001]],
  ['{1, 2}', [1, 2]],
  ['{}', record([])],
  [
    '{sem_num=0, sem_op=-1}',
    record([
      ['sem_num', 0],
      ['sem_op', -1],
    ]),
  ],
  ['{sa_handler=on_usr1}', record([['sa_handler', programNamed('on_usr1')]])],
  ['[RT_2 USR1 USR1]', [10, 34]],
  ['flags=CLONE_VM|SIGCHLD', 0x111],
  ['{flags=0} => {flags=1}', record([['flags', 0]])],
  ['makedev(8, 1)', 0x801],
  ['WIFEXITED(0) && WEXITSTATUS(0x300) == 3', true],
  ['7 / -2', -3],
  ['-7 % 4', -3],
  ['1 << 40', 2 ** 40],
  ['1 << 63', 1n << 63n],
  ['-1 >> 1', -1],
  ['~0', -1],
  ['~0x7fffffff & 0xffffffff', 0x80000000],
  ['5 ^ 1', 4],
  ['big + 1', 0xffff_ffff_ffff_ffffn],
  ['big - big', 0],
  ['9007199254740991 + 1', 9007199254740992n],
  ['!0', true],
  ['!child', false],
  ['NULL || 0', false],
  ['1 < 2 && 2 >= 2', true],
  ['0 && missing', false],
  ['1 || missing', true],
  ['"a" == "a"', true],
  ['[1, 2] == list', true],
  ['yes == 1', true],
  ['yes + yes', 2],
  ['NULL == 0', false],
];

for (const [text, value] of values) {
  test(`${text} is ${typeof value === 'symbol' ? '_' : JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))}`, (t) => {
    const result = evaluate(expression(text), env);
    t.deepEqual(result, { ok: true, value });
  });
}

test('a complement of signals holds all the others', (t) => {
  const result = evaluate(expression('~[USR1]'), env);
  const all = Array.from({ length: 64 }, (_, i) => i + 1);
  t.deepEqual(result, { ok: true, value: all.filter((signal) => signal !== 10) });
  t.deepEqual(evaluate(expression('~[]'), env), { ok: true, value: all });
});

/** A text, the column of what is to blame, and the reason. */
const failures: readonly (readonly [string, number, string])[] = [
  ['missing', 6, '"missing" has no value here'],
  ['1 + missing', 10, '"missing" has no value here'],
  ['1 / 0', 6, 'division by zero'],
  ['1 % 0', 6, 'division by zero'],
  ['1 << 64', 6, 'a shift is by 0 to 63 bits'],
  ['0xffffffffffffffff + 1', 6, 'the result of + does not fit into 64 bits'],
  ['-(0xffffffffffffffff)', 6, 'the result of - does not fit into 64 bits'],
  ['"a" + 1', 6, '+ needs integers, not a string'],
  ['1 | _', 10, '| needs integers, not _'],
  ['-"a"', 7, '- needs an integer, not a string'],
  ['![1]', 7, '! needs a truth, not an array'],
  ['{a=1} && 1', 6, '&& needs truths, not a structure'],
  ['"${list}"', 7, 'an array cannot stand in a string'],
  ['WIFEXITED("a")', 6, 'WIFEXITED takes 1 integer'],
  ['makedev(1)', 6, 'makedev takes 2 integers'],
  ['{WIFEXITED(s)}', 6, 'a test of s stands only where the kernel fills in a value'],
];

for (const [text, column, message] of failures) {
  test(`${text} has no value: ${message}`, (t) => {
    t.like(evaluate(expression(text), env), { ok: false, message, span: { column } });
  });
}

test('no field name is special', (t) => {
  const result = evaluate(expression('{__proto__=1, constructor=2}'), env);
  if (!result.ok) return t.fail();
  t.deepEqual(Object.keys(result.value as object), ['__proto__', 'constructor']);
  t.is(Object.getPrototypeOf(result.value), null);
  t.true(Object.isFrozen(result.value));
});

test('a program named as a value can be told from any other value', (t) => {
  t.is(programOf(programNamed('on_usr1')), 'on_usr1');
  for (const value of [0, null, 'on_usr1', [], record([['program', 1]]), record([])]) t.is(programOf(value), undefined);
});

test('a block is repeated 0 to 1,000,000 times', (t) => {
  t.deepEqual(evaluateCount(expression('${pid} - 4999'), env), { ok: true, value: 1 });
  t.deepEqual(evaluateCount(expression('0'), env), { ok: true, value: 0 });
  for (const [text, shown] of [
    ['-1', '-1'],
    ['1000001', '1000001'],
    ['"3"', 'a string'],
    ['_', '_'],
  ]) {
    t.like(evaluateCount(expression(text!), env), {
      ok: false,
      message: `a block is repeated 0 to 1000000 times, not ${shown}`,
    });
  }
  t.false(evaluateCount(expression('missing'), env).ok);
});

test('integers behave as in C on 64 bits, whatever their form', (t) => {
  const integer = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }));
  const operator = fc.constantFrom('+', '-', '*', '&', '|', '^', '==', '<');
  const exact: Record<string, (a: bigint, b: bigint) => bigint | boolean> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '&': (a, b) => a & b,
    '|': (a, b) => a | b,
    '^': (a, b) => a ^ b,
    '==': (a, b) => a === b,
    '<': (a, b) => a < b,
  };
  fc.assert(
    fc.property(integer, integer, operator, (a, b, sign) => {
      const result = evaluate(expression(`a ${sign} b`), environment({ a, b }));
      const expected = exact[sign]!(BigInt(a), BigInt(b));
      if (typeof expected === 'boolean') return t.deepEqual(result, { ok: true, value: expected });
      const fits = expected >= -(1n << 63n) && expected < 1n << 64n;
      t.is(result.ok, fits);
      if (!result.ok) return;
      t.is(BigInt(result.value as number), expected);
      t.is(typeof result.value, Number.isSafeInteger(Number(expected)) ? 'number' : 'bigint');
    }),
  );
});
