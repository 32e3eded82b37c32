import { readFileSync } from 'node:fs';
import test from 'ava';
import { TestConsole } from './helpers/console.ts';

const RACE = `
title: Two forks store last_pid
kernel: { profile: 2.6.26 }
programs:
  init: |
    fork(slow)
    fork(fast)
    pause()
  slow: |
    fork(worker)
    pause()
  fast: |
    fork(worker)
    pause()
  worker: |
    pause()
expect: {}
`;

test('info reports shows the race of the run so far, and nothing before it happens', async (t) => {
  const session = new TestConsole(RACE);
  t.regex(await session.run('info reports'), /^The detectors see nothing up to here\.$/m);
  await session.run('break effect last_pid.store if program == "slow"', 'continue', 'choose fast');
  const seen = await session.run('delete', 'break effect last_pid.store', 'continue', 'step', 'info reports');
  t.regex(seen, /^BUG: data-race in fork \/ fork\nat kernel\/pid_namespace#0\.lastPid$/m);
  t.regex(seen, /^hazard: P7 alloc_pidmap-last_pid$/m);
});

test('info reports at the end of a run shows what leaks', async (t) => {
  const session = new TestConsole(readFileSync('test/fixtures/detectors/undo-list.yaml', 'utf8'));
  await session.run('jump end');
  const seen = await session.run('info reports');
  t.regex(seen, /^BUG: memory-leak\nat kernel\/task#0\/task#0\/undo_list#0$/m);
  t.regex(seen, /^hazard: S2 woken-semop-leaks-ref$/m);
  t.regex(seen, /^Nobody waits\.$/m);
});

test('info reports says for which lock a task waits and who holds it', async (t) => {
  const session = new TestConsole(`
title: One looks for a queue while the table is locked
kernel: { profile: 2.6.26 }
programs:
  init: |
    fork(other)
    nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
    write(nsd, "LONG1 70", _)
    msgget(0x4d51, IPC_CREAT|0600)
  other: |
    msgget(0x4d52, IPC_CREAT|0600)
expect: {}
`);
  await session.run('break effect ipc.search', 'continue', 'choose other', 'step 9');
  t.regex(await session.run('info reports'), /^2 \(other\) +msgget: ipc\.get +a lock that 1 \(init\) holds$/m);
});
