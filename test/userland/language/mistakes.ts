import test from 'ava';
import * as fc from 'fast-check';
import { maxProgramLength, parseProgram, parseRecordedCall } from '../../../src/userland/language/parse.ts';
import { calls, mistakes } from './helpers/program.ts';

/** A text, the column of its mistake, and the message. */
const table: readonly (readonly [string, number, string])[] = [
  ['frok(worker)', 1, 'unknown call "frok"; did you mean "fork"?'],
  ['frobnicate(worker)', 1, 'unknown call "frobnicate"'],
  ['fork(worker', 12, 'expected ) or , behind an argument, found the end of the program'],
  ['fork worker', 6, 'expected ( and the arguments, found worker'],
  ['fork(a,)', 8, 'expected a value, found )'],
  ['fork(a) fork(b)', 9, 'expected the end of the line or ;, found fork'],
  ['= 3', 1, 'expected a system call, found ='],
  ['3 = getpid()', 1, 'expected a variable for the result, found 3'],
  ['getpid() = EEXIST', 12, 'a call that fails returns -1: write -1 EEXIST'],
  ['getpid() = 0 EEXIST', 12, 'a call that fails returns -1: write -1 EEXIST'],
  ['getpid() = -1 EEXITS', 15, 'unknown error "EEXITS"; did you mean "EEXIST"?'],
  ['getpid() # intent: frk', 10, 'the intent "frk" is not the name of a call; did you mean "fork"?'],
  ['# intent: fork', 1, 'an intent stands behind a call, on its line'],
  ['exit(089)', 6, '089 begins with 0, so it is octal, but has a digit above 7'],
  ['exit(1.5)', 6, '1.5 is not an integer'],
  ['exit(5s)', 6, '5s is not a number'],
  ['exit(0x10000000000000000)', 6, '0x10000000000000000 does not fit into 64 bits'],
  ['exit(-9223372036854775809)', 6, '-9223372036854775809 does not fit into 64 bits'],
  ['exit("a)', 6, 'a string that never ends: no closing "'],
  ['exit("\\q")', 6, 'unknown escape "\\q" in a string'],
  ['exit("${")', 6, 'expected ${name} in a string; a plain dollar sign before { is written \\$'],
  ["exit('a')", 6, 'strings stand in double quotes'],
  ['exit($x)', 6, 'expected $pid, $tid, $ppid or ${parameter}'],
  ['exit(@)', 6, 'unexpected character "@"'],
  ['exit(0) /* x', 9, 'a comment that begins with /* and never ends'],
  ['exit([USR1 USR7])', 12, 'unknown signal "USR7" in a set; did you mean "USR1"?'],
  ['exit({a=1, 2})', 12, 'either all fields of a structure have names or none has'],
  ['exit({a=1, a=2})', 12, 'the field "a" is given twice'],
  ['exit(WIFEXITD(s))', 6, 'unknown function "WIFEXITD"; did you mean "WIFEXITED"?'],
  ['repeat 3 exit(0)', 10, 'expected { and the calls to repeat, found exit'],
  ['repeat 3 { exit(0)', 19, 'expected } behind the calls to repeat, found the end of the program'],
  ['}', 1, 'a } without its {'],
];

for (const [text, column, message] of table) {
  test(`${JSON.stringify(text)} is refused: ${message}`, (t) => {
    const found = mistakes(text).map((mistake) => [mistake.line, mistake.column, mistake.message]);
    t.deepEqual(found, [[1, column, message]]);
  });
}

test('every statement with a mistake is reported, and the others are not', (t) => {
  const found = mistakes('frok(a)\nexit(0)\nkill(5, [USR7 HUP])\nrepeat 2 { frok(a); exit(0) }\nexit(3');
  t.deepEqual(
    found.map(({ line }) => line),
    [1, 3, 4, 5],
  );
});

test('a missing parenthesis is reported where it is missing, not on the next line', (t) => {
  const [mistake, ...others] = mistakes('fork(a\nexit(0)');
  t.like(mistake, { line: 1, column: 7, sourceLine: 'fork(a' });
  t.is(others.length, 0);
});

test('a mistake shows its line as the file has it, indentation and all', (t) => {
  const parsed = parseProgram('p', 'exit(0)\nfrok(a)', { file: 'x.yaml', line: 13, column: 5 }, calls);
  t.deepEqual(parsed.ok ? [] : parsed.diagnostics, [
    {
      file: 'x.yaml',
      line: 14,
      column: 5,
      length: 4,
      message: 'unknown call "frok"; did you mean "fork"?',
      sourceLine: '    frok(a)',
    },
  ]);
});

test('nesting ends at 64 levels, of brackets, blocks and operators alike', (t) => {
  const nested = (depth: number) => mistakes(`exit(${'['.repeat(depth)}${']'.repeat(depth)})`);
  t.is(nested(60).length, 0);
  t.regex(nested(70)[0]!.message, /nested more than 64 deep/);
  t.regex(mistakes(`exit(${'('.repeat(1e5)}`)[0]!.message, /nested more than 64 deep/);
  t.regex(mistakes(`exit(${'-'.repeat(1e5)}`)[0]!.message, /nested more than 64 deep/);
  t.regex(mistakes('repeat 1 {'.repeat(1e4))[0]!.message, /nested more than 64 deep/);
  t.regex(mistakes(`exit(1${'|1'.repeat(1e4)})`)[0]!.message, /nested more than 64 deep/);
  t.is(mistakes(`exit(1${'|1'.repeat(50)})`).length, 0);
});

test('a text that is too long is refused unread', (t) => {
  t.regex(mistakes(' '.repeat(maxProgramLength + 1))[0]!.message, /^longer than/);
  t.is(mistakes('exit(0)\n'.repeat(maxProgramLength / 8)).length, 0);
});

test('at most 20 mistakes are reported', (t) => {
  t.is(mistakes('frok()\n'.repeat(1000)).length, 20);
});

const words = ['fork', '(', ')', '[', ']', '{', '}', '"', '\\', '=', '-1', 'ENOENT', '$', '${', '_', ';', '\n', ' '];
const more = [
  'repeat',
  '/*',
  '*/',
  '#',
  '# intent:',
  '...',
  '=>',
  '|',
  '0x',
  '089',
  's',
  'WIFEXITED',
  'é',
  '\0',
  ',',
  '?',
];

test('no text makes the parser throw, and every mistake has a place in the text', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words, ...more), { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const lines = source.split('\n').length;
      const parsed = parseProgram('p', source, { file: 'f', line: 1, column: 1 }, calls);
      parseRecordedCall(source, { file: 'f', line: 1, column: 1 });
      return parsed.ok || parsed.diagnostics.every(({ line, column }) => line >= 1 && line <= lines && column >= 1);
    }),
    { numRuns: 3000 },
  );
  t.pass();
});
