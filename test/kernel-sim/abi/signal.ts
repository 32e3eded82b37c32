import test from 'ava';
import { type DefaultAction, defaultAction, isUnblockable } from '../../../src/kernel-sim/abi/signal-default.ts';
import { signalName, signalNumber } from '../../../src/kernel-sim/abi/signal-name.ts';

const names: readonly (readonly [number, string])[] = [
  [1, 'SIGHUP'],
  [10, 'SIGUSR1'],
  [29, 'SIGIO'],
  [31, 'SIGSYS'],
  [32, 'SIGRTMIN'],
  [33, 'SIGRT_1'],
  [34, 'SIGRT_2'],
  [64, 'SIGRT_32'],
];

for (const [number, name] of names) {
  test(`signal ${number} is ${name}, and ${name.slice(3)} inside a set`, (t) => {
    t.is(signalName(number), name);
    t.is(signalNumber(name), number);
    t.is(signalNumber(name.slice(3)), number);
  });
}

test('numbers 0 and 65 have no name, and not every SIG word is a signal', (t) => {
  t.is(signalName(0), undefined);
  t.is(signalName(65), undefined);
  t.is(signalNumber('SIG_DFL'), undefined);
  t.is(signalNumber('SIGRT_33'), undefined);
});

test('every signal from 1 to 64 has a name that leads back to it', (t) => {
  for (let number = 1; number <= 64; number += 1) t.is(signalNumber(signalName(number)!), number);
});

const actions: readonly (readonly [string, DefaultAction])[] = [
  ['SIGHUP', 'terminate'],
  ['SIGSEGV', 'core'],
  ['SIGCHLD', 'ignore'],
  ['SIGURG', 'ignore'],
  ['SIGSTOP', 'stop'],
  ['SIGTTOU', 'stop'],
  ['SIGCONT', 'continue'],
  ['SIGRT_2', 'terminate'],
];

for (const [name, action] of actions) {
  test(`the default action of ${name} is ${action}`, (t) => {
    t.is(defaultAction(signalNumber(name)!), action);
  });
}

test('only SIGKILL and SIGSTOP cannot be blocked', (t) => {
  const all = Array.from({ length: 64 }, (_, i) => i + 1);
  t.deepEqual(all.filter(isUnblockable), [9, 19]);
});
