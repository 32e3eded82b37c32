import test from 'ava';
import { ABSENT, evaluate, isTrue, type Scope } from '../../src/debug/expression/evaluate.ts';
import { parseExpression } from '../../src/debug/expression/parse.ts';

const scope: Scope = {
  read: () => 0,
  name: (name) =>
    ({ five: { value: 5 }, big: { value: 2n ** 62n }, list: { value: [1, 2, 3] }, none: { value: null } })[name],
  variable: (name) => (name === 'child' ? { value: 5000 } : undefined),
  apply: (callee, args) => (callee === 'twice' ? { value: Number(args[0]) * 2 } : undefined),
  names: ['five', 'big', 'list', 'none', 'twice'],
};

function resultOf(text: string): unknown {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed.mistake.message;
  const found = evaluate(parsed.value, scope);
  return found.ok ? found.value.value : found.mistake.message;
}

const values: readonly (readonly [text: string, value: unknown])[] = [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['7 % 4', 3],
  ['0x10 + 010', 24],
  ['6 & 3 | 8', 10],
  ['~0', -1],
  ['!five', false],
  ['not five == 5', false],
  ['1 < 2 && 2 < 3', true],
  ['1 > 2 or five == 5', true],
  ['five == 5 and five != 6', true],
  ['big + big', 2n ** 63n],
  ['big - big', 0],
  ['big > 5', true],
  ['$child == 5000', true],
  ['"a" == "a"', true],
  ['"a" == "b"', false],
  ['NULL == none', true],
  ['list[1]', 2],
  ['list.length', 3],
  ['list[9]', ABSENT],
  ['none.anything.below', ABSENT],
  ['none.anything == 5', false],
  ['none.anything < 5', ABSENT],
  ['twice(five + 1)', 12],
  ['0 && 1 / 0', false],
  ['1 || 1 / 0', true],
  ['"\\"quoted\\""', '"quoted"'],
];
for (const [text, value] of values) {
  test(`${text} is ${String(value)}`, (t) => {
    t.deepEqual(resultOf(text), value);
  });
}

const mistakes: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /expected an expression/],
  ['1 2', /expected an operator before "2"/],
  ['1 = 2', /compare with ==/],
  ['(1', /expected "\)"/],
  ['list[1', /expected "\]"/],
  ['list.', /name of a field/],
  ['twice(1', /expected "," or "\)"/],
  ['twise(1)', /no function "twise"; did you mean "twice"/],
  ['fiv', /nothing is called "fiv"; did you mean "five"/],
  ['five.x', /only objects have fields/],

  ['five["x"]', /it has no elements/],
  ['-"a"', /not a number/],
  ['"a" < 1', /not a number/],
  ['1 @ 2', /"@" means nothing here/],
  ['${x}', /"\$" means nothing here/],
];
for (const [text, message] of mistakes) {
  test(`"${text}" is a mistake and not a crash`, (t) => {
    const value = resultOf(text);
    t.is(typeof value, 'string');
    t.regex(String(value), message);
  });
}

test('0, NULL, an empty text and what is absent count as false', (t) => {
  for (const value of [0, 0n, null, '', false, ABSENT]) t.false(isTrue(value));
  for (const value of [1, -1n, 'x', true, []]) t.true(isTrue(value));
});
