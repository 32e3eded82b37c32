import test from 'ava';
import type { Image, LiveTask, Task } from '../../../src/restorer/image/index.ts';
import { imported, recorded } from './_fixtures.ts';

const hexMask = (signals: Iterable<number>) =>
  [...signals]
    .reduce((mask, n) => mask | (1n << BigInt(n - 1)), 0n)
    .toString(16)
    .padStart(16, '0');

const isLive = (task: Task): task is LiveTask => task.state !== 'zombie';

/** What /proc would show of a task that has the image's state, in the shape of proc.before.json. */
function asProc(image: Image, task: Task) {
  const threads = isLive(task) ? task.threads : [{ tid: task.pid, comm: task.comm, pending: [], blocked: [] }];
  const actions = isLive(task) ? task.signals.actions : [];
  return {
    comm: task.comm,
    state: task.state === 'zombie' ? 'Z' : 'S',
    ppid: task.ppid === 0 ? 'outside' : String(task.ppid),
    nspid: String(task.pid),
    nspgid: String(task.pgid),
    nssid: String(task.sid),
    exit: task.state === 'zombie' ? String(task.status) : '0',
    SigPnd: hexMask(threads[0]!.pending.map(({ signo }) => signo)),
    ShdPnd: hexMask(isLive(task) ? new Set(task.signals.pending.map(({ signo }) => signo)) : []),
    SigBlk: hexMask(threads[0]!.blocked),
    SigIgn: hexMask(actions.filter(({ handler }) => handler === 'SIG_IGN').map(({ signal }) => signal)),
    SigCgt: hexMask(actions.filter(({ handler }) => typeof handler === 'object').map(({ signal }) => signal)),
    Threads: String(threads.length),
    tasks: Object.fromEntries(
      threads.map(({ tid, comm = task.comm, pending, blocked }) => [
        tid,
        [comm, hexMask(new Set(pending.map(({ signo }) => signo))), hexMask(blocked)],
      ]),
    ),
    fds: isLive(task) ? descriptors(image, task) : {},
  };
}

const O_CLOEXEC = 0o2000000;

function descriptors(image: Image, task: LiveTask) {
  const table = image.descriptorTables.find(({ id }) => id === task.descriptors)!;
  return Object.fromEntries(
    table.descriptors.map(({ fd, file: id, cloexec }) => {
      const file = image.openFiles.find((one) => one.id === id)!;
      const [target, position] = file.kind === 'pipe' ? ['pipe', 0] : [file.path, file.position];
      return [fd, [target, String(position), `0${(file.flags | (cloexec ? O_CLOEXEC : 0)).toString(8)}`]];
    }),
  );
}

for (const name of ['small', 'medium', 'host-3', 'ipc-small']) {
  test(`${name}: every task, thread, number, status, mask and descriptor is as /proc said before the dump`, async (t) => {
    const image = await imported(t, name);
    const before = await recorded(name, 'proc.before.json');
    t.deepEqual(image.tasks.map(({ pid }) => String(pid)).sort(), Object.keys(before).sort());
    for (const task of image.tasks) {
      // Left out: numbers outside of the tree's namespace, and timers, which images do not have.
      const { pgid: _1, sid: _2, timers: _3, hpid: _4, ...expected } = before[task.pid];
      // A dump says nothing of the handlers that a zombie once had.
      if (task.state === 'zombie') expected.SigCgt = hexMask([]);
      t.deepEqual(asProc(image, task), expected);
    }
  });
}

test('a tree in the pid namespace of the host is told from one with a namespace of its own', async (t) => {
  t.deepEqual((await imported(t, 'host-3')).namespaces, { pid: 'shared', ipc: 'shared' });
  t.deepEqual((await imported(t, 'small')).namespaces, { pid: 'own', ipc: 'shared' });
  t.deepEqual((await imported(t, 'ipc-small')).namespaces, { pid: 'own', ipc: 'own' });
});

