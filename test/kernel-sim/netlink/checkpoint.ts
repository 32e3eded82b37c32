import test from 'ava';
import { CLONE_NEWPID } from '../../../src/kernel-sim/abi/clone.ts';
import { errnoName } from '../../../src/kernel-sim/abi/errno.ts';
import {
  CR_ATTR_ACTION,
  CR_ATTR_ALTSTACK,
  CR_ATTR_BLOCKED,
  CR_ATTR_PENDING,
  CR_ATTR_PID,
  CR_ATTR_SHARED_PENDING,
  CR_CMD_DUMP,
  CR_CMD_RESTORE,
} from '../../../src/kernel-sim/abi/netlink.ts';
import {
  SIG_SETMASK,
  SIGCHLD,
  SIGKILL,
  SIGSTOP,
  SIGUSR1,
  SIGUSR2,
  SS_DISABLE,
} from '../../../src/kernel-sim/abi/signal.ts';
import { defaultLimits } from '../../../src/kernel-sim/task/limits.ts';
import { type Datum, OUT, type Struct } from '../../../src/syscalls/datum.ts';
import { cr, pid, type Wired, wired } from './_bench.ts';

const RT = 40;

const noStack: Datum = { ss_sp: null, ss_flags: SS_DISABLE, ss_size: 0 };

/** What a dump says of a task, by attribute; the number that it was asked for apart. */
function dumped(bed: Wired, number: number): Record<number, Datum> {
  bed.send(cr(CR_CMD_DUMP, [pid(number)], { nlmsg_flags: 1 }));
  const [, , attributes] = bed.receive() as readonly [
    Datum,
    Datum,
    readonly (readonly [{ nla_type: number }, Datum])[],
  ];
  return Object.fromEntries(attributes.map(([{ nla_type }, value]) => [nla_type, value]));
}

const restore = (bed: Wired, ...attributes: readonly (readonly [number, Datum])[]): Datum =>
  bed.ask(cr(CR_CMD_RESTORE, [pid(2), ...attributes]));

const info = (si_signo: number, more: object = {}): Struct => ({ si_signo, si_code: 0, si_pid: 7, si_uid: 9, ...more });

const rows: readonly (readonly [title: string, attributes: readonly (readonly [number, Datum])[], expected: string])[] =
  [
    ['a restore of nothing', [pid(2)], '0'],
    ['a restore of nobody', [[CR_ATTR_BLOCKED, [10]]], 'EINVAL'],
    ['a restore of a number that nobody has', [pid(77)], 'ESRCH'],
    ['a restore of number 0', [pid(0)], 'ESRCH'],
    ['a restore with an attribute that is not known', [pid(2), [99, 1]], 'EOPNOTSUPP'],
    ['a restore of nobody with an attribute that is not known', [[99, 1]], 'EOPNOTSUPP'],
    ['a mask', [pid(2), [CR_ATTR_BLOCKED, [SIGUSR1, RT]]], '0'],
    ['a mask of no signal', [pid(2), [CR_ATTR_BLOCKED, []]], '0'],
    ['a mask with a number that is no signal', [pid(2), [CR_ATTR_BLOCKED, [65]]], 'ERANGE'],
    ['a mask that is a number', [pid(2), [CR_ATTR_BLOCKED, 5]], 'ERANGE'],
    ['pending signals', [pid(2), [CR_ATTR_PENDING, [info(SIGUSR1)]]], '0'],
    ['pending SIGKILL', [pid(2), [CR_ATTR_PENDING, [info(SIGKILL)]]], 'ERANGE'],
    ['pending SIGSTOP of the process', [pid(2), [CR_ATTR_SHARED_PENDING, [info(SIGSTOP)]]], 'ERANGE'],
    ['pending signals that are numbers', [pid(2), [CR_ATTR_PENDING, [SIGUSR1]]], 'ERANGE'],
    ['an action', [pid(2), [CR_ATTR_ACTION, [{ signo: SIGUSR1, sa_handler: 1, sa_mask: [], sa_flags: 0 }]]], '0'],
    ['an action of SIGKILL', [pid(2), [CR_ATTR_ACTION, [{ signo: SIGKILL, sa_handler: 1 }]]], 'ERANGE'],
    ['an action with a mask that is a number', [pid(2), [CR_ATTR_ACTION, [{ signo: SIGUSR1, sa_mask: 7 }]]], 'ERANGE'],
    ['an alternate stack without an address', [pid(2), [CR_ATTR_ALTSTACK, { ss_size: 8192 }]], 'ERANGE'],
    ['an action of no signal', [pid(2), [CR_ATTR_ACTION, [{ sa_handler: 1 }]]], 'ERANGE'],
    ['an alternate stack', [pid(2), [CR_ATTR_ALTSTACK, { ss_sp: 4096, ss_flags: 0, ss_size: 8192 }]], '0'],
    ['no alternate stack', [pid(2), [CR_ATTR_ALTSTACK, noStack]], '0'],
    ['an alternate stack that is a number', [pid(2), [CR_ATTR_ALTSTACK, 4096]], 'ERANGE'],
  ];

