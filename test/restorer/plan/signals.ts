import test from 'ava';
import type { Kernel } from '../../../src/kernel-sim/kernel.ts';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
import { Probe } from '../../../src/restorer/checkpoint/probe.ts';
import type { SigInfo } from '../../../src/restorer/image/index.ts';
import { planImage } from '../../../src/restorer/plan/plan.ts';
import type { SignalInterface } from '../../../src/restorer/plan/signals-by-file.ts';
import { type Restore, restoreImage } from '../../../src/restorer/run/restore.ts';
import { image, task, thread } from '../image/_images.ts';

/** What is not as the image has it of signals; an image made by hand says nothing of much else. */
const differing = ({ differences }: Restore) => differences.filter(({ path }) => /pending|blocked|altstack/.test(path));

const rlimits = { nofile: { soft: 1024, hard: 4096 } };

const BLOCKED = [10, 11, 17, 29, 34, 64];

/** A process 5000 with two threads that block and have pending what is asked for. */
const imageWith = (own: readonly SigInfo[], shared: readonly SigInfo[], state: 'running' | 'stopped' = 'running') =>
  image(
    [
      task(1, { pgid: 1, sid: 1, rlimits }),
      task(5000, {
        state,
        ppid: 1,
        pgid: 1,
        sid: 1,
        rlimits,
        descriptors: 2,
        threads: [
          thread(5000, { blocked: BLOCKED, altstack: { address: 65_536, size: 8192, flags: 0 } }),
          thread(5001, { blocked: BLOCKED, pending: [...own] }),
        ],
        signals: { pending: [...shared], actions: [] },
      }),
    ],
    { descriptorTables: [1, 2].map((id) => ({ id, descriptors: [] })) },
  );

const profileWith = (fixes: readonly string[] = []) =>
  profileOf('2.6.26', ['P3', ...fixes], 'x86-64', ['freezer-signals']);

function restoreBy(
  signals: SignalInterface,
  own: readonly SigInfo[],
  shared: readonly SigInfo[],
  { fixes = [], state = 'running' }: { fixes?: readonly string[]; state?: 'running' | 'stopped' } = {},
) {
  return restoreImage(imageWith(own, shared, state), { profile: profileWith(fixes), signals });
}

const fromKill = { signo: 10, code: 0, pid: 5000, uid: 0 };
const fromStranger = { signo: 10, code: 0, pid: 77, uid: 1000 };
const fault = { signo: 11, code: 1, address: 48_879 };
const deadChild = { signo: 17, code: 1, pid: 88, uid: 0, status: 3, utime: 0, stime: 0 };
const queued = (value: number) => ({ signo: 34, code: -1, pid: 5000, uid: 0, value });

type Row = [
  title: string,
  own: readonly SigInfo[],
  shared: readonly SigInfo[],
  losses: Record<SignalInterface, readonly string[]>,
  state?: 'stopped',
];

const SENDER = 'who or what sent a pending signal';
const THREAD_SENDER = "the sender's details of a signal in a thread's own queue";
const VALUE = 'the value that came with a pending signal';
const NOT_BLOCKED = 'a pending signal that is not blocked';
const DEADLY = 'a pending SIGKILL or SIGSTOP';
const TIMER = 'which timer a pending signal is from';

const all = (...losses: string[]) => ({ sending: losses, procsig: losses, freezer: losses });
const byTimer = { signo: 34, code: -2, timer: 3, overrun: 2, value: 9 };
const unblocked = { signo: 12, code: 0, pid: 5000, uid: 0 };

