import test from 'ava';
import { OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';

const O_RDWR = 2;
const FILE = '/proc/self/task/1/next_syscall_data';

/** A descriptor of init's own control file, opened before anything is armed. */
function openControlFile(bed: Lab): number {
  const opened = bed.call(bed.init, 'open', FILE, O_RDWR, 0);
  if (!opened.ok) throw new Error(`open failed: ${opened.errno}`);
  return Number(opened.value.value);
}

/** What the file shows, read at once into a large buffer. */
function shown(bed: Lab): string {
  bed.call(bed.init, 'lseek', 3, 0, 0);
  const read = bed.call(bed.init, 'read', 3, OUT, 64);
  bed.call(bed.init, 'lseek', 3, 0, 0);
  return read.ok ? (read.value.out!.buf as string) : read.errno;
}

/** What is armed afterwards: a number, or nothing; `kept` is the 999 that was armed before. */
type After = number | bigint | 'unset' | 'kept';

/** Table A3 of SEMANTICS: what is written, what the write says, and what is armed then for a fresh task and one with 999 armed. */
type Row = readonly [text: string, returns: 'n' | number | 'EINVAL', fresh: After, previous: After];

const sets = (text: string, value: number | bigint): Row => [text, 'n', value, value];
const destroys = (text: string): Row => [text, 'EINVAL', 'unset', 'unset'];
const keeps = (text: string): Row => [text, 'EINVAL', 'unset', 'kept'];
const clears = (text: string): Row => [text, 'n', 'unset', 'unset'];

const rows: readonly Row[] = [
  sets('LONG1 5', 5),
  sets('LONG1 5\n', 5),
  sets('LONG1 5\t6', 5),
  sets('LONG1 5\v', 5),
  sets('LONG1 5\f', 5),
  sets('LONG1 5\r', 5),
  sets('LONG1 5\xa0', 5),
  sets('LONG1 0x10', 16),
  sets('LONG1 0X1f', 31),
  sets('LONG1 010', 8),
  destroys('LONG1 08'),
  destroys('LONG1 0x'),
  destroys('LONG1 0xg'),
  destroys('LONG1 +5'),
  destroys('LONG1 --5'),
  destroys('LONG1 1.5'),
  destroys('LONG1 5,'),
  destroys('LONG1 5junk'),
  sets('LONG1 -5', -5),
  sets('LONG1 5 junk', 5),
  sets('LONG1 5\njunk', 5),
  destroys('LONG1  5'),
  destroys('LONG1 '),
  destroys('LONG1 \n'),
  destroys('LONG1'),
  keeps('LONG1\n'),
  keeps('LONG1\t5'),
  keeps('LONG15'),
  keeps('LONG15 5'),
  keeps('LONG2 5 6'),
  keeps('LONG2 5'),
  keeps('LONG1X 5'),
  keeps('LONGEST 5'),
  keeps('LONG+1 5'),
  clears('LONG 5'),
  clears('LONG0 5'),
  clears('LONG0'),
  clears('LONG'),
  clears('LONG '),
  clears('LONG0 \n'),
  clears('LONG-0 5'),
  keeps('LONG0\n'),
  keeps('LONG\n'),
  destroys('LONG-1'),
  destroys('LONG-1 5'),
  sets('LONG0x1 5', 5),
  sets('LONG01 5', 5),
  sets('LONG4294967297 5', 5),
  clears('LONG4294967296 5'),
  clears('RESET'),
  clears('RESET\n'),
  clears('RESETfoo'),
  clears('RESET 5'),
  keeps('RESE'),
  keeps('reset'),
  keeps('long1 5'),
  keeps(' LONG1 5'),
  keeps('\nLONG1 5'),
  keeps('5'),
  keeps(' '),
  keeps('\n'),
  keeps(''),
  sets('LONG1 0', 0),
  sets('LONG1 4294967301', 4294967301),
  sets('LONG1 18446744073709551616', 0),
  [`LONG1 7${' '.repeat(9000 - 7)}`, 4095, 7, 7],
  [`LONG1 ${'0'.repeat(9000 - 7)}7`, 4095, 0, 0],
];

const text = (after: After): string => (after === 'unset' ? 'UNSET\n' : `LONG1 ${after === 'kept' ? 999 : after}\n`);

const shortly = (written: string): string =>
  written.length < 40
    ? JSON.stringify(written)
    : `${written.length} bytes that begin and end ${JSON.stringify(`${written.slice(0, 8)}…${written.slice(-2)}`)}`;

for (const [written, returns, fresh, previous] of rows) {
  const expected = returns === 'n' ? `= ${written.length}` : typeof returns === 'number' ? `= ${returns}` : returns;

  test(`a fresh task that writes ${shortly(written)} gets ${expected} and has ${JSON.stringify(text(fresh))}`, (t) => {
    const bed = lab();
    const fd = openControlFile(bed);
    t.is(bed.outcome(bed.init, 'write', fd, written, written.length), expected);
    t.is(shown(bed), text(fresh));
  });

  test(`a task with 999 armed that writes ${shortly(written)} gets ${expected} and has ${JSON.stringify(text(previous))}`, (t) => {
    const bed = lab();
    const fd = openControlFile(bed);
    t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 999', 9), '= 9');
    t.is(bed.outcome(bed.init, 'write', fd, written, written.length), expected);
    t.is(shown(bed), text(previous));
  });
}

test('the rest of a write that was cut is refused, and the value stays', (t) => {
  const bed = lab();
  const fd = openControlFile(bed);
  const written = `LONG1 7${' '.repeat(9000 - 7)}`;
  t.is(bed.outcome(bed.init, 'write', fd, written, 9000), '= 4095');
  t.is(bed.outcome(bed.init, 'write', fd, written.slice(4095), 9000 - 4095), 'EINVAL');
  t.is(shown(bed), 'LONG1 7\n');
});

test('a text ends at its first NUL', (t) => {
  const bed = lab();
  const fd = openControlFile(bed);
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 5\0junk', 12), '= 12');
  t.is(shown(bed), 'LONG1 5\n');
});

test('with N4 repaired a refused write leaves what was armed', (t) => {
  const bed = lab('2.6.26', ['N4']);
  const fd = openControlFile(bed);
  bed.call(bed.init, 'write', fd, 'LONG1 999', 9);
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 x', 7), 'EINVAL');
  t.is(shown(bed), 'LONG1 999\n');
});

test('with N5 repaired the zero forms are refused', (t) => {
  const bed = lab('2.6.26', ['N4', 'N5']);
  const fd = openControlFile(bed);
  bed.call(bed.init, 'write', fd, 'LONG1 999', 9);
  for (const zero of ['LONG 5', 'LONG0', 'LONG0 7'])
    t.is(bed.outcome(bed.init, 'write', fd, zero, zero.length), 'EINVAL');
  t.is(shown(bed), 'LONG1 999\n');
});

test('with N15 repaired a value that no int holds is refused', (t) => {
  const bed = lab('2.6.26', ['N15']);
  const fd = openControlFile(bed);
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 4294967301', 16), 'EINVAL');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 -1', 8), 'EINVAL');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 2147483647', 16), '= 16');
});