for (const base of ['2.6.26', '6.x'] as const) {
  for (const [title, attributes, expected] of rows) {
    test(`${base}: ${title} is answered ${expected}`, (t) => {
      const answer = wired(base).ask(cr(CR_CMD_RESTORE, attributes));
      t.is(answer === 0 ? '0' : errnoName(-(answer as number)), expected);
    });
  }

  test(`${base}: a dump of a number that nobody has is answered ESRCH, and one of nobody EINVAL`, (t) => {
    const bed = wired(base);
    t.is(bed.ask(cr(CR_CMD_DUMP, [pid(77)])), -3);
    t.is(bed.ask(cr(CR_CMD_DUMP, [])), -22);
  });

  test(`${base}: a dump skips what it does not know`, (t) => {
    const bed = wired(base);
    t.like(bed.ask(cr(CR_CMD_DUMP, [pid(2), [99, 1]])), [{ nlmsg_seq: 1 }, { cmd: CR_CMD_DUMP, version: 1 }]);
  });

  test(`${base}: a dump of a task that has nothing says so`, (t) => {
    t.deepEqual(dumped(wired(base), 2), {
      [CR_ATTR_PID]: 2,
      [CR_ATTR_BLOCKED]: [],
      [CR_ATTR_PENDING]: [],
      [CR_ATTR_SHARED_PENDING]: [],
      [CR_ATTR_ACTION]: [],
      [CR_ATTR_ALTSTACK]: noStack,
    });
  });

  test(`${base}: what is dumped can be restored into another task, and is then dumped the same`, (t) => {
    const bed = wired(base);
    const other = bed.fork(bed.init);
    bed.call(other, 'rt_sigaction', SIGUSR2, { sa_handler: { program: 'h' }, sa_mask: [RT], sa_flags: 0 }, null, 8);
    bed.call(other, 'rt_sigprocmask', SIG_SETMASK, [SIGUSR1, RT], null, 8);
    bed.call(other, 'sigaltstack', { ss_sp: 4096, ss_flags: 0, ss_size: 8192 }, null);
    bed.call(bed.init, 'kill', 3, SIGUSR1);
    for (const value of [1, 2]) {
      bed.call(bed.init, 'rt_sigqueueinfo', 3, RT, { si_code: -1, si_pid: 5, si_uid: 6, si_int: value });
    }
    bed.call(bed.init, 'tkill', 3, RT);
    const { [CR_ATTR_PID]: _, ...state } = dumped(bed, 3);
    t.like(state[CR_ATTR_SHARED_PENDING], [{ si_signo: SIGUSR1 }, { si_int: 1 }, { si_int: 2 }]);
    t.like(state[CR_ATTR_PENDING], [{ si_signo: RT }]);
    t.like(state[CR_ATTR_ACTION], [{ signo: SIGUSR2, sa_mask: [RT] }]);
    t.is(restore(bed, ...Object.entries(state).map(([type, value]) => [Number(type), value] as const)), 0);
    t.deepEqual(dumped(bed, 2), { [CR_ATTR_PID]: 2, ...state });
  });

  test(`${base}: what a restore does not give stays as it is`, (t) => {
    const bed = wired(base);
    bed.call(bed.user, 'rt_sigprocmask', SIG_SETMASK, [SIGUSR1, SIGUSR2], null, 8);
    bed.call(bed.init, 'kill', 2, SIGUSR1);
    t.is(restore(bed, [CR_ATTR_PENDING, [info(SIGUSR2)]]), 0);
    const state = dumped(bed, 2);
    t.deepEqual(state[CR_ATTR_BLOCKED], [SIGUSR1, SIGUSR2]);
    t.like(state[CR_ATTR_SHARED_PENDING], [{ si_signo: SIGUSR1 }]);
    t.deepEqual(state[CR_ATTR_PENDING], [info(SIGUSR2)]);
  });

  test(`${base}: of an ordinary signal one is kept, of a real-time one all`, (t) => {
    const bed = wired(base);
    restore(
      bed,
      [CR_ATTR_BLOCKED, [SIGUSR1, RT]],
      [CR_ATTR_PENDING, [info(SIGUSR1), info(SIGUSR1, { si_pid: 8 }), info(RT), info(RT)]],
    );
    t.deepEqual(dumped(bed, 2)[CR_ATTR_PENDING], [info(SIGUSR1), info(RT), info(RT)]);
  });

  test(`${base}: SIGKILL and SIGSTOP are never blocked`, (t) => {
    const bed = wired(base);
    restore(bed, [CR_ATTR_BLOCKED, [SIGKILL, SIGUSR1, SIGSTOP]]);
    t.deepEqual(dumped(bed, 2)[CR_ATTR_BLOCKED], [SIGUSR1]);
  });

  test(`${base}: a sleeper takes what a restore makes deliverable`, (t) => {
    const bed = wired(base);
    bed.call(bed.user, 'rt_sigaction', SIGUSR1, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    const sleeping = bed.begin(bed.user, 'pause');
    t.is(sleeping.result(), undefined);
    t.is(restore(bed, [CR_ATTR_PENDING, [info(SIGUSR1)]]), 0);
    bed.settle();
    t.like(sleeping.result(), { ok: false, errno: 'EINTR' });
    t.like(bed.entered.at(-1), { handler: 'h', siginfo: { si_signo: SIGUSR1, si_pid: 7 } });
  });

  test(`${base}: a restore over the quota changes nothing, and one that replaces as many is not over it`, (t) => {
    const limits = { ...defaultLimits, RLIMIT_SIGPENDING: { soft: 2, hard: 2 } };
    const bed = wired(base, ['netlink-cr'], { limits });
    const two: Datum = [info(RT), info(RT)];
    t.is(restore(bed, [CR_ATTR_BLOCKED, [RT]], [CR_ATTR_PENDING, two]), 0);
    t.is(restore(bed, [CR_ATTR_BLOCKED, []], [CR_ATTR_PENDING, two], [CR_ATTR_SHARED_PENDING, two]), -11);
    t.is(restore(bed, [CR_ATTR_PENDING, []], [CR_ATTR_SHARED_PENDING, two]), 0);
    const state = dumped(bed, 2);
    t.deepEqual(state[CR_ATTR_BLOCKED], [RT]);
    t.deepEqual(state[CR_ATTR_PENDING], []);
    t.deepEqual(state[CR_ATTR_SHARED_PENDING], two);
  });

  test(`${base}: a zombie is there, and has been when it is reaped`, (t) => {
    const bed = wired(base);
    bed.begin(bed.user, 'exit_group', 0);
    t.is(restore(bed, [CR_ATTR_BLOCKED, [SIGUSR1]]), 0);
    bed.call(bed.init, 'wait4', 2, OUT, 0, null);
    t.is(restore(bed, [CR_ATTR_BLOCKED, [SIGUSR1]]), -3);
  });

  for (const alternatives of [['netlink-cr'], ['netlink-cr', 'bind-ns']] as const) {
    const right = alternatives.length === 2;
    test(`${base}: a number from inside a container means ${right ? 'its own task with' : "somebody else's without"} bind-ns`, (t) => {
      const bed = wired(base, alternatives);
      bed.call(bed.init, 'clone', CLONE_NEWPID | SIGCHLD, null, null, null, null, null);
      const container = bed.task(3);
      bed.call(container, 'fork', null);
      t.is(bed.ask(cr(CR_CMD_RESTORE, [pid(2), [CR_ATTR_BLOCKED, [SIGUSR1]]]), container), 0);
      const blocked = (number: number): Datum | undefined => dumped(bed, number)[CR_ATTR_BLOCKED];
      t.deepEqual(blocked(4), right ? [SIGUSR1] : []);
      t.deepEqual(blocked(2), right ? [] : [SIGUSR1]);
      t.is(bed.ask(cr(CR_CMD_RESTORE, [pid(3)]), container), right ? -3 : 0, 'there is no 3 inside');
    });
  }
}