const rows: Row[] = [
  ['a signal from the process itself', [], [fromKill], { sending: [], procsig: [], freezer: [] }],
  ['a signal from somebody else', [], [fromStranger], { sending: [SENDER], procsig: [], freezer: [] }],
  [
    'a signal from somebody else to a thread',
    [fromStranger],
    [],
    { sending: [THREAD_SENDER], procsig: [], freezer: [] },
  ],
  ['a fault', [fault], [], { sending: [THREAD_SENDER], procsig: [], freezer: [] }],
  ['the death of a child', [], [deadChild], { sending: [SENDER], procsig: [], freezer: [] }],
  [
    'three of one real-time signal without values',
    [],
    [queued(0), queued(0), queued(0)],
    { sending: [], procsig: [], freezer: [] },
  ],
  ['a real-time signal with a value', [], [queued(7)], { sending: [], procsig: [VALUE], freezer: [] }],
  [
    'signals of several kinds',
    [fault],
    [fromStranger, deadChild, queued(0)],
    { sending: [THREAD_SENDER, SENDER], procsig: [], freezer: [] },
  ],
  ['what a timer sent', [], [byTimer], { sending: [], procsig: [TIMER], freezer: [] }],
  ['a signal that is not blocked', [], [unblocked], all(NOT_BLOCKED)],
  [
    'a signal that is not blocked, of a stopped task',
    [],
    [unblocked],
    { sending: [NOT_BLOCKED], procsig: [NOT_BLOCKED], freezer: [] },
    'stopped',
  ],
  ['SIGKILL', [], [{ ...unblocked, signo: 9 }], all(DEADLY)],
];

for (const [title, own, shared, losses, state = 'running'] of rows) {
  for (const by of ['sending', 'procsig', 'freezer'] as const) {
    const expected = losses[by];
    test(`${title}, restored by ${by}, comes back ${expected.length === 0 ? 'whole' : 'with the loss that was foreseen'}`, (t) => {
      const restored = restoreBy(by, own, shared, { state });
      t.is(restored.failure, null);
      t.deepEqual(
        restored.losses.map(({ message }) => message),
        [...expected],
      );
      t.is(differing(restored).length === 0, expected.length === 0);
    });
  }
}

test('the files bring masks, queues and stacks back on a kernel where they are repaired, too', (t) => {
  const restored = restoreBy('procsig', [fault], [fromStranger, deadChild, queued(0)], {
    fixes: Array.from({ length: 24 }, (_, i) => `G${i + 1}`),
  });
  t.is(restored.failure, null);
  t.deepEqual(differing(restored), []);
});

test('a kernel without the files is an obstacle, as is one without the interface', (t) => {
  const { obstacles } = restoreImage(imageWith([], [fromKill]), { profile: profileOf('6.x'), signals: 'procsig' });
  t.deepEqual(
    obstacles.map(({ message }) => message),
    [
      'the interface next_syscall_data, which this kernel does not have',
      'the files of /proc/<pid>/sig, which this kernel does not have',
    ],
  );
});

test('a kernel without the freezer is an obstacle to restoring through it', (t) => {
  const { obstacles, steps } = restoreImage(imageWith([], [fromKill]), {
    profile: profileOf('2.6.26', ['P3']),
    signals: 'freezer',
  });
  t.deepEqual(
    obstacles.map(({ message }) => message),
    ['the freezer with its file of signals, which this kernel does not have'],
  );
  t.is(steps, 0);
});

test('the coordinator has the lowest number that the interface gives and the image has no use for', (t) => {
  const { names } = planImage(
    image([
      task(1, { pgid: 300, sid: 301 }),
      task(302, { ppid: 1, threads: [thread(302, { blocked: [10] }), thread(303)] }),
    ]),
    { profile: profileWith(), signals: 'freezer' },
  );
  t.is(names.at(-1), 'coordinator_304');
});

test('an image without signal state needs no coordinator', (t) => {
  const { names } = planImage(image([task(1), task(302, { ppid: 1 })]), { profile: profileWith(), signals: 'freezer' });
  t.deepEqual(names, ['init', 'worker_302']);
});

test('a restore that fails while all are frozen leaves nobody and no group behind', (t) => {
  const small = imageWith([], []);
  const [init, process] = small.tasks;
  const stack = { address: 65_536, size: 100, flags: 0 }; // which no kernel takes
  const broken = {
    ...small,
    tasks: [init!, { ...process!, threads: [thread(5000, { altstack: stack }), thread(5001)] }],
  } as typeof small;
  let left: Kernel | null = null;
  const { failure } = restoreImage(broken, {
    profile: profileWith(),
    signals: 'freezer',
    onStep: (k) => {
      left = k;
    },
  });
  t.regex(failure!.message, /write\(file, "tid 5000.*returned -1 ENOMEM/);
  const k = left as unknown as Kernel;
  const probe = new Probe(k);
  t.deepEqual(
    probe.numbers('/proc').filter((pid) => pid < 32_000), // above are those who look
    [1],
  );
  t.deepEqual(probe.list('/cgroup/freezer'), ['tasks']);
});
