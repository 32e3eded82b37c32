/** The family F: choosing the number that open() returns, after the design for patch 5. SEMANTICS B4, A9, C14. */

import { type Draft, family, order } from './family.ts';

/** F2, which is also K5: dup2 onto a number that an open has only reserved fails in the base too. */
export const RESERVED_SLOT: Draft = {
  name: 'reserved-slot',
  kind: ['race'],
  where: 'do_sys_open against sys_dup2, sys_close and dup_fd (fs/open.c, fs/fcntl.c, kernel/fork.c)',
  actors: { A: 'a thread that opens a file', B: 'another thread with the same descriptor table' },
  steps: {
    a1: 'reserves number 7',
    a2: 'looks the path up, which may sleep',
    a3: 'installs the file under 7',
    b1: 'calls dup2(x, 7)',
    b2: 'calls close(7)',
    b3: 'forks with a copy of the table',
  },
  exposing: [order('a1 b1 a2 a3'), order('a1 b2 a2 a3'), order('a1 b3 a2 a3')],
  hidden: [order('a1 a2 a3 b1'), order('b1 a1 a2 a3')],
  consequence: `While 7 is reserved and still empty, dup2 onto it fails with EBUSY, close fails with EBADF, and a
    child that copies the table finds the slot free.`,
  fix: 'Open under any number and move the finished file with dup3, so that nobody aims at a number in the making.',
  seeAlso: ['F1'],
};

export const DESCRIPTORS = family('descriptors', {
  F1: {
    name: 'sibling-took-fd',
    kind: ['race'],
    where: 'do_sys_open with a chosen number (fs/open.c, as SEMANTICS A9 designs it)',
    actors: { A: 'a thread that restores descriptor 7', B: 'another thread with the same descriptor table' },
    steps: {
      a1: 'arms 7, which is free',
      a2: 'calls open',
      b1: 'gets 7 from an open, dup or socket of its own',
    },
    exposing: [order('a1 b1 a2'), order('b1 a1 a2')],
    hidden: order('a1 a2 b1'),
    consequence: 'The open fails with EBUSY and the value is used up.',
    fix: 'Open under any number and move the file with dup3, or pass the number as an argument of open.',
    seeAlso: ['F2', 'P6'],
  },
  F2: RESERVED_SLOT,
  F3: {
    name: 'lookup-failure-loses',
    kind: ['logic'],
    where: 'do_sys_open with a chosen number (fs/open.c, as SEMANTICS A9 designs it)',
    actors: { A: 'a restorer' },
    steps: {
      a1: 'arms 7',
      a2: 'opens a path that does not exist, which fails with ENOENT',
      a3: 'opens a path that exists',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a3'),
    consequence: `The second open returns the lowest free descriptor instead of 7, as the number was taken before the
      path was looked up and given back without the value.`,
    fix: 'Open under any number and move the file with dup3, or pass the number as an argument of open.',
    seeAlso: ['N9'],
  },
  F4: {
    name: 'limit',
    kind: ['api'],
    where: 'expand_files for a chosen number (fs/file.c)',
    actors: { A: 'a restorer with RLIMIT_NOFILE 1024' },
    steps: {
      a1: 'arms 1024',
      a1c: 'arms 1023',
      a2: 'calls open',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The open fails with EMFILE although nearly all descriptors are free, where dup2 onto the same number
      says EBADF.`,
    fix: 'Open under any number and move the file with dup3, whose errno for a number past the limit is documented.',
  },
  F5: {
    name: 'hint',
    kind: ['logic'],
    where: 'next_fd in the descriptor table, if a chosen number moves it (fs/open.c)',
    actors: { A: 'a restorer with descriptors 0 to 2 open' },
    steps: {
      a1: 'opens a file with the chosen number 40, and next_fd becomes 41',
      a2: 'opens another file in the ordinary way',
    },
    exposing: order('a1 a2'),
    hidden: order('a2 a1'),
    consequence: `The second open returns 41 instead of 3, the lowest free number, and goes on like that until a
      descriptor below is closed.`,
    fix: 'Leave next_fd alone when a number is chosen; it must never be above the lowest free number.',
    seeAlso: ['P2'],
  },
});