test('zombies keep the exact status that their parent will collect', async (t) => {
  const { tasks } = await imported(t, 'quirk-zombies');
  const zombies = tasks.flatMap((task) => (task.state === 'zombie' ? [[task.pid, task.status]] : []));
  t.deepEqual(zombies, [
    [2, 200 << 8],
    [3, 127 << 8],
    [4, 11],
    [5, 9],
    [6, 1 << 8],
  ]);
});

test('the session of a dead leader stays a number that no task has', async (t) => {
  const { tasks } = await imported(t, 'quirk-deepsess');
  t.deepEqual(
    tasks.map(({ pid, ppid, pgid, sid }) => [pid, ppid, pgid, sid]),
    [
      [1, 0, 1, 1],
      [2, 1, 1, 1],
      [4, 2, 3, 3],
    ],
  );
  t.is((tasks[1] as LiveTask).subreaper, true);
});

for (const name of ['small', 'host-3', 'ipc-small']) {
  test(`${name}: credentials, limits, actions and stacks are as CRIU's own decoder says`, async (t) => {
    const { tasks } = await imported(t, name);
    for (const task of tasks.filter(isLive)) {
      const { tc, thread_core } = (await recorded(name, 'json', `core-${task.pid}.json`)).entries[0];
      const fs = (await recorded(name, 'json', `fs-${task.pid}.json`)).entries[0];
      const { groups: _1, capabilities, ...ids } = task.credentials;
      const { cap_inh, cap_prm, cap_eff, cap_bnd: _2, cap_amb: _3, secbits: _4, ...expected } = thread_core.creds;
      t.deepEqual(ids, expected);
      const word = ([low, high]: number[]) => ((BigInt(high!) << 32n) | BigInt(low!)).toString(16).padStart(16, '0');
      t.deepEqual(capabilities, { effective: word(cap_eff), permitted: word(cap_prm), inheritable: word(cap_inh) });
      t.is(task.umask, fs.umask);
      t.is(task.subreaper, tc.child_subreaper);
      // JSON rounds 2^64-1 up.
      const limit = (value: number) => (value >= 2 ** 64 ? 'unlimited' : value);
      t.deepEqual(
        Object.values(task.rlimits),
        tc.rlimits.rlimits.map(({ cur, max }: { cur: number; max: number }) => ({
          soft: limit(cur),
          hard: limit(max),
        })),
      );
      for (const { signal, handler, flags, mask, restorer = 0 } of task.signals.actions) {
        const entry = tc.sigactions[signal - 1 - (signal > 9 ? 1 : 0) - (signal > 19 ? 1 : 0)];
        const address = handler === 'SIG_IGN' ? 1 : (handler as { address: number }).address;
        const decoded = [entry.sigaction, entry.flags, entry.mask, entry.restorer].map(Number);
        t.deepEqual([address, flags, Number.parseInt(hexMask(mask as number[]), 16), restorer], decoded);
      }
      for (const { tid, altstack } of task.threads) {
        const { sas } = (await recorded(name, 'json', `core-${tid}.json`)).entries[0].thread_core;
        const expectedStack =
          sas.ss_flags === 2 ? undefined : { address: sas.ss_sp, size: sas.ss_size, flags: sas.ss_flags };
        t.deepEqual(altstack, expectedStack);
      }
    }
  });
}

test('queued signals keep their senders, values and order', async (t) => {
  const { tasks } = await imported(t, 'small');
  const worker = tasks.find(({ comm }) => comm === 'W1') as LiveTask;
  t.deepEqual(worker.signals.pending, [
    { signo: 10, code: 0, pid: worker.pid, uid: 0 },
    { signo: 35, code: -1, pid: worker.pid, uid: 0, value: 0 },
    { signo: 35, code: -1, pid: worker.pid, uid: 0, value: 1 },
    { signo: 35, code: -1, pid: worker.pid, uid: 0, value: 2 },
  ]);
  t.deepEqual(worker.threads[0]!.pending, [{ signo: 12, code: -6, pid: worker.pid, uid: 0 }]);
});
