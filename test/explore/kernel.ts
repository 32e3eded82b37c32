import test from 'ava';
import { Dpor } from '../../src/explore/dpor.ts';
import { keyOf } from '../../src/explore/finding-key.ts';
import { subjectOf } from '../../src/explore/scenario.ts';
import { Search } from '../../src/explore/search.ts';
import type { SearchOptions } from '../../src/explore/search-terms.ts';
import { Sharing } from '../../src/explore/sharing.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { Walker } from '../../src/explore/walker.ts';
import type { Finding } from '../../src/hazards/finding.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Naive } from './helpers/naive.ts';
import { programs } from './helpers/scenario.ts';

const endless = { states: 400_000, steps: 1e8, expired: () => false };

/** Final states and hazards by one strategy. */
function found(scenario: Scenario, options: Partial<SearchOptions> | 'dpor' | 'naive') {
  const { machine } = subjectOf(scenario);
  const sharing = new Sharing();
  for (;;) {
    const walker = new Walker(machine);
    const ends = new Set<string>();
    const hazards = new Set<string>();
    const watch = {
      budget: endless,
      onEnd: () => void ends.add(`${machine.store.hashLo}:${machine.store.hashHi}`),
      onFindings: (findings: readonly Finding[]) => {
        for (const finding of findings) hazards.add(keyOf(finding));
      },
    };
    const search =
      options === 'dpor'
        ? new Dpor(walker, sharing, watch)
        : options === 'naive'
          ? new Naive(walker, watch)
          : new Search(walker, sharing, { ...watch, ...options });
    const { complete } = atOnce<{ readonly complete: boolean }>(search.run());
    if (!complete && !sharing.surprised) throw new Error('the search did not end');
    if (complete) return { ends: [...ends].sort(), hazards: [...hazards].sort() };
    sharing.restart();
  }
}

const arm = (value: string): string =>
  `nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR); write(nsd, "${value}", _)`;

/** Small scenarios in which tasks meet in the kernel, each in another room. */
const meetings: Readonly<Record<string, Scenario>> = {
  'a key that two want to make': programs({
    init: 'fork(maker); msgget(77, IPC_CREAT|IPC_EXCL|0600)',
    maker: 'msgget(77, IPC_CREAT|IPC_EXCL|0600)',
  }),
  'a queue with a sender, a receiver and its end': programs({
    init: 'q = msgget(77, IPC_CREAT|0600); fork(other); msgrcv(q, _, 10, 0, 0)',
    other: 'msgsnd(q, {mtype=1, mtext="a"}, 1, 0); msgctl(q, IPC_RMID, NULL)',
  }),
  'a semaphore that goes up and down': programs({
    init: 's = semget(77, 1, IPC_CREAT|0600); fork(other); semop(s, [{sem_num=0, sem_op=-1, sem_flg=0}], 1)',
    other: 'semop(s, [{sem_num=0, sem_op=1, sem_flg=SEM_UNDO}], 1)',
  }),
  'a signal and a sleeper': programs({
    init: 'child = fork(sleeper); kill(child, SIGTERM)',
    sleeper: 'pause()',
  }),
  'a kernel thread that the end of pid 1 ends': programs(
    {
      init: `s = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC)
        sendto(s, [{nlmsg_type=GENL_ID_CR, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=1}, {cmd=CR_CMD_DUMP, version=1}, [[{nla_type=CR_ATTR_PID}, 1]]], _, 0, NULL, 0)`,
    },
    { series: ['netlink-cr'] },
  ),
  'a child that is waited for': programs({
    init: 'fork(child); wait4(-1, _, 0, NULL)',
    child: 'exit(3)',
  }),
  'a pipe': programs({
    init: 'pipe([r, w]); fork(writer); read(r, _, 4)',
    writer: 'write(w, "abc", 3)',
  }),
  'forks beside each other': programs({ init: 'fork(other); fork(idle)', other: 'fork(idle)', idle: 'pause()' }),
  'an armed value that a sibling looks at': programs({
    init: `${arm('LONG1 5')}; clone(CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, reader); write(nsd, "RESET", _)`,
    reader: 'fd = open("/proc/1/task/1/next_syscall_data", O_RDONLY); read(fd, _, 8)',
  }),
  'two sleeps and the clock': programs({
    init: 'fork(other); nanosleep({tv_sec=0, tv_nsec=10}, NULL); msgget(77, IPC_CREAT|0600)',
    other: 'nanosleep({tv_sec=0, tv_nsec=10}, NULL); msgget(77, IPC_CREAT|0600)',
  }),
};

/** An init that ends takes everybody with it; one that stays lets them come to their ends. */
const staying: Readonly<Record<string, Scenario>> = {
  'a key that two want to make, and nobody is ended': programs({
    init: 'fork(maker); msgget(77, IPC_CREAT|IPC_EXCL|0600); pause()',
    maker: 'msgget(77, IPC_CREAT|IPC_EXCL|0600)',
  }),
  'children that are waited for': programs({
    init: 'fork(child); fork(child); wait4(-1, _, 0, NULL); wait4(-1, _, 0, NULL); pause()',
    child: 'exit(3)',
  }),
  'forks beside each other, and nobody is ended': programs({
    init: 'fork(other); fork(idle); pause()',
    other: 'fork(idle); pause()',
    idle: 'pause()',
  }),
  'two signals and a handler': programs({
    init: 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=0}, NULL, 8); fork(sender); pause(); pause()',
    sender: 'kill(1, SIGUSR1); kill(1, SIGUSR1)',
    on_usr1: 'getpid()',
  }),
};

for (const [what, scenario] of Object.entries({ ...meetings, ...staying })) {
  test(`every strategy finds the final states and hazards of naive enumeration: ${what}`, (t) => {
    const naive = found(scenario, 'naive');
    t.true(naive.ends.length > 0);
    t.deepEqual(found(scenario, {}), naive);
    t.deepEqual(found(scenario, { bound: 100 }), naive);
    t.deepEqual(found(scenario, 'dpor'), naive);
  });
}
