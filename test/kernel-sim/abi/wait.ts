import test from 'ava';
import {
  continuedStatus,
  exitedStatus,
  killedStatus,
  stoppedStatus,
  WCOREDUMP,
  WEXITSTATUS,
  WIFCONTINUED,
  WIFEXITED,
  WIFSIGNALED,
  WIFSTOPPED,
  WSTOPSIG,
  WTERMSIG,
} from '../../../src/kernel-sim/abi/wait.ts';

const kinds = { WIFEXITED, WIFSIGNALED, WIFSTOPPED, WIFCONTINUED };
const statuses: readonly (readonly [string, number, number, keyof typeof kinds])[] = [
  ['exit code 0', exitedStatus(0), 0, 'WIFEXITED'],
  ['exit code 3', exitedStatus(3), 0x300, 'WIFEXITED'],
  ['exit code 256, of which only the low byte is kept', exitedStatus(256), 0, 'WIFEXITED'],
  ['death by signal 9', killedStatus(9, false), 9, 'WIFSIGNALED'],
  ['death by signal 11 with a core', killedStatus(11, true), 0x8b, 'WIFSIGNALED'],
  ['a stop by signal 19', stoppedStatus(19), 0x137f, 'WIFSTOPPED'],
  ['a continuation', continuedStatus, 0xffff, 'WIFCONTINUED'],
];

for (const [what, status, number, kind] of statuses) {
  test(`the status of ${what} is ${number}, and ${kind} alone is true of it`, (t) => {
    t.is(status, number);
    const found = Object.entries(kinds).filter(([, holds]) => holds(status));
    t.deepEqual(
      found.map(([name]) => name),
      [kind],
    );
  });
}

test('the details of a status can be taken out again', (t) => {
  t.is(WEXITSTATUS(exitedStatus(7)), 7);
  t.is(WTERMSIG(killedStatus(11, true)), 11);
  t.true(WCOREDUMP(killedStatus(11, true)));
  t.false(WCOREDUMP(killedStatus(11, false)));
  t.is(WSTOPSIG(stoppedStatus(20)), 20);
});
