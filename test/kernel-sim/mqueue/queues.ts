import test from 'ava';
import { CLONE_NEWIPC } from '../../../src/kernel-sim/abi/clone.ts';
import { O_CREAT, O_NONBLOCK } from '../../../src/kernel-sim/abi/open.ts';
import { SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { SI_MESGQ, SIGEV_SIGNAL } from '../../../src/kernel-sim/abi/signal-code.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { OUT, type Struct } from '../../../src/syscalls/datum.ts';
import { names, O_RDWR, open, readOnce, slurp, value } from '../fs/_bench.ts';
import { type Lab, lab } from '../helpers/lab.ts';

const BASES = ['2.6.26', '6.x'] as const;

/** A queue of `maxMsg` messages of 8 bytes, as a descriptor of init. */
const queue = (b: Lab, maxMsg = 2, name = 'q'): number =>
  value(b, b.init, 'mq_open', name, O_RDWR | O_CREAT, 0o600, { mq_flags: 0, mq_maxmsg: maxMsg, mq_msgsize: 8 });

const send = (b: Lab, task: Task, fd: number, text: string, priority = 0): string =>
  b.outcome(task, 'mq_timedsend', fd, text, text.length, priority, null);

/** Text and priority of the next message, or the errno. */
function receive(b: Lab, task: Task, fd: number): unknown {
  const got = b.call(task, 'mq_timedreceive', fd, OUT, 8, OUT, null);
  return got.ok ? [got.value.out!.msg_ptr, (got.value.out!.msg_prio as readonly number[])[0]] : got.errno;
}

for (const base of BASES) {
  test(`${base}: messages come by priority, and in their order within one`, (t) => {
    const b = lab(base);
    const fd = queue(b, 4);
    for (const [text, priority] of [
      ['a', 1],
      ['b', 3],
      ['c', 1],
      ['d', 3],
    ] as const)
      send(b, b.init, fd, text, priority);
    t.deepEqual(
      [1, 2, 3, 4].map(() => receive(b, b.init, fd)),
      [
        ['b', 3],
        ['d', 3],
        ['a', 1],
        ['c', 1],
      ],
    );
  });

  test(`${base}: a receiver who waits is given the message, and nobody is notified`, (t) => {
    const b = lab(base);
    const fd = queue(b);
    b.call(b.init, 'mq_notify', fd, { sigev_notify: SIGEV_SIGNAL, sigev_signo: SIGUSR1 });
    const waiting = b.begin(b.fork(b.init), 'mq_timedreceive', fd, OUT, 8, OUT, null);
    t.is(waiting.result(), undefined);
    send(b, b.init, fd, 'hello', 7);
    b.settle();
    t.like(waiting.result(), { ok: true, value: { value: 5, out: { msg_ptr: 'hello', msg_prio: [7] } } });
    t.is(b.entered.length, 0);
  });

  test(`${base}: a sender who waits for room has sent when a message is taken`, (t) => {
    const b = lab(base);
    const fd = queue(b, 1);
    send(b, b.init, fd, 'first');
    const waiting = b.begin(b.fork(b.init), 'mq_timedsend', fd, 'second', 6, 9, null);
    t.is(waiting.result(), undefined);
    t.deepEqual(receive(b, b.init, fd), ['first', 0]);
    b.settle();
    t.like(waiting.result(), { ok: true });
    t.deepEqual(receive(b, b.init, fd), ['second', 9]);
  });

  test(`${base}: a full and an empty queue say EAGAIN to whoever does not wait`, (t) => {
    const b = lab(base);
    const fd = queue(b, 1);
    b.call(b.init, 'mq_getsetattr', fd, { mq_flags: O_NONBLOCK }, OUT);
    t.is(receive(b, b.init, fd), 'EAGAIN');
    send(b, b.init, fd, 'a');
    t.is(send(b, b.init, fd, 'b'), 'EAGAIN');
  });

  test(`${base}: the first message in an empty queue is told once, to one process`, (t) => {
    const b = lab(base);
    const fd = queue(b);
    const child = b.fork(b.init);
    const event = { sigev_value: { sival_int: 42 }, sigev_notify: SIGEV_SIGNAL, sigev_signo: SIGUSR1 };
    b.call(b.init, 'rt_sigaction', SIGUSR1, { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 }, null, 8);
    t.is(b.outcome(b.init, 'mq_notify', fd, event), '= 0');
    t.is(b.outcome(child, 'mq_notify', fd, event), 'EBUSY');
    send(b, child, fd, 'a');
    receive(b, b.init, fd);
    send(b, child, fd, 'b');
    b.settle();
    t.deepEqual(
      b.entered.map(({ siginfo }) => siginfo),
      [{ si_signo: SIGUSR1, si_code: SI_MESGQ, si_pid: 2, si_uid: 0, si_int: 42, si_ptr: 42 }],
    );
  });

  test(`${base}: closing any descriptor of the queue takes the registration back`, (t) => {
    const b = lab(base);
    const fd = queue(b);
    b.call(b.init, 'mq_notify', fd, { sigev_notify: SIGEV_SIGNAL, sigev_signo: SIGUSR1 });
    t.is(readOnce(b, b.init, fd), 'QSIZE:0          NOTIFY:0     SIGNO:10    NOTIFY_PID:1     \n');
    b.call(b.init, 'close', value(b, b.init, 'dup', fd));
    b.call(b.init, 'lseek', fd, 0, 0);
    t.is(readOnce(b, b.init, fd), 'QSIZE:0          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n');
  });

  test(`${base}: an unlinked queue lives until it is closed, and what it cost is given back then`, (t) => {
    const b = lab(base);
    const charged = () => b.k.machine.store.peek(b.k.users.queueBytes.at(0));
    const fd = queue(b);
    send(b, b.init, fd, 'a');
    b.call(b.init, 'mq_unlink', 'q');
    t.is(b.outcome(b.init, 'mq_open', 'q', O_RDWR, 0, null), 'ENOENT');
    t.deepEqual(receive(b, b.init, fd), ['a', 0]);
    t.true(charged() > 0);
    b.call(b.init, 'close', fd);
    t.is(charged(), 0);
  });

  test(`${base}: a mount shows the queues of whoever mounted it`, (t) => {
    const b = lab(base);
    queue(b);
    b.call(b.init, 'mount', 'none', '/dev/mqueue', 'mqueue', 0, null);
    t.deepEqual(
      names(b, b.init, '/dev/mqueue').filter((name) => !name.startsWith('.')),
      ['q'],
    );
    t.true(slurp(b, b.init, '/dev/mqueue/q').startsWith('QSIZE:0 '));
    b.call(b.init, 'close', open(b, b.init, '/dev/mqueue/made', O_RDWR | O_CREAT, 0o600));
    t.is(b.outcome(b.init, 'mq_unlink', 'made'), '= 0');
    t.is(b.outcome(b.init, 'mkdir', '/dev/mqueue/d', 0o700), 'EPERM');
  });

  test(`${base}: a new IPC namespace has no queues, and inherited descriptors go on working in the old one`, (t) => {
    const b = lab(base);
    const fd = queue(b);
    const child = b.fork(b.init);
    t.is(b.outcome(child, 'unshare', CLONE_NEWIPC), '= 0');
    t.is(b.outcome(child, 'mq_open', 'q', O_RDWR, 0, null), 'ENOENT');
    t.is(send(b, child, fd, 'out'), '= 0');
    t.deepEqual(receive(b, b.init, fd), ['out', 0]);
  });
}

test('2.6.26 loses the descriptor that it reserved for a name with a slash (M10)', (t) => {
  const next = (b: Lab): number => {
    b.call(b.init, 'mq_open', 'a/b', O_RDWR, 0, null);
    return queue(b);
  };
  const [posted, current] = [lab('2.6.26'), lab('6.x')];
  t.is(next(posted), queue(lab('2.6.26')) + 1);
  t.is(next(current), queue(lab('6.x')));
});

test('in an instance whose namespace has ended nothing can be made (M3)', (t) => {
  const b = lab('6.x');
  const child = b.fork(b.init);
  b.call(child, 'unshare', CLONE_NEWIPC);
  b.call(child, 'mount', 'none', '/dev/mqueue', 'mqueue', 0, null);
  b.call(child, 'close', open(b, child, '/dev/mqueue/kept', O_RDWR | O_CREAT, 0o600));
  b.begin(child, 'exit_group', 0);
  b.settle();
  t.is(b.outcome(b.init, 'open', '/dev/mqueue/new', O_RDWR | O_CREAT, 0o600), 'EACCES');
});

test('the limits of a namespace are read and set in /proc/sys/fs/mqueue', (t) => {
  const b = lab('6.x');
  const fd = open(b, b.init, '/proc/sys/fs/mqueue/msg_default', O_RDWR);
  t.is(readOnce(b, b.init, fd), '10\n');
  b.call(b.init, 'lseek', fd, 0, 0);
  t.is(b.outcome(b.init, 'write', fd, '3', 1), '= 1');
  const made = value(b, b.init, 'mq_open', 'usual', O_RDWR | O_CREAT, 0o600, null);
  const shown = b.call(b.init, 'mq_getsetattr', made, null, OUT);
  t.is(shown.ok && ((shown.value.out!.oldattr as Struct).mq_maxmsg as number), 3);
});
