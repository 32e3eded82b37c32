import test from 'ava';
import {
  CLONE_CLEAR_SIGHAND,
  CLONE_DETACHED,
  CLONE_FILES,
  CLONE_FS,
  CLONE_INTO_CGROUP,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
} from '../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGUSR1 } from '../../src/kernel-sim/abi/signal.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { ordinaryCredentials } from '../../src/kernel-sim/task/cred.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { bases, family } from '../kernel-sim/helpers/family.ts';

const args3 = (fields: Record<string, Datum> = {}): Datum => ({
  flags: 0,
  exit_signal: SIGCHLD,
  stack: null,
  stack_size: 0,
  ...fields,
});
const tids = (set_tid: Datum, set_tid_size: number): Datum => args3({ set_tid, set_tid_size });

/** Process 2 calls, root or an ordinary user; on 2.6.26 and on 6.x. */
type Row = [title: string, user: 'root' | 'user', call: string, args: Datum[], said: string | [string, string]];

const ENOSYS_OR = (said: string): [string, string] => ['ENOSYS', said];

const table: Row[] = [
  ['clone with a bit that 2.6.26 does not know', 'root', 'clone', [CLONE_PIDFD | SIGCHLD, null], ['= 3', 'EFAULT']],
  ['clone with PIDFD and DETACHED', 'root', 'clone', [CLONE_PIDFD | CLONE_DETACHED, null], ['= 3', 'EINVAL']],
  ['clone with PIDFD and PARENT_SETTID', 'root', 'clone', [CLONE_PIDFD | CLONE_PARENT_SETTID, null], ['= 3', 'EINVAL']],
  ['clone with the bit of CLONE_STOPPED', 'user', 'clone', [CLONE_NEWCGROUP, null], ['= 3', 'EPERM']],
  ['clone with pointers', 'root', 'clone', [SIGCHLD, null, 0x7000, OUT, 0x7000, 0x7000], '= 3'],
  ['clone3', 'root', 'clone3', [args3(), 88, null], ENOSYS_OR('= 3')],
  ['clone3 of the first size', 'root', 'clone3', [args3(), 64, null], ENOSYS_OR('= 3')],
  ['clone3 of a size that is too small', 'root', 'clone3', [args3(), 63, null], ENOSYS_OR('EINVAL')],
  ['clone3 of a size that is too large', 'root', 'clone3', [args3(), 4097, null], ENOSYS_OR('E2BIG')],
  ['clone3 that cannot be read', 'root', 'clone3', [5, 88, null], ENOSYS_OR('EFAULT')],
  [
    'clone3 with an exit signal in the flags',
    'root',
    'clone3',
    [args3({ flags: SIGCHLD }), 88, null],
    ENOSYS_OR('EINVAL'),
  ],
  ['clone3 with no signal', 'root', 'clone3', [args3({ exit_signal: 65 }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with a large exit signal', 'root', 'clone3', [args3({ exit_signal: 256 }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with DETACHED', 'root', 'clone3', [args3({ flags: CLONE_DETACHED }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with unknown flags', 'root', 'clone3', [args3({ flags: 2n ** 40n }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 into a cgroup', 'root', 'clone3', [args3({ flags: CLONE_INTO_CGROUP }), 88, null], ENOSYS_OR('= 3')],
  [
    'clone3 that says no cgroup',
    'root',
    'clone3',
    [args3({ flags: CLONE_INTO_CGROUP }), 80, null],
    ENOSYS_OR('EINVAL'),
  ],
  [
    'clone3 of a sibling with a signal',
    'root',
    'clone3',
    [args3({ flags: CLONE_PARENT }), 88, null],
    ENOSYS_OR('EINVAL'),
  ],
  [
    'clone3 of a sibling',
    'root',
    'clone3',
    [args3({ flags: CLONE_PARENT, exit_signal: 0 }), 88, null],
    ENOSYS_OR('= 3'),
  ],
  ['clone3 with clean handlers', 'root', 'clone3', [args3({ flags: CLONE_CLEAR_SIGHAND }), 88, null], ENOSYS_OR('= 3')],
  [
    'clone3 with clean and shared handlers',
    'root',
    'clone3',
    [args3({ flags: CLONE_CLEAR_SIGHAND + CLONE_SIGHAND + CLONE_VM }), 88, null],
    ENOSYS_OR('EINVAL'),
  ],
  ['clone3 with a stack of no size', 'root', 'clone3', [args3({ stack: 0x7000 }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with the size of no stack', 'root', 'clone3', [args3({ stack_size: 1 }), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with PIDFD to nowhere', 'root', 'clone3', [args3({ flags: CLONE_PIDFD }), 88, null], ENOSYS_OR('EFAULT')],
  ['clone3 with set_tid', 'root', 'clone3', [tids([7], 1), 88, null], ENOSYS_OR('= 7')],
  ['clone3 with set_tid by a user', 'user', 'clone3', [tids([7], 1), 88, null], ENOSYS_OR('EPERM')],
  ['clone3 with a bad set_tid by a user', 'user', 'clone3', [tids([0], 1), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with set_tid 0', 'root', 'clone3', [tids([0], 1), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with set_tid pid_max', 'root', 'clone3', [tids([4_194_304], 1), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with a set_tid that is taken', 'root', 'clone3', [tids([1], 1), 88, null], ENOSYS_OR('EEXIST')],
  ['clone3 with more numbers than namespaces', 'root', 'clone3', [tids([7, 8], 2), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with numbers for too deep a namespace', 'root', 'clone3', [tids([7], 33), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with a size of no set_tid', 'root', 'clone3', [tids(null, 1), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with a set_tid of no size', 'root', 'clone3', [tids([7], 0), 88, null], ENOSYS_OR('EINVAL')],
  ['clone3 with a set_tid that cannot be read', 'root', 'clone3', [tids(5, 1), 88, null], ENOSYS_OR('EFAULT')],
  ['clone3 of the first size with set_tid', 'root', 'clone3', [tids([7], 1), 64, null], ENOSYS_OR('= 3')],
  ['unshare of nothing', 'user', 'unshare', [0], '= 0'],
  ['unshare of descriptors, context and undo list', 'user', 'unshare', [CLONE_FILES | CLONE_FS | CLONE_SYSVSEM], '= 0'],
  ['unshare of everything', 'root', 'unshare', [-1], 'EINVAL'],
  ['unshare of a bit that does not exist', 'root', 'unshare', [CLONE_PARENT], 'EINVAL'],
  ['unshare of a thread that is alone', 'user', 'unshare', [CLONE_THREAD], ['EINVAL', '= 0']],
  ['unshare of handlers and memory that are not shared', 'user', 'unshare', [CLONE_SIGHAND | CLONE_VM], '= 0'],
  ['unshare into an IPC namespace by a user', 'user', 'unshare', [CLONE_NEWIPC], 'EPERM'],
  ['unshare into an IPC namespace', 'root', 'unshare', [CLONE_NEWIPC | CLONE_SYSVSEM], '= 0'],
  ['unshare into a mount namespace by a user', 'user', 'unshare', [CLONE_NEWNS], 'EPERM'],
  ['unshare into a namespace that is not modelled', 'root', 'unshare', [CLONE_NEWUTS], 'EINVAL'],
  ['unshare into a pid namespace by a user', 'user', 'unshare', [CLONE_NEWPID], ['EINVAL', 'EPERM']],
  ['unshare into a pid namespace', 'root', 'unshare', [CLONE_NEWPID], ['EINVAL', '= 0']],
  [
    'clone3 with a stack outside of user memory',
    'root',
    'clone3',
    [args3({ stack: 1e15, stack_size: 4 }), 88, null],
    ENOSYS_OR('EINVAL'),
  ],
  [
    'clone3 into the cgroup of no descriptor',
    'root',
    'clone3',
    [args3({ flags: CLONE_INTO_CGROUP, cgroup: -1 }), 88, null],
    ENOSYS_OR('EINVAL'),
  ],
  ['set_tid_address', 'root', 'set_tid_address', [0x7000], '= 2'],
  ['set_robust_list', 'root', 'set_robust_list', [0x7000, 24], '= 0'],
  ['set_robust_list of another size', 'root', 'set_robust_list', [0x7000, 12], 'EINVAL'],
  ['prctl of an unknown option', 'root', 'prctl', [999, 0], 'EINVAL'],
  ['prctl with a signal for the end of the parent', 'root', 'prctl', [1, 15], '= 0'],
  ['prctl with no signal', 'root', 'prctl', [1, 65], 'EINVAL'],
  ['prctl that cannot write the signal', 'root', 'prctl', [2, 5], 'EFAULT'],
  ['prctl that makes it undumpable', 'root', 'prctl', [4, 0], '= 0'],
  ['prctl with another value for dumpable', 'root', 'prctl', [4, 2], 'EINVAL'],
  ['prctl with a name that cannot be read', 'root', 'prctl', [15, 5], 'EFAULT'],
  ['prctl that cannot write the name', 'root', 'prctl', [16, FAULT], 'EFAULT'],
  ['prctl that makes it a subreaper', 'user', 'prctl', [36, 1], ['EINVAL', '= 0']],
  ['prctl that asks for subreapers', 'user', 'prctl', [37, OUT], ['EINVAL', '= 0']],
  ['prctl that cannot write the answer', 'user', 'prctl', [37, null], ['EINVAL', 'EFAULT']],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  for (const [title, who, call, args, said] of table) {
    const expected = typeof said === 'string' ? said : said[index]!;
    test(`${base}: ${who}: ${title}: ${expected}`, (t) => {
      const { k, outcome, child } = family(base);
      if (who === 'user') k.machine.store.write(child.cred, ordinaryCredentials(1000, 1000));
      t.is(outcome(child, call, ...args), expected);
    });
  }
}

for (const base of bases) {
  test(`${base}: a thread cannot leave its process, nor give up what it shares with it`, (t) => {
    for (const flag of [CLONE_THREAD, CLONE_SIGHAND, CLONE_VM]) {
      const { child, thread, outcome } = family(base);
      thread(child);
      t.is(outcome(child, 'unshare', flag), 'EINVAL');
    }
  });

  test(`${base}: unshare ends the sharing of descriptors and of the working directory`, (t) => {
    const { init, call, outcome, task } = family(base);
    call(init, 'clone', CLONE_FILES | CLONE_FS | SIGCHLD, null);
    const sharer = task(3);
    t.is(outcome(init, 'dup', 0), '= 3');
    call(init, 'umask', 0o77);
    t.is(outcome(sharer, 'close', 3), '= 0');
    t.is(outcome(sharer, 'unshare', CLONE_FILES | CLONE_FS), '= 0');
    t.is(outcome(init, 'dup', 0), '= 3');
    t.is(outcome(sharer, 'close', 3), 'EBADF');
    call(init, 'umask', 0o22);
    t.is(outcome(sharer, 'umask', 0), '= 63');
  });

  test(`${base}: unshare into a new IPC namespace applies the undo list in the old one first`, (t) => {
    const { init, child, call, outcome } = family(base);
    call(init, 'semget', 5, 1, 0o1600);
    call(child, 'semop', 0, [{ sem_num: 0, sem_op: 3, sem_flg: 0x1000 }], 1);
    t.is(outcome(init, 'semctl', 0, 0, 12), '= 3');
    t.is(outcome(child, 'unshare', CLONE_NEWIPC), '= 0');
    t.is(outcome(init, 'semctl', 0, 0, 12), '= 0');
    t.is(outcome(child, 'semget', 5, 1, 0), 'ENOENT');
  });

  test(`${base}: CLONE_PARENT_SETTID stores the child's number for the parent`, (t) => {
    const { init, call } = family(base);
    const made = call(init, 'clone', CLONE_PARENT_SETTID | SIGCHLD, null, null, OUT);
    t.deepEqual(made, { ok: true, value: { value: 3, out: { parent_tid: [3] } } });
  });

  test(`${base}: prctl shows what it was given`, (t) => {
    const { init, call } = family(base);
    call(init, 'prctl', 1, SIGUSR1);
    t.like(call(init, 'prctl', 2, OUT), { value: { out: { arg2: [SIGUSR1] } } });
    call(init, 'prctl', 15, 'a name that is too long');
    t.like(call(init, 'prctl', 16, OUT), { value: { out: { arg2: 'a name that is ' } } });
  });
}
