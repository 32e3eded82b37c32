import test from 'ava';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
import type { SigInfo } from '../../../src/restorer/image/index.ts';
import type { SignalInterface } from '../../../src/restorer/plan/signals-by-file.ts';
import { type Restore, restoreImage } from '../../../src/restorer/run/restore.ts';
import { image, task, thread } from '../image/_images.ts';

/** What is not as the image has it of signals; an image made by hand says nothing of much else. */
const differing = ({ differences }: Restore) => differences.filter(({ path }) => /pending|blocked|altstack/.test(path));

const rlimits = { nofile: { soft: 1024, hard: 4096 } };

const BLOCKED = [10, 11, 17, 29, 34, 64];

/** A process 5000 with two threads that block and have pending what is asked for. */
const imageWith = (own: readonly SigInfo[], shared: readonly SigInfo[]) =>
  image(
    [
      task(1, { pgid: 1, sid: 1, rlimits }),
      task(5000, {
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

function restoreBy(
  signals: SignalInterface,
  own: readonly SigInfo[],
  shared: readonly SigInfo[],
  fixes: string[] = [],
) {
  return restoreImage(imageWith(own, shared), { profile: profileOf('2.6.26', ['P3', ...fixes]), signals });
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
];

const SENDER = 'who or what sent a pending signal';
const THREAD_SENDER = "the sender's details of a signal in a thread's own queue";
const VALUE = 'the value that came with a pending signal';

const rows: Row[] = [
  ['a signal from the process itself', [], [fromKill], { sending: [], procsig: [] }],
  ['a signal from somebody else', [], [fromStranger], { sending: [SENDER], procsig: [] }],
  ['a signal from somebody else to a thread', [fromStranger], [], { sending: [THREAD_SENDER], procsig: [] }],
  ['a fault', [fault], [], { sending: [THREAD_SENDER], procsig: [] }],
  ['the death of a child', [], [deadChild], { sending: [SENDER], procsig: [] }],
  ['three of one real-time signal without values', [], [queued(0), queued(0), queued(0)], { sending: [], procsig: [] }],
  ['a real-time signal with a value', [], [queued(7)], { sending: [], procsig: [VALUE] }],
  [
    'signals of several kinds',
    [fault],
    [fromStranger, deadChild, queued(0)],
    { sending: [THREAD_SENDER, SENDER], procsig: [] },
  ],
];

for (const [title, own, shared, losses] of rows) {
  for (const by of ['sending', 'procsig'] as const) {
    const expected = losses[by];
    test(`${title}, restored by ${by}, comes back ${expected.length === 0 ? 'whole' : 'with the loss that was foreseen'}`, (t) => {
      const restored = restoreBy(by, own, shared);
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
  const restored = restoreBy(
    'procsig',
    [fault],
    [fromStranger, deadChild, queued(0)],
    Array.from({ length: 24 }, (_, i) => `G${i + 1}`),
  );
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
