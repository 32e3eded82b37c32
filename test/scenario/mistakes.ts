import test from 'ava';
import * as fc from 'fast-check';
import { renderDiagnostics } from '../../src/scenario/diagnostic.ts';
import { maxScenarioLength, readScenario } from '../../src/scenario/read.ts';
import { mistakes, race, scenarioWith, vocabulary } from './helpers/scenario.ts';

/** Keys besides the title and two programs, and the one mistake in them. */
const table: readonly (readonly [string, string])[] = [
  ['titel: x', '3:1: unknown key "titel"; did you mean "title"?'],
  ['kernel: { limits: { pid_mx: 400 } }', '3:21: unknown key "pid_mx"; did you mean "pid_max"?'],
  ['kernel: { files: { /a: { moed: 3 } } }', '3:26: unknown key "moed"; did you mean "mode"?'],
  ['kernel: { files: { a: {} } }', '3:20: "a" is not an absolute path'],
  ['kernel: { files: { /a: { mode: 0888 } } }', '3:32: 0888 begins with 0, so it is octal, but has a digit above 7'],
  ['kernel: { profile: 2.6 }', '3:20: expected 2.6.26 or 6.x, found 2.6'],
  ['kernel: { limits: { pid_max: 300 } }', '3:30: expected a number from 301 to 4194304, found 300'],
  ['kernel: { limits: { msgmni: -1 } }', '3:29: expected a whole number from 0, found -1'],
  ['kernel: { fixes: [P66] }', '3:19: unknown hazard "P66"; did you mean "P6"?'],
  ['kernel: { fixes: P6 }', '3:18: expected a list of hazard ids, or all, found "P6"'],
  ['kernel: { interface: nslastpid }', '3:22: unknown interface "nslastpid"; did you mean "ns_last_pid"?'],
  [
    'kernel: { credentials: { capabilities: [CAP_KIL] } }',
    '3:41: unknown capability "CAP_KIL"; did you mean "CAP_KILL"?',
  ],
  ['params: { 1a: 5 }', '3:11: "1a" is not a name: a letter, then letters, digits and _'],
  ['params: { a: 1.5 }', '3:14: expected a whole number or a text, found 1.5'],
  ['params: { a: 9007199254740993 }', '3:14: expected a whole number or a text, found 9007199254740993'],
  ['params: { a: 1, a: 2 }', '3:17: the key "a" is there twice'],
  ['restore: { mode: parallel }', '3:1: there is nothing to restore without an image'],
  ['schedule: [init@fork before wroker@exit]', '3:12: unknown program "wroker"; did you mean "worker"?'],
  ['schedule: [init@frok before worker@exit]', '3:12: unknown call "frok"; did you mean "fork"?'],
  ['schedule: [init@fork after worker@exit]', '3:12: expected the word before at "after worker@exit"'],
  [
    'schedule: []',
    '3:11: expected a file name, a list of constraints `a@call#1 before b@call#1`, or a list of choices by number, found a list',
  ],
  ['budget: { states: 0 }', '3:19: expected a number from 1, found 0'],
  ['expect: { hazards: [x] }', '3:21: unknown hazard "x"'],
  ['expect: { outcome: maybe }', '3:20: expected always, sometimes or never, found "maybe"'],
  ['about: *x', '3:8: no anchor &x before this alias'],
  ['about: "x', '3:10: missing closing "quote'],
];

for (const [keys, message] of table) {
  test(`"${keys}" is refused: ${message}`, (t) => {
    t.deepEqual(mistakes(scenarioWith(keys)), [message]);
  });
}

test('a title and a program for pid 1 are needed', (t) => {
  t.deepEqual(mistakes('programs: { init: exit(0) }'), [
    '1:1: the key "title" is missing: a sentence that says what happens',
  ]);
  t.deepEqual(mistakes('title: t'), ['1:1: pid 1 runs the program init, and there is none']);
  t.deepEqual(mistakes(''), ['1:1: expected a mapping that begins with title:, found nothing']);
  t.deepEqual(mistakes('- 1'), ['1:1: expected a mapping that begins with title:, found a list']);
});

test('a mistake inside a program is shown at its line and column of the file', (t) => {
  const read = readScenario(race.replace('    exit(0)', '\n      frok(worker)'), 'x.yaml', vocabulary);
  t.is(
    renderDiagnostics(read.ok ? [] : read.diagnostics),
    ['x.yaml:17:7: unknown call "frok"; did you mean "fork"?', '        frok(worker)', '        ^^^^'].join('\n'),
  );
});

/** Where a program may stand, and the places of its two mistakes. */
const styles: readonly (readonly [string, string, readonly string[]])[] = [
  ['behind |', 'programs:\n  init: |\n    frok(a)\n    exit(x)\n', ['3:5']],
  ['behind | with an indentation of its own', 'programs:\n  init: |2\n      frok(a)\n', ['3:7']],
  ['behind |- after empty lines', 'programs:\n  init: |-\n\n\n    frok(a)\n', ['5:5']],
  ['on one line', 'programs:\n  init: exit(0); frok(a)\n', ['2:18']],
  ['in quotes', 'programs:\n  init: "exit(0); frok(a)"\n', ['2:19']],
  ['in flow style', 'programs: { init: exit(0); frok(a) }\n', ['1:28']],
];

