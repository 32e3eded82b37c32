import test from 'ava';
import {
  errnoName,
  errnoNames,
  errnoNumber,
  isRestart,
  parseErrno,
  strerror,
} from '../../../src/kernel-sim/abi/errno.ts';

const samples = [
  ['EPERM', 1, 'Operation not permitted'],
  ['EAGAIN', 11, 'Resource temporarily unavailable'],
  ['EIDRM', 43, 'Identifier removed'],
  ['ENOTSUP', 95, 'Operation not supported'],
  ['EHWPOISON', 133, 'Memory page has hardware error'],
  ['ERESTARTSYS', 512, 'To be restarted if SA_RESTART is set'],
  ['ERESTART_RESTARTBLOCK', 516, 'Interrupted by signal'],
] as const;

for (const [word, number, text] of samples) {
  test(`${word} is ${number}: ${text}`, (t) => {
    const name = parseErrno(word)!;
    t.is(errnoNumber(name), number);
    t.is(strerror(name), text);
    t.is(errnoName(number), name);
  });
}

test('every error has a number of its own', (t) => {
  t.is(new Set(errnoNames.map(errnoNumber)).size, errnoNames.length);
});

test('second names mean the name that strace prints', (t) => {
  t.is(parseErrno('EWOULDBLOCK'), 'EAGAIN');
  t.is(parseErrno('EDEADLOCK'), 'EDEADLK');
});

test('what is no error has no name and no number', (t) => {
  t.is(parseErrno('EFOO'), undefined);
  t.is(parseErrno('toString'), undefined);
  t.is(errnoName(41), undefined);
  t.is(errnoName(0), undefined);
});

test('only the four internal codes ask for a restart', (t) => {
  t.deepEqual(errnoNames.filter(isRestart), [
    'ERESTARTSYS',
    'ERESTARTNOINTR',
    'ERESTARTNOHAND',
    'ERESTART_RESTARTBLOCK',
  ]);
});
