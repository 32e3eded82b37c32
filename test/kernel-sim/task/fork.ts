import test from 'ava';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { set } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import { lab } from '../helpers/lab.ts';

test('fork gives the next number after the one given out last', (t) => {
  const { outcome, init } = lab();
  t.is(outcome(init, 'fork', null), '= 2');
  t.is(outcome(init, 'fork', null), '= 3');
});

test('fork takes the armed number, and the next ordinary one follows it', (t) => {
  const { k, outcome, init } = lab();
  k.machine.store.write(
    init.frame,
    Frame.begin({ name: 'arm', args: [], start: () => set(k, init, 'LONG1 5000', 'fork') }),
  );
  while (k.machine.store.peek(init.frame) !== null) k.machine.step(init);
  t.is(outcome(init, 'fork', null), '= 5000');
  t.is(outcome(init, 'fork', null), '= 5001');
});
