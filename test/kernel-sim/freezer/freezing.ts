import test from 'ava';
import { stateLetter } from '../../../src/kernel-sim/fs/proc/state-letter.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { ADDRESS, handler } from '../signal/_bench.ts';
import { freezer, GROUP, join } from './_bench.ts';

const letter = (bed: ReturnType<typeof freezer>, task = bed.child): string => stateLetter(bed.k.machine.store, task);

test('a task that waits is frozen when asked, and waits on after the thaw', (t) => {
  const bed = freezer();
  const waiting = bed.begin(bed.child, 'pause');
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FROZEN');
  t.is(letter(bed), 'D');
  bed.thaw();
  t.is(bed.stateOfGroup(), 'THAWED');
  t.is(letter(bed), 'S');
  t.is(waiting.result(), undefined);
});

test('a task in user mode is frozen before it goes on', (t) => {
  const bed = freezer();
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FROZEN');
  t.is(letter(bed), 'D');
});

test('a signal sent to a frozen task is seen after the thaw only', (t) => {
  const bed = freezer();
  bed.act(bed.child, 10, ADDRESS);
  bed.begin(bed.child, 'pause');
  bed.freeze();
  t.is(bed.outcome(bed.init, 'kill', 2, 10), '= 0');
  t.deepEqual(bed.entered, []);
  t.deepEqual(bed.pending(bed.child).shared, [10]);
  bed.thaw();
  t.is(bed.entered.length, 1);
});

test('SIGKILL ends a frozen task when it is thawed, and not before', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'pause');
  bed.freeze();
  bed.call(bed.init, 'kill', 2, 9);
  t.is(letter(bed), 'D');
  t.is(bed.outcome(bed.init, 'wait4', 2, OUT, 1, null), '= 0');
  bed.thaw();
  t.is(letter(bed), 'Z');
});

test('SIGCONT and SIGSTOP do not move a frozen task', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'pause');
  bed.freeze();
  bed.call(bed.init, 'kill', 2, 19);
  t.is(letter(bed), 'D');
  bed.thaw();
  t.is(letter(bed), 'T');
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FROZEN', 'a stopped task is frozen enough');
  t.is(letter(bed), 'T');
  bed.call(bed.init, 'kill', 2, 18);
  t.is(letter(bed), 'D', 'it freezes before anything else when it is made to go on');
  bed.thaw();
  t.is(letter(bed), 'S');
});

test('a task that cannot freeze yet leaves the group FREEZING until it can', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'vfork', null);
  const child = bed.task(3);
  bed.put('/cgroup/freezer/tasks', '3');
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FREEZING');
  bed.begin(child, 'exit_group', 0);
  t.is(bed.stateOfGroup(), 'FROZEN');
});

test('a vfork child that freezes in the same group keeps its parent from freezing', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'vfork', null);
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FREEZING');
  t.is(letter(bed, bed.task(3)), 'D');
  bed.thaw();
  t.is(letter(bed, bed.task(3)), 'R');
});

test('a task that exits leaves its group, before it has been waited for', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'exit_group', 0);
  t.is(bed.get(`${GROUP}/tasks`), '');
  t.is(bed.put(`${GROUP}/tasks`, '2'), 'ESRCH');
  t.is(bed.outcome(bed.init, 'rmdir', GROUP), '= 0');
});

test('a fork that a freeze comes into is made again after the thaw', (t) => {
  const bed = freezer();
  const forking = bed.halt(bed.child, 'fork', null);
  forking.until('fork.link');
  bed.freeze();
  t.is(forking.finish(), undefined);
  t.is(bed.stateOfGroup(), 'FROZEN');
  t.is(bed.get(`${GROUP}/tasks`), '2\n');
  bed.thaw();
  t.is(bed.get(`${GROUP}/tasks`), '2\n4\n', 'number 3 was taken and given back');
});

test('a child that is born into a group that is about to freeze freezes', (t) => {
  const bed = freezer(['N10']); // tests for signals before it links the child
  const forking = bed.halt(bed.child, 'fork', null);
  forking.until('fork.link');
  bed.freeze();
  forking.finish();
  t.is(bed.get(`${GROUP}/tasks`), '2\n3\n');
  t.is(bed.stateOfGroup(), 'FROZEN');
});

test('threads are frozen one by one: a thread of the same process outside of the group runs on', (t) => {
  const bed = freezer();
  const thread = bed.thread(bed.child);
  bed.put('/cgroup/freezer/tasks', '3');
  bed.freeze();
  t.is(letter(bed), 'D');
  t.is(bed.outcome(thread, 'getpid'), '= 2');
});

test('calls that wait are interrupted by a freeze: some are made again, semop and sigtimedwait fail', (t) => {
  const bed = freezer();
  bed.call(bed.child, 'semget', 0, 1, 0o600);
  const operations = [{ sem_num: 0, sem_op: -1, sem_flg: 0 }];
  const cases: [ends: string, name: string, args: Datum[]][] = [
    ['wait', 'pause', []],
    ['wait', 'nanosleep', [{ tv_sec: 1, tv_nsec: 0 }, OUT]],
    ['EINTR', 'semop', [0, operations, 1]],
    ['EINTR', 'rt_sigtimedwait', [[10], OUT, null, 8]],
  ];
  for (const [ends, name, args] of cases) {
    const waiting = bed.begin(bed.child, name, ...args);
    bed.freeze();
    bed.thaw();
    const result = waiting.result();
    t.is(result === undefined ? 'wait' : result.ok ? 'ok' : result.errno, ends, name);
    if (result === undefined) {
      bed.act(bed.child, 10, ADDRESS);
      bed.call(bed.init, 'kill', 2, 10);
    }
  }
});

test('a nap that was frozen ends at the time it was to end', (t) => {
  const bed = freezer();
  const napping = bed.begin(bed.child, 'nanosleep', { tv_sec: 1, tv_nsec: 0 }, OUT);
  bed.freeze();
  bed.thaw();
  bed.passTime();
  t.true(napping.result()?.ok);
  t.is(bed.k.machine.store.peek(bed.k.machine.clock.now), 1e9);
});

test('a handler that is under way is frozen in the middle', (t) => {
  const bed = freezer();
  bed.act(bed.child, 10, handler('on_usr1'));
  bed.call(bed.init, 'kill', 2, 10);
  t.is(bed.entered.length, 1);
  bed.freeze();
  t.is(letter(bed), 'D');
  bed.thaw();
  t.true(bed.call(bed.child, 'getpid').ok);
});

test('all of a group are frozen by one write and thawed by another', (t) => {
  const bed = freezer();
  const others = [bed.fork(bed.init), bed.fork(bed.init), bed.thread(bed.child)];
  join(bed, 3, 4, 5);
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FROZEN');
  t.deepEqual(
    others.map((task) => letter(bed, task)),
    ['D', 'D', 'D'],
  );
  bed.thaw();
  t.deepEqual(
    others.map((task) => letter(bed, task)),
    ['R', 'R', 'R'],
  );
});