for (const [style, text, places] of styles) {
  test(`a mistake in a program ${style} has its place`, (t) => {
    const found = mistakes(`${text}title: t\n`);
    t.deepEqual(
      found.map((mistake) => mistake.split(': ')[0]),
      places as string[],
    );
  });
}

test('lines that end with a carriage return are lines like any other', (t) => {
  const found = mistakes('title: t\r\nprograms:\r\n  init: |\r\n    exit(0)\r\n    frok(a)\r\n');
  t.deepEqual(found, ['5:5: unknown call "frok"; did you mean "fork"?']);
});

test('a mistake in a text that YAML folds is shown at the text, with its line in the program', (t) => {
  t.deepEqual(mistakes('title: t\nprograms: { init: "exit(0)\\nfrok(a)" }'), [
    '2:19: unknown call "frok"; did you mean "fork"? (in line 2 of the program)',
  ]);
});

test('unknown programs and parameters in programs are refused', (t) => {
  t.deepEqual(mistakes(race.replace('fork(restorer)', 'fork(restorre)')), [
    '7:10: unknown program "restorre"; did you mean "restorer"?',
  ]);
  t.deepEqual(mistakes(race.replace('LONG1 ${pid}', 'LONG1 ${pdi}')), [
    '12:23: unknown parameter "pdi"; did you mean "pid"?',
  ]);
});

test('a program may not have the name of a constant', (t) => {
  t.deepEqual(mistakes('title: t\nprograms: { init: exit(0), SIGCHLD: exit(0) }'), [
    '2:28: "SIGCHLD" is a constant and no name for a program',
  ]);
});

test('mistakes on the command line are shown at what they would change', (t) => {
  const text = scenarioWith('params: { neighbours: 1 }');
  t.deepEqual(mistakes(text, { set: { neighbors: '2' } }), [
    '3:1: --set neighbors=2: unknown parameter "neighbors"; did you mean "neighbours"?',
  ]);
  t.deepEqual(mistakes(text, { set: { neighbours: 'two' } }), [
    '3:1: --set neighbours=two: expected a whole number, as 1 is one',
  ]);
  t.deepEqual(mistakes(text, { fixes: ['Q1'] }), ['1:1: --fixes: unknown hazard "Q1"']);
  t.deepEqual(mistakes(text, { interface: 'x' }), ['1:1: --interface: unknown interface "x"']);
});

test('what nests too deep or repeats itself too often is refused', (t) => {
  const deep = (n: number) => mistakes(`title: t\nabout: ${'['.repeat(n)}${']'.repeat(n)}`);
  t.regex(deep(70)[0]!, /nested more than 64 deep/);
  t.regex(deep(20_000)[0]!, /nested more than 64 deep/);
  t.regex(mistakes(`${'- '.repeat(20_000)}x`)[0]!, /nested more than 64 deep/);
  t.regex(mistakes('&a [*a]')[0]!, /nested more than 64 deep|more than 100 aliases/);
  const bomb = Array.from({ length: 10 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
  t.regex(mistakes(['a-1: &a-1 x', ...bomb].join('\n'))[0]!, /more than 100 aliases/);
  t.regex(mistakes('#'.repeat(maxScenarioLength + 1))[0]!, /longer than/);
});

test('no name in a file reaches the prototype of anything', (t) => {
  t.deepEqual(mistakes(scenarioWith('__proto__: { a: 1 }')), ['3:1: no key is called __proto__']);
  t.deepEqual(mistakes(scenarioWith('params: { __proto__: 1 }')), ['3:11: no key is called __proto__']);
  t.deepEqual(mistakes(scenarioWith('params: { constructor: 1, toString: 2 }')), []);
});

const words = [
  'title',
  ': ',
  'programs',
  'init',
  '|\n',
  '  ',
  '\n',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '&a',
  '*a',
  '"',
  "'",
  '#',
  '0x',
  '08',
];
const more = [
  'expect',
  'hazards',
  'schedule',
  'kernel',
  'limits',
  'exit(0)',
  '!!binary',
  '? ',
  '%YAML 1.2\n',
  '---\n',
  '\t',
  '\0',
  'é',
  ',',
];

test('no text makes the reader throw, and every mistake has a place in the file', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words, ...more), { maxLength: 40 }).map((parts) => parts.join('')),
    fc
      .tuple(fc.nat(race.length), fc.nat(8), fc.constantFrom(...words, ...more))
      .map(([at, length, word]) => race.slice(0, at) + word + race.slice(at + length)),
  );
  fc.assert(
    fc.property(text, (source) => {
      const read = readScenario(source, 'x.yaml', vocabulary);
      const lines = source.split('\n').length;
      if (!read.ok) renderDiagnostics(read.diagnostics);
      return read.ok || read.diagnostics.every(({ line, column }) => line >= 1 && line <= lines && column >= 1);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
