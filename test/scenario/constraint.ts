import test from 'ava';
import { parseConstraint, printConstraint } from '../../src/scenario/constraint.ts';

const table: readonly (readonly [string, string])[] = [
  ['restorer@write#1 before neighbour@fork#1', 'restorer@write#1 before neighbour@fork#1'],
  ['  a@fork   before\tb@fork ', 'a@fork#1 before b@fork#1'],
  ['a/1@fork#3 before b/2@fork', 'a@fork#3 before b/2@fork#1'],
  ['a@fork#1:last_pid.write before b@fork:map', 'a@fork#1:last_pid.write before b@fork#1:map'],
];

for (const [text, printed] of table) {
  test(`"${text}" reads as ${printed}`, (t) => {
    const parsed = parseConstraint(text);
    t.is(parsed.ok && printConstraint(parsed.constraint), printed);
    t.deepEqual(parseConstraint(printed), parsed);
  });
}

const form = 'expected a point such as program@call#1 or program/2@call#1:step';
const wrong: readonly (readonly [string, number, string])[] = [
  ['', 0, form],
  ['a before b', 0, form],
  ['a@fork', 6, 'expected the word before'],
  ['a@fork beforeb@fork', 7, 'expected the word before'],
  ['a@fork before b', 14, form],
  ['a@fork#0 before b@fork', 0, form],
  ['a/0@fork before b@fork', 0, form],
  ['a@fork before b@fork c', 21, 'expected nothing behind the second point'],
  ['a@fork#99999999999 before b@fork', 0, form],
];

for (const [text, offset, message] of wrong) {
  test(`"${text}" is refused at ${offset}: ${message}`, (t) => {
    t.deepEqual(parseConstraint(text), { ok: false, offset, message });
  });
}
