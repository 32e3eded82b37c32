import test from 'ava';
import { QUEUE, TestConsole } from './helpers/console.ts';

test('a breakpoint on a call stops where it is made, with its condition, forward and back', async (t) => {
  const session = new TestConsole(QUEUE);
  const forward = await session.run('break msgget if tid == 3', 'continue');
  t.regex(
    forward,
    /^Breakpoint 1: call of msgget\nBreakpoint 1, call of msgget\n#\d+ {2}3 \(taker\) {2}calls msgget$/m,
  );
  t.regex(forward, /^14\tr = msgget\(\$\{key\}, 0\) = \?$/m);
  const { session: run } = session.console.debuggee!;
  const there = run.position;
  await session.run('jump end', 'reverse-continue');
  t.is(run.position, there);
});

const stops: readonly (readonly [place: string, at: RegExp])[] = [
  ['msgsnd', /calls msgsnd$/m],
  ['return msgget', /msgget\(0x4d51, IPC_CREAT\|0600\) += 0/],
  ['EINVAL', /msgrcv\(9, .* = -1 EINVAL/],
  ['line 11', /calls msgsnd$/m],
  ['11', /calls msgsnd$/m],
  ['maker:2', /calls msgsnd$/m],
  ['scenario.yaml:11', /calls msgsnd$/m],
  ['ipc.get', /msgget: ipc\.get$/m],
  ['effect ipc.get', /msgget: ipc\.get$/m],
];
for (const [place, at] of stops) {
  test(`break ${place} stops there, and going back stops in the same state`, async (t) => {
    const session = new TestConsole(QUEUE);
    t.regex(await session.run(`break ${place}`, 'continue'), at);
    const there = session.console.debuggee!.session.position;
    await session.run('jump end', 'reverse-continue 1000', 'continue');
    t.is(session.console.debuggee!.session.position, there);
  });
}

test('a watchpoint stops after the change going forward, and before it going back', async (t) => {
  const session = new TestConsole(QUEUE);
  const forward = await session.run('watch msg(0)', 'continue');
  t.regex(forward, /Watchpoint 1, msg\(0\)\n {2}was NULL\n {2}is {2}msg_queue 0/);
  t.is(await session.run('print msg(0) != NULL'), 'true');
  const backward = await session.run('jump end', 'reverse-continue');
  t.regex(backward, /was msg_queue 0\n {2}is {2}NULL/);
  t.is(
    await session.run('print msg(0) != NULL', 'step', 'print msg(0) != NULL').then((text) => text.split('\n')[0]),
    'false',
  );
  t.is(await session.run('print msg(0) != NULL'), 'true');
});

test('what is watched need not be there yet', async (t) => {
  const session = new TestConsole(QUEUE);
  t.regex(await session.run('watch task(3).state'), /Watchpoint 1: task\(3\)\.state, now <nothing there>/);
  t.regex(await session.run('continue'), /was <nothing there>\n {2}is {2}"running"/);
});

test('a temporary breakpoint goes when it is hit; ignore and disable pass hits by', async (t) => {
  const session = new TestConsole(QUEUE);
  await session.run('tbreak msgget', 'continue');
  t.is(await session.run('info breakpoints'), 'No breakpoints or watchpoints.');
  t.regex(await session.run('start', 'break msgget', 'ignore 2 1', 'continue'), /3 \(taker\) {2}calls msgget/);
  t.regex(await session.run('start', 'disable 2', 'continue'), /as far as it goes/);
  t.regex(await session.run('info breakpoints'), /breakpoint {2}n {3}call of msgget {2}hit 2 times/);
});

test('next runs a whole call, finish the rest of one, and both can be gone back over', async (t) => {
  const session = new TestConsole(QUEUE);
  t.regex(await session.run('next'), /fork\(maker\) += 2/);
  const after = session.console.debuggee!.session.position;
  t.regex(await session.run('step 3', 'finish'), /fork\(taker\) += 3/);
  await session.run('reverse-next');
  t.is(session.console.debuggee!.session.position, after);
  await session.run('reverse-finish');
  t.is(session.console.debuggee!.session.position, after, 'in no call there is nothing to go back to');
});

test('a count repeats a movement, and the start and the end stop it', async (t) => {
  const session = new TestConsole(QUEUE);
  t.regex(await session.run('step 5'), /^#5 /);
  t.regex(await session.run('reverse-step 50'), /This is the start of the run/);
  t.regex(await session.run('continue'), /the run is stuck: 1 \(init\) in pause waits for ever/);
  t.regex(await session.run('step'), /as far as it goes/);
});

test('choosing another task makes a branch, and branches can be compared and gone back to', async (t) => {
  const session = new TestConsole(QUEUE);
  await session.run('break msgget', 'continue', 'continue', 'delete', 'jump end', 'jump 70');
  t.regex(await session.run('choose taker'), /kept as branch main; this is branch1 now/);
  t.regex(await session.run('continue'), /stuck/);
  t.regex(await session.run('branch'), /^ {2}main .*\n\* branch1 .* left main at #70$/m);
  t.regex(await session.run('branch compare main'), /^The first 70 steps are the same\.$/m);
  t.regex(await session.run('branch main'), /^This is main now\.\n#70 /);
  t.is(await session.run('branch drop branch1'), 'Branch branch1 is forgotten.');
});

test('a checkpoint is come back to, across branches', async (t) => {
  const session = new TestConsole(QUEUE);
  await session.run('step 60', 'checkpoint', 'jump end', 'jump 75', 'choose taker', 'step 3');
  t.regex(await session.run('restart 1'), /^#60 /);
  t.is(session.console.debuggee!.session.branches.current.name, 'main');
  t.regex(await session.run('restart 2'), /There is no checkpoint 2/);
});

test('why tells who wrote a location last and before that', async (t) => {
  const session = new TestConsole(QUEUE);
  const told = await session.run('jump end', 'why last_pid');
  t.regex(told, /^last_pid is 3$/m);
  t.regex(
    told,
    /#\d+ {2}1 \(init\) {2}fork: last_pid\.store: 2 -> 3\n {2}#\d+ {2}1 \(init\) {2}fork: last_pid\.store: 1 -> 2/,
  );
  t.is(await session.run('why 1 + 1'), '"1 + 1" is a value, no location: nobody wrote it.');
});

test('diff tells what differs between two states', async (t) => {
  const session = new TestConsole(QUEUE);
  const told = await session.run('break return msgget', 'continue', 'diff 46');
  t.regex(told, /^msg_queue 0\.key: 0 -> 19793$/m);
  t.regex(await session.run('diff 9999'), /needs one or two recorded steps/);
});

test('backtrace goes from the effect to the program and names the locks held', async (t) => {
  const session = new TestConsole(QUEUE);
  const [effect, ...outer] = (await session.run('break msgsnd', 'continue', 'backtrace')).split('\n').slice(-3);
  t.regex(effect ?? '', /^#0 {2}effect \S+$/);
  t.deepEqual(outer, [
    '#1  msgsnd(0, {mtype=1, mtext="hello"}, 5, 0)',
    '#2  maker () at scenario.yaml:11: msgsnd(q, {mtype=1, mtext="hello"}, 5, 0)',
  ]);
});

test('the trace can be printed again after going back, as far as one stands', async (t) => {
  const session = new TestConsole(QUEUE);
  await session.run('jump end');
  const whole = await session.run('trace');
  t.regex(whole, /msgget\(0x4d51, IPC_CREAT\|0600\) += 0/);
  t.is(await session.run('trace'), whole);
  const part = await session.run('jump 0', 'next', 'trace').then((text) => text.split('\n').at(-1));
  t.regex(part ?? '', /^\[pid 1\] fork\(maker\) += 2$/);
});

test('x shows what is in a queue', async (t) => {
  const session = new TestConsole(QUEUE);
  t.is(
    await session
      .run('break return msgsnd', 'continue', 'x msg(0)')
      .then((text) => text.split('\n').slice(-2).join('\n')),
    '#  type     size     text\n0  mtype 1  5 bytes  "hello"',
  );
});

const topics =
  'tasks nsd pids ipc msg sem shm undo mqueue fds signals locks rcu ns hazards choices breakpoints clock'.split(' ');
test('every topic of info has something to say at every moment', async (t) => {
  const session = new TestConsole(QUEUE);
  await session.run();
  for (const moment of ['jump 0', 'jump 30', 'break msgsnd', 'continue', 'jump end']) {
    await session.run(moment);
    for (const topic of topics) {
      const text = await session.run(`info ${topic}`);
      t.true(text.length > 0 && !text.includes('undefined') && !text.includes('[object'), `${topic}: ${text}`);
    }
  }
});

test('info tasks shows the tree with state, line and call', async (t) => {
  const session = new TestConsole(QUEUE);
  const [init, maker, taker] = (await session.run('break msgsnd', 'continue', 'info tasks')).split('\n').slice(-3);
  t.regex(init ?? '', /^ {3}1 \(init\) +interruptible +init:7 +wait4, before schedule$/);
  t.regex(maker ?? '', /^\*> {3}2 \(maker\) +running +maker:11 +msgsnd, before \S+$/);
  t.regex(taker ?? '', /^ {5}3 \(taker\) +running +taker:14 +user mode$/);
});

test('a table is printed by the elements that were set', async (t) => {
  const session = new TestConsole(QUEUE);
  t.is(await session.run('print pidmap'), '<table map> {\n  [1] = true\n}');
});

test('a schedule is saved in the form that replay reads', async (t) => {
  const session = new TestConsole(QUEUE);
  t.regex(await session.run('break msgsnd', 'continue', 'save schedule mine.yaml'), /Saved the \d+ steps/);
  t.regex(session.files.get('mine.yaml') ?? '', /^version: 1\nscenario: Two that race for a queue\n/);
  t.regex(session.files.get('mine.yaml') ?? '', /- actor: init\n {4}steps: \d+\n {2}- actor: maker\n/);
});
