import test from 'ava';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { type Credentials, ordinaryCredentials, rootCredentials } from '../../src/kernel-sim/task/cred.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

const user = ordinaryCredentials(1000, 1000, [4, 20]);
/** A set-uid program of user 2000 that user 1000 runs. */
const raised: Credentials = { ...user, euid: 2000, suid: 2000, fsuid: 2000, egid: 2000, sgid: 2000, fsgid: 2000 };
const root = rootCredentials;
const KEEP = -1;

type Row = [title: string, cred: Credentials, call: string, args: Datum[], said: string | [string, string]];

const table: Row[] = [
  ['getuid', raised, 'getuid', [], '= 1000'],
  ['geteuid', raised, 'geteuid', [], '= 2000'],
  ['getgid', raised, 'getgid', [], '= 1000'],
  ['getegid', raised, 'getegid', [], '= 2000'],
  ['setuid by root', root, 'setuid', [7], '= 0'],
  ['setuid to the real id', raised, 'setuid', [1000], '= 0'],
  ['setuid to the saved id', raised, 'setuid', [2000], '= 0'],
  ['setuid to another id', raised, 'setuid', [3000], 'EPERM'],
  ['setuid to no id', root, 'setuid', [KEEP], ['= 0', 'EINVAL']],
  ['setgid to another id', user, 'setgid', [3000], 'EPERM'],
  ['setgid to no id', root, 'setgid', [KEEP], ['= 0', 'EINVAL']],
  ['setreuid that swaps', raised, 'setreuid', [2000, 1000], '= 0'],
  ['setreuid of nothing', user, 'setreuid', [KEEP, KEEP], '= 0'],
  ['setreuid with another real id', raised, 'setreuid', [3000, KEEP], 'EPERM'],
  ['setreuid with another effective id', raised, 'setreuid', [KEEP, 3000], 'EPERM'],
  ['setregid with another real id', user, 'setregid', [3000, KEEP], 'EPERM'],
  ['setregid with another effective id', user, 'setregid', [KEEP, 3000], 'EPERM'],
  ['setresuid among its own', raised, 'setresuid', [2000, 1000, 2000], '= 0'],
  ['setresuid with another real id', raised, 'setresuid', [3000, KEEP, KEEP], 'EPERM'],
  ['setresuid with another effective id', raised, 'setresuid', [KEEP, 3000, KEEP], 'EPERM'],
  ['setresuid with another saved id', raised, 'setresuid', [KEEP, KEEP, 3000], 'EPERM'],
  ['setresgid with another id', user, 'setresgid', [KEEP, KEEP, 3000], 'EPERM'],
  ['setresgid by root', root, 'setresgid', [1, 2, 3], '= 0'],
  ['setfsuid, which tells the id before', raised, 'setfsuid', [1000], '= 2000'],
  ['setfsuid to another id, which is not refused', user, 'setfsuid', [3000], '= 1000'],
  ['setfsgid', user, 'setfsgid', [1000], '= 1000'],
  ['getresuid that cannot write', user, 'getresuid', [OUT, FAULT, OUT], 'EFAULT'],
  ['getresgid to nowhere', user, 'getresgid', [OUT, OUT, null], 'EFAULT'],
  ['getgroups, how many', user, 'getgroups', [0, null], '= 2'],
  ['getgroups', user, 'getgroups', [2, OUT], '= 2'],
  ['getgroups with too little room', user, 'getgroups', [1, OUT], 'EINVAL'],
  ['getgroups with a negative size', user, 'getgroups', [-1, OUT], 'EINVAL'],
  ['getgroups that cannot write', user, 'getgroups', [2, FAULT], 'EFAULT'],
  ['setgroups without the right', user, 'setgroups', [0, []], 'EPERM'],
  ['setgroups of too many', root, 'setgroups', [65_537, []], 'EINVAL'],
  ['setgroups that cannot be read', root, 'setgroups', [2, 5], 'EFAULT'],
  ['setgroups', root, 'setgroups', [2, [20, 4]], '= 0'],
  ['capget', user, 'capget', [{ version: 0x2008_0522, pid: 0 }, OUT], '= 0'],
  ['capget of nobody', user, 'capget', [{ version: 0x2008_0522, pid: 99 }, OUT], 'ESRCH'],
  ['capget of a negative number', user, 'capget', [{ version: 0x2008_0522, pid: -1 }, OUT], 'EINVAL'],
  ['capget of an unknown version', user, 'capget', [{ version: 1, pid: 0 }, OUT], 'EINVAL'],
  ['capget that asks for the version', user, 'capget', [{ version: 1, pid: 0 }, null], '= 0'],
  ['capget without a header', user, 'capget', [FAULT, OUT], 'EFAULT'],
  ['capget that cannot write', user, 'capget', [{ version: 0x2008_0522, pid: 0 }, FAULT], 'EFAULT'],
  ['capset of another task', root, 'capset', [{ version: 0x2008_0522, pid: 1 }, {}], 'EPERM'],
  ['capset without data', root, 'capset', [{ version: 0x2008_0522, pid: 0 }, FAULT], 'EFAULT'],
  ['capset without a header', root, 'capset', [FAULT, {}], 'EFAULT'],
  ['capset of an unknown version', root, 'capset', [{ version: 1, pid: 0 }, {}], 'EINVAL'],
  ['capset of nothing', user, 'capset', [{ version: 0x2008_0522, pid: 0 }, {}], '= 0'],
  [
    'capset beyond what is permitted',
    user,
    'capset',
    [
      { version: 0x2008_0522, pid: 0 },
      { effective: 1, permitted: 1 },
    ],
    'EPERM',
  ],
  [
    'capset with more effective than permitted',
    root,
    'capset',
    [
      { version: 0x2008_0522, pid: 0 },
      { effective: 3, permitted: 1 },
    ],
    'EPERM',
  ],
  ['capset with more to inherit', user, 'capset', [{ version: 0x2008_0522, pid: 0 }, { inheritable: 1 }], 'EPERM'],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  const beside = (cred: Credentials) => {
    const f = family(base);
    f.k.machine.store.write(f.child.cred, cred);
    return f;
  };

  for (const [title, cred, call, args, said] of table) {
    const expected = typeof said === 'string' ? said : said[index]!;
    test(`${base}: ${title}: ${expected}`, (t) => {
      const { outcome, child } = beside(cred);
      t.is(outcome(child, call, ...args), expected);
    });
  }

  test(`${base}: what each of the calls makes of the four ids`, (t) => {
    const changes: [string, Credentials, Datum[], [number, number, number, number]][] = [
      ['setuid', root, [7], [7, 7, 7, 7]],
      ['setuid', raised, [1000], [1000, 1000, 2000, 1000]],
      ['setreuid', raised, [2000, 1000], [2000, 1000, 1000, 1000]],
      ['setreuid', raised, [KEEP, 1000], [1000, 1000, 2000, 1000]],
      ['setreuid', raised, [KEEP, 2000], [1000, 2000, 2000, 2000]],
      ['setreuid', raised, [KEEP, KEEP], [1000, 2000, 2000, 2000]],
      ['setresuid', raised, [KEEP, 1000, KEEP], [1000, 1000, 2000, 1000]],
      ['setfsuid', raised, [1000], [1000, 2000, 2000, 1000]],
      ['setfsuid', raised, [3000], [1000, 2000, 2000, 2000]],
    ];
    for (const [call, cred, args, ids] of changes) {
      const { call: invoke, child, read } = beside(cred);
      invoke(child, call, ...args);
      const { uid, euid, suid, fsuid } = read(child.cred);
      t.deepEqual([uid, euid, suid, fsuid], ids, `${call}(${args.map(Number).join(', ')})`);
    }
  });

  test(`${base}: capabilities go with the effective id 0, and with the last id 0 for good`, (t) => {
    const { call, child, read } = beside(root);
    call(child, 'setresuid', KEEP, 1000, KEEP);
    t.deepEqual(read(child.cred).capabilities, []);
    call(child, 'setresuid', KEEP, 0, KEEP);
    t.is(read(child.cred).capabilities, 'all');
    call(child, 'setresuid', 1000, 1000, 1000);
    t.deepEqual([read(child.cred).capabilities, read(child.cred).permitted], [[], []]);
  });

  test(`${base}: a capability that was dropped is gone`, (t) => {
    const { call, outcome, child } = beside(root);
    const header = { version: 0x2008_0522, pid: 0 };
    const before = call(child, 'capget', header, OUT);
    const sets = (before.ok ? before.value.out?.data : null) as Record<string, number>;
    t.is(sets.effective, base === '6.x' ? 2 ** 41 - 1 : 2 ** 34 - 1);
    const without = BigInt(sets.effective!) & ~(1n << 7n); // CAP_SETUID
    t.is(outcome(child, 'capset', header, { ...sets, effective: without, permitted: without }), '= 0');
    t.is(outcome(child, 'setuid', 5), 'EPERM');
    t.is(outcome(child, 'setgid', 5), '= 0');
    t.is(outcome(child, 'capset', header, sets), 'EPERM');
  });

  test(`${base}: another user's id moves the process from one user's count to the other's`, (t) => {
    const { k, call, child, read } = beside(root);
    call(child, 'setresuid', 1000, KEEP, KEEP);
    t.deepEqual(
      [0, 1000].map((uid) => read(k.users.processes.at(uid))),
      [1, 1],
    );
  });

  test(`${base}: setgroups keeps the groups sorted, and getgroups shows them`, (t) => {
    const { call, child } = beside(root);
    call(child, 'setgroups', 3, [30, 4, 20]);
    t.like(call(child, 'getgroups', 10, OUT), { value: { value: 3, out: { list: [4, 20, 30] } } });
  });

  test(`${base}: a process that changes its ids can no longer be looked into`, (t) => {
    const { call, outcome, child } = beside(root);
    t.is(outcome(child, 'prctl', 3), '= 1');
    call(child, 'setresuid', KEEP, 1000, KEEP);
    t.is(outcome(child, 'prctl', 3), '= 0');
    t.is(outcome(child, 'prctl', 4, 1), '= 0');
    t.is(outcome(child, 'prctl', 3), '= 1');
  });
}

test('2.6.26: setuid to a user who has too many processes already fails with EAGAIN', (t) => {
  const { k, child, outcome } = family('2.6.26', [], {
    limits: { ...defaultLimits, RLIMIT_NPROC: { soft: 1, hard: 1 } },
  });
  k.machine.store.write(k.users.processes.at(1000), 1);
  t.is(outcome(child, 'setuid', 1000), 'EAGAIN');
  t.is(outcome(child, 'getuid'), '= 0');
});
