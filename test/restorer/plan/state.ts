import test from 'ava';
import type { Credentials, Image, LiveTask, SigInfo } from '../../../src/restorer/image/index.ts';
import { complaints, lines, live, MODES, plan, restore, root, tree, zombie } from '../helpers/tree.ts';
import { thread } from '../image/_images.ts';

const NONE = { effective: '0000000000000000', permitted: '0000000000000000', inheritable: '0000000000000000' };

function user(uid: number, rest: Partial<Credentials> = {}): Credentials {
  const ids = { uid, euid: uid, suid: uid, fsuid: uid, gid: uid, egid: uid, sgid: uid, fsgid: uid };
  return { ...ids, groups: [], capabilities: NONE, ...rest };
}

const info = (signo: number, rest: Partial<SigInfo>): SigInfo => ({ signo, code: 0, pid: 10, uid: 0, ...rest });

const ten = (rest: Partial<LiveTask>): Image => tree([root(), live({ pid: 10 }, rest)]);

const table: [string, Image][] = [
  ['another user, with groups', ten({ credentials: user(1000, { groups: [4, 24] }) })],
  [
    'real, effective and saved ids that differ',
    ten({ credentials: user(1000, { euid: 2000, fsuid: 2000, egid: 3000, fsgid: 3000 }) }),
  ],
  [
    'a root that has given up what it may do to others',
    ten({
      credentials: user(0, { capabilities: { ...NONE, effective: '0000000000000001', permitted: '0000000000000021' } }),
    }),
  ],
  ['a working directory and a umask', ten({ cwd: '/home/somebody', umask: 0o77 })],
  ['limits', ten({ rlimits: { fsize: { soft: 1000, hard: 'unlimited' }, nproc: { soft: 10, hard: 20 } } })],
  [
    'threads with names, masks and users of their own',
    ten({
      threads: [thread(10), thread(11, { comm: 'helper', blocked: [10, 40] }), thread(12, { credentials: user(5) })],
    }),
  ],
  [
    'signals ignored, handled and blocked',
    ten({
      threads: [thread(10, { blocked: [2, 34] })],
      signals: {
        pending: [],
        actions: [
          { signal: 1, handler: 'SIG_IGN', flags: 0, mask: [] },
          { signal: 12, handler: { address: 0x4000 }, flags: 0x1400_0004, mask: [3, 40], restorer: 0x5000 },
        ],
      },
    }),
  ],
  ['an alternate stack', ten({ threads: [thread(10, { altstack: { address: 0x7000_0000, size: 8192, flags: 0 } })] })],
  [
    'signals that wait for the process, with their values',
    ten({
      threads: [thread(10, { blocked: [10, 35] })],
      signals: {
        pending: [
          info(35, { code: -1, value: 7 }),
          info(35, { code: -1, value: '12345678901234567890' }),
          info(10, {}),
        ],
        actions: [],
      },
    }),
  ],
  [
    'a signal that waits for a thread',
    ten({ threads: [thread(10), thread(11, { blocked: [12], pending: [info(12, { code: -6 })] })] }),
  ],
  [
    'a signal that the process ignores and blocks',
    ten({
      threads: [thread(10, { blocked: [10] })],
      signals: { pending: [info(10, {})], actions: [{ signal: 10, handler: 'SIG_IGN', flags: 0, mask: [] }] },
    }),
  ],
  ['a signal for the death of a parent', ten({ threads: [thread(10, { pdeathsig: 15 })] })],
  [
    'a signal for the death of a parent that came by a helper',
    tree([
      root(),
      live({ pid: 9 }),
      live({ pid: 10, ppid: 9, sid: 10 }),
      live({ pid: 12, sid: 10 }, { threads: [thread(12, { pdeathsig: 9 })] }),
    ]),
  ],
  ['a task that is stopped', tree([root(), live({ pid: 10 }, { state: 'stopped' })])],
  [
    'a task that is stopped in the group of a dead leader, below one that watches SIGCHLD',
    tree([
      root(),
      live(
        { pid: 10 },
        {
          threads: [thread(10, { blocked: [17] })],
          signals: { pending: [], actions: [{ signal: 17, handler: { address: 0x1000 }, flags: 0, mask: [] }] },
        },
      ),
      live({ pid: 12, ppid: 10, sid: 11 }, { state: 'stopped' }),
    ]),
  ],
  [
    'zombies of a parent that blocks SIGCHLD',
    tree([
      root(),
      live({ pid: 10 }, { threads: [thread(10, { blocked: [17] })] }),
      zombie({ pid: 11, ppid: 10 }, 200 << 8),
      zombie({ pid: 12, ppid: 10 }, 9),
      zombie({ pid: 13, ppid: 10, pgid: 14 }, 11),
      live({ pid: 14, pgid: 14 }),
    ]),
  ],
  [
    'zombies of a parent that ignores SIGCHLD by now',
    tree([
      root(),
      live(
        { pid: 10 },
        { signals: { pending: [], actions: [{ signal: 17, handler: 'SIG_IGN', flags: 0, mask: [] }] } },
      ),
      zombie({ pid: 11, ppid: 10 }, 0),
    ]),
  ],
  ['a zombie of another user', tree([root(), { ...zombie({ pid: 11 }, 0x300), credentials: user(7) }])],
];

