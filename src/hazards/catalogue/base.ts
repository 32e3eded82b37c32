/** The family K: races and surprises of the 2.6.26 kernel itself, with none of the series applied. SEMANTICS B8. */

import { RESERVED_SLOT } from './descriptors.ts';
import { family, order } from './family.ts';
import { LAST_PID_RACE } from './pids.ts';

export const BASE = family('base', {
  K1: { ...LAST_PID_RACE, aliasOf: 'P7' },
  K2: {
    name: 'exit_sem-stale-entry',
    kind: ['memory', 'race'],
    where: 'exit_sem (ipc/sem.c)',
    actors: { E: 'a task with undos that exits', B: 'a task that removes the set' },
    steps: {
      e1: 'reads the id of its undo entry inside an RCU section',
      e2: 'leaves the section',
      e3: 'reads the id of the entry once more',
      b1: 'removes the set and, after a grace period, frees the entry',
    },
    exposing: order('e1 e2 b1 e3'),
    hidden: [order('e1 e2 e3 b1'), order('b1 e1')],
    consequence: 'The second read is of freed memory, and the exit may look for a set by a garbage id.',
    fix: 'Use the id that was read inside the section.',
    seeAlso: ['K7'],
  },
  K3: {
    name: 'lrpid-thread-id',
    kind: ['race', 'logic'],
    where: 'pipelined_send and do_msgrcv (ipc/msg.c)',
    actors: { A: 'a sender', B: 'a receiver, in a thread that is not the leader' },
    steps: {
      a1: 'calls msgsnd',
      b1: 'calls msgrcv',
    },
    exposing: order('b1 a1'),
    hidden: order('a1 b1'),
    consequence: `The queue's lrpid is the thread id of the receiver as the sender's pid namespace sees it when the
      receiver slept, but its process id in its own namespace when the message waited: one history, two values.`,
    fix: "Record the receiver's process id, seen from its own pid namespace, on both paths.",
    seeAlso: ['M11'],
  },
  K4: {
    name: 'msgmni-shrinks',
    kind: ['logic'],
    where: 'recompute_msgmni when an ipc namespace is made (ipc/msg.c)',
    actors: { A: 'a task that makes an ipc namespace', B: 'a task in another one' },
    steps: {
      a1: 'calls unshare(CLONE_NEWIPC)',
      b1: 'calls msgget for a new queue',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: `The msgget fails with ENOSPC although nothing changed in its own namespace: each new one lowers
      msgmni in all others.`,
    fix: 'Give each namespace a limit of its own, as current kernels do.',
    seeAlso: ['M9'],
  },
  K5: { ...RESERVED_SLOT, name: 'dup2-vs-open', aliasOf: 'F2' },
  K6: {
    name: 'id-reuse-EIDRM/EINVAL',
    kind: ['race', 'api'],
    where: 'ipc_lock_check (ipc/util.c)',
    actors: { A: 'a client with the id of a queue', B: 'the owner of the queue', C: 'a third party' },
    steps: {
      a1: 'calls msgsnd with the id',
      b1: 'removes the queue',
      c1: 'creates a queue, which gets the same slot',
    },
    exposing: order('b1 c1 a1'),
    hidden: order('b1 a1 c1'),
    consequence: `The client gets EIDRM when a third party has taken the slot and EINVAL when none has, so the errno
      for one event depends on a stranger.`,
    fix: 'Return one errno for both; current kernels say EINVAL.',
    seeAlso: ['I4', 'S15'],
  },
  K7: {
    name: 'semop-vs-rmid',
    kind: ['race'],
    where: 'sys_semtimedop (ipc/sem.c)',
    actors: { A: 'a task in semop with SEM_UNDO', B: 'a task that removes the set' },
    steps: {
      a1: 'finds its undo entry for the set',
      a2: 'locks the set',
      a3: 'tests whether the id of the entry has become -1',
      b1: 'removes the set',
      b2: 'creates a set that gets the same id',
    },
    exposing: order('a1 b1 b2 a2 a3'),
    hidden: order('a1 a2 a3 b1 b2'),
    consequence: `The semop fails with EIDRM although a set of that very id exists, since its undo entry is of the old
      one.`,
    fix: 'The test of the entry makes this safe and must stay; starting over with a new entry would hide the EIDRM.',
    seeAlso: ['K2', 'S15'],
  },
  K8: {
    name: 'shm-attach-vs-RMID',
    kind: ['race'],
    where: 'do_shmat against IPC_RMID (ipc/shm.c)',
    actors: { A: 'a task that attaches a segment', B: 'a task that removes it' },
    steps: {
      a1: 'counts its attach before it maps the segment',
      a2: 'fails to map it and takes the count back',
      b1: 'calls shmctl(IPC_RMID)',
    },
    exposing: order('a1 b1 a2'),
    hidden: [order('a1 a2 b1'), order('b1 a1')],
    consequence: `The removal only marks the segment, which goes on to be listed and attached by others, and it is the
      failing shmat that destroys it.`,
    fix: 'None is needed for safety; a count that starts with the mapping would let the removal destroy the segment.',
  },
  K9: {
    name: 'sender-requeue',
    kind: ['logic'],
    where: 'do_msgsnd and ss_wakeup (ipc/msg.c)',
    actors: { A: 'a sender of one large message', B: 'a stream of senders of small ones', C: 'a receiver' },
    steps: {
      a1: 'finds the queue too full and sleeps',
      a2: 'wakes, still finds too little room, and joins the tail of the senders',
      a2c: 'wakes and finds room enough',
      b1: 'sleep behind it',
      b2: 'wake, and one of them fills the room that was made',
      c1: 'receives one message and wakes all senders',
    },
    exposing: order('a1 b1 c1 a2 b2'),
    hidden: order('a1 c1 a2c'),
    consequence: `The large message can wait for ever, as each round of small ones uses up the room before it is
      enough.`,
    fix: 'Keep the place of a woken sender and wake only those that now fit, as current kernels do.',
  },
  K10: {
    name: 'fork-signal',
    kind: ['logic', 'race'],
    where: 'copy_process (kernel/fork.c)',
    actors: { A: 'a large process that forks', B: 'a fast interval timer' },
    steps: {
      a1: 'copies itself, which takes longer than one period of the timer',
      a2: 'finds a signal pending, undoes everything and starts over with ERESTARTNOINTR',
      a3: 'finds no signal pending and links the child in',
      b1: 'sends a signal that is not blocked',
    },
    exposing: order('a1 b1 a2 a1 b1 a2'),
    hidden: order('a1 a3 b1'),
    consequence: 'The fork may never complete, for each try is interrupted by the next signal.',
    fix: 'Start over only for signals that the child must not miss; copy_process was reworked so in 4.19.',
    seeAlso: ['N10'],
  },
});
