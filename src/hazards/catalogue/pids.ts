/** The family P: choosing the pid of a child, and the allocator that ordinary forks share with it. SEMANTICS B2, C1. */

import { type Draft, family, order } from './family.ts';

/** P7, which is also K1: the series changes nothing about it. */
export const LAST_PID_RACE: Draft = {
  name: 'alloc_pidmap-last_pid',
  kind: ['race'],
  where: 'alloc_pidmap (kernel/pid.c)',
  actors: { A: 'a task in an ordinary fork', B: 'another task in an ordinary fork' },
  steps: {
    a1: 'sets bit n of the pid map',
    a2: 'stores n as last_pid',
    b1: 'sets bit n+1',
    b2: 'stores n+1 as last_pid',
    b3: 'reaps its child n+1, which has ended',
  },
  exposing: order('a1 b1 b2 a2 b3'),
  hidden: order('a1 a2 b1 b2 b3'),
  consequence: `The late store moves last_pid back to n, so the search of the next fork begins at n+1 and hands out
    the number just freed: one pid twice running.`,
  fix: 'Move last_pid with a compare-and-swap that never goes backwards, as commit 5fdee8c4 (2.6.36) does.',
  seeAlso: ['P1'],
};

export const PIDS = family('pids', {
  P1: {
    name: 'last_pid-max-rmw',
    kind: ['race'],
    where: 'alloc_fixed_pidmap (kernel/pid.c)',
    actors: {
      A: 'a restorer in a fork with a chosen number: 5000 in the first order, 900 in the second',
      B: 'neighbours in ordinary forks; last_pid is 1000',
    },
    steps: {
      a1: 'reads last_pid, which is 1000',
      a2: 'writes the larger of what it read and its own number to last_pid',
      b1: 'takes the next number: 1001, and up to 1005 in the second order',
      b2: 'writes the number it took to last_pid',
    },
    exposing: [order('b1 a1 a2 b2'), order('a1 b1 b2 a2')],
    hidden: [order('a1 a2 b1 b2'), order('b1 b2 a1 a2')],
    consequence: `An update of last_pid is lost: either the jump to 5000 is forgotten and the next pid is 1002, or
      last_pid falls from 1005 back to 1000 and those of 1001 to 1005 that were reaped meanwhile are reused at once.`,
    fix: 'Use a compare-and-swap as mainline has since 2.6.36 (5fdee8c4), or leave last_pid alone as eclone does.',
    seeAlso: ['P2', 'P7'],
  },
  P2: {
    name: 'forced-jump',
    kind: ['logic'],
    where: 'alloc_fixed_pidmap (kernel/pid.c)',
    actors: { A: 'a restorer', B: 'every other task that forks' },
    steps: {
      a1: 'forks with the chosen number 32000',
      b1: 'forks and gets the next number',
      b2: 'goes on forking until the numbers run out at pid_max',
    },
    exposing: order('a1 b1 b2'),
    hidden: order('b1 a1'),
    consequence: `The ordinary pids that follow are 32001 and up and wrap to 300 early, unlike on an undisturbed
      system; after a restart as in N10 the jump stays although no process ever had the number.`,
    fix: 'Leave last_pid alone when a number is chosen.',
    seeAlso: ['N10', 'P1', 'P8'],
  },
  P3: {
    name: 'low-pids-refused',
    kind: ['logic'],
    where: 'the range test of alloc_fixed_pidmap (kernel/pid.c)',
    actors: { A: 'a restorer inside a fresh pid namespace' },
    steps: {
      a1: 'arms 7, the number its image has for a task',
      a1c: 'arms 300',
      a2: 'forks',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The fork fails with EINVAL for every number below 300, which is where all tasks of a young container
      have theirs, so such a container cannot be restored.`,
    fix: 'Allow numbers below 300 while the last pid of that namespace is below 300, as eclone does.',
    seeAlso: ['P5'],
  },
  P4: {
    name: 'one-level-only',
    kind: ['logic'],
    where: 'set_predefined_pid (kernel/pid.c)',
    actors: { A: 'a restorer inside a pid namespace', B: 'a task that forks in the outer namespace' },
    steps: {
      a1: 'arms 500, the inner number of a task whose outer number was 7000',
      a2: 'forks: 500 inside, and the next ordinary number outside',
      b1: 'forks in the outer namespace, where the next ordinary number is 7000',
    },
    exposing: order('b1 a1 a2'),
    hidden: order('a1 a2 b1'),
    consequence: `The task is 500 inside but 7001 outside, with no error: only the number at the innermost level can
      be chosen, and whoever knew the task by its outer number now finds a stranger there.`,
    fix: 'Take one number for each level, as eclone and clone3 do.',
    seeAlso: ['P6'],
  },
  P5: {
    name: 'newpid-init-not-1',
    kind: ['logic'],
    where: 'alloc_pid under CLONE_NEWPID (kernel/pid.c)',
    actors: { A: 'a restorer' },
    steps: {
      a1: 'arms 500',
      a2: 'clones with CLONE_NEWPID',
    },
    exposing: order('a1 a2'),
    hidden: order('a2'),
    consequence: `The first task of the new namespace, its reaper, gets 500 and there is no pid 1: tests for "is this
      init" fail, its shutdown loop from pid 2 up signals the reaper itself, and its first child is 501, while arming
      the right number, 1, fails with EINVAL.`,
    fix: 'Refuse every number but 1 for the first task of a new namespace.',
    seeAlso: ['P3'],
  },
  P6: {
    name: 'taken-by-neighbour',
    kind: ['race'],
    where: 'user mode, between a look at a number and the fork that asks for it',
    actors: { A: 'a restorer', B: 'a neighbour in the same pid namespace' },
    steps: {
      a1: 'calls kill(5000, 0), which fails with ESRCH: the number looks free',
      a2: 'arms 5000',
      a3: 'forks',
      b1: 'forks in the ordinary way and reaches 5000',
    },
    exposing: [order('a1 b1 a2 a3'), order('a1 a2 b1 a3'), order('b1 a1 a2 a3')],
    hidden: order('a1 a2 a3 b1'),
    consequence: `The fork fails with EBUSY and the value is used up; it does so as well when 5000 is only a zombie, a
      process group or a session, whose number stays taken until the last use of it ends.`,
    fix: `Restore inside a pid namespace of its own, or have a result that says "taken" and keep the value for a
      retry.`,
    seeAlso: ['N9', 'P9', 'I1', 'F1'],
  },
  P7: LAST_PID_RACE,
  P8: {
    name: 'wrap-at-end',
    kind: ['logic'],
    where: 'alloc_fixed_pidmap and alloc_pidmap (kernel/pid.c)',
    actors: { A: 'a restorer', B: 'an administrator, and then everybody else' },
    steps: {
      a1: 'reads pid_max and arms pid_max - 1',
      a2: 'forks',
      b1: 'lowers kernel.pid_max',
      b2: 'forks in the ordinary way',
    },
    exposing: [order('a1 a2 b2'), order('a1 b1 a2')],
    hidden: order('b2 a1 a2'),
    consequence: `After the last number was chosen the next ordinary search starts over at 300; and when pid_max was
      lowered between the look and the fork, the fork fails with EINVAL.`,
    fix: 'Leave last_pid alone when a number is chosen, and do not lower pid_max while a restore runs.',
    seeAlso: ['P2'],
  },
  P9: {
    name: 'bit-before-attach',
    kind: ['design'],
    where: 'alloc_pid against attach_pid (kernel/pid.c, kernel/fork.c)',
    actors: { A: 'a task in a fork with the number 5000', B: 'a task that tests whether 5000 is in use' },
    steps: {
      a1: 'sets bit 5000 of the pid map',
      a2: 'makes the child visible under 5000',
      a3: 'fails late, because of a signal or a cgroup, and clears the bit',
      b1: 'calls kill(5000, 0)',
    },
    exposing: [order('a1 b1 a2'), order('a1 b1 a3')],
    hidden: order('a1 a2 b1'),
    consequence: `The test says ESRCH although the number is taken already, and it may or may not be free afterwards,
      so no test for existence tells whether a number can be had.`,
    fix: 'None is intended: the only reliable test is to ask for the number and look at the result.',
    seeAlso: ['P6', 'N10'],
  },
  P10: {
    name: 'exhausted-vs-memory',
    kind: ['api'],
    where: 'alloc_pid and its callers (kernel/pid.c, kernel/fork.c)',
    actors: { A: 'a task that forks in the ordinary way' },
    steps: {
      a1: 'finds every number up to pid_max taken',
      a1c: 'finds a number but no memory for the child',
      a2: 'returns from the fork with ENOMEM',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `Fork says ENOMEM both when pids ran out and when memory did, so the caller cannot tell which to
      free.`,
    fix: 'Return EAGAIN when no pid is left, as current kernels do.',
  },
});