for (const [title, image] of table) {
  test(`restores ${title}`, (t) => {
    for (const mode of MODES) t.deepEqual(complaints(restore(image, { mode })), [], mode);
  });
}

const losses: [string, Image, string][] = [
  ['a subreaper', ten({ subreaper: true }), 'that a task adopts orphans below it, which this kernel knows nothing of'],
  ['a core file', tree([root(), zombie({ pid: 10 }, 0x8b)]), 'that a zombie left a core file'],
  [
    'a pending SIGSTOP',
    ten({ threads: [thread(10, { blocked: [] })], signals: { pending: [info(19, {})], actions: [] } }),
    'a pending SIGKILL or SIGSTOP',
  ],
  [
    'a pending signal that is not blocked',
    ten({ signals: { pending: [info(10, {})], actions: [] } }),
    'a pending signal that is not blocked',
  ],
  [
    'a signal from somebody else',
    ten({ threads: [thread(10, { blocked: [10] })], signals: { pending: [info(10, { pid: 77 })], actions: [] } }),
    'who or what sent a pending signal',
  ],
  [
    'a handler without an address',
    ten({ signals: { pending: [], actions: [{ signal: 10, handler: 'unknown', flags: 0, mask: [] }] } }),
    'a signal handler that nobody can name',
  ],
  [
    'capabilities of a later kernel',
    ten({
      credentials: user(0, { capabilities: { ...NONE, effective: '0000010000000000', permitted: '0000010000000000' } }),
    }),
    'capabilities that this kernel does not know',
  ],
  [
    'capabilities kept by another user',
    ten({ credentials: user(1, { capabilities: { ...NONE, permitted: '0000000000000001' } }) }),
    'capabilities that were kept when root was given up',
  ],
  [
    'a session from outside',
    tree([root(), live({ pid: 10, sid: 0, pgid: 0 })]),
    'a session or group from outside, which has no number',
  ],
];

for (const [title, image, message] of losses) {
  test(`says before it starts that it loses ${title}`, (t) => {
    t.deepEqual(
      plan(image).losses.map((loss) => loss.message),
      [message],
    );
    t.is(restore(image).failure, null);
  });
}

test('a task takes its credentials when it needs no rights any more, and its signals last', (t) => {
  const task = { credentials: user(1000), threads: [thread(10, { blocked: [10], pdeathsig: 1 })] };
  const calls = lines(
    plan(ten({ ...task, signals: { pending: [info(10, { uid: 1000 })], actions: [] } })),
    'task_10_10',
  );
  t.deepEqual(
    calls.map((line) => line.slice(0, line.indexOf('('))),
    ['close', 'close', 'prctl', 'setresgid', 'setresuid', 'prctl', 'rt_sigprocmask', 'kill', 'write', 'close', 'pause'],
  );
});

test('a handler that is a program is named where the programs are known', (t) => {
  const image = ten({
    signals: { pending: [], actions: [{ signal: 10, handler: { program: 'on_usr1' }, flags: 0, mask: [] }] },
  });
  t.is(plan(image).losses.length, 1);
  const known = plan(image, { handlers: new Set(['on_usr1']) });
  t.deepEqual(known.losses, []);
  t.true(lines(known, 'task_10_10').some((line) => line.includes('sa_handler=on_usr1')));
});
