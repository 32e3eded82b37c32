/** The family I: choosing ids, and rewriting the history, of System V IPC objects. SEMANTICS B3, A7, C7. */

import { family, order } from './family.ts';

export const IPC_IDS = family('ipc_ids', {
  I1: {
    name: 'slot-not-id',
    kind: ['logic'],
    where: 'ipc_addid (ipc/util.c)',
    actors: { A: 'a restorer', B: 'a neighbour in the same ipc namespace' },
    steps: {
      a1: 'arms 32773, which is slot 5 with sequence number 1',
      a2: 'calls msgget for a new queue',
      b1: 'calls msgget in the ordinary way and gets the lowest free slot, which is 5',
    },
    exposing: order('b1 a1 a2'),
    hidden: order('a1 a2 b1'),
    consequence: `The restorer's msgget fails with EBUSY although no queue 32773 exists, since queue 5 occupies the
      slot; in the other order the neighbour simply gets slot 6.`,
    fix: 'Restore into an empty ipc namespace, and say in the error that the slot is what is taken.',
    seeAlso: ['P6', 'I10'],
  },
  I2: {
    name: 'eagain-retry-default-id',
    kind: ['race'],
    where: 'the retry loops of ipcget_new and ipcget_public around ipc_addid (ipc/util.c)',
    actors: { A: 'a restorer', B: 'other tasks that create objects' },
    steps: {
      a1: 'fills up the spare layers of the idr, which all creators share',
      a2: 'takes the lock of the table',
      a3: 'takes the value and resets it',
      a4: 'asks for its slot and is told EAGAIN, as no spare layer is left',
      a4c: 'asks for its slot and gets it',
      a5: 'drops the lock and goes round the loop',
      a6: 'creates the object with an ordinary id',
      b1: 'finds the spares full and adds none',
      b2: 'creates objects under the lock and uses the spares up',
    },
    exposing: order('a1 b1 b2 a2 a3 a4 a5 a6'),
    hidden: order('b1 b2 a1 a2 a3 a4c'),
    consequence: `The call succeeds with an id nobody asked for; it takes several creators that build layers at that
      moment, or injected faults, to see it.`,
    fix: 'Reset the value only once the object has its slot.',
    seeAlso: ['N9'],
  },
  I3: {
    name: 'dead-check',
    kind: ['logic'],
    where: 'the range test of ipc_addid (ipc/util.c)',
    actors: { A: 'a restorer' },
    steps: {
      a1: 'arms -5',
      a1c: 'arms 5',
      a2: 'calls msgget for a new queue',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The call fails with ENOSPC, or with EBUSY when the place in the leaf that the negative slot falls on
      (slot modulo 64) is in use while some other is not, but never with EINVAL: comparing an id with slot + 32768
      times sequence, both computed from it, is always true.`,
    fix: 'Refuse a negative value with EINVAL.',
    seeAlso: ['N15'],
  },
  I4: {
    name: 'seq-not-advanced',
    kind: ['logic'],
    where: 'ipc_addid (ipc/util.c)',
    actors: { A: 'a restorer', B: 'a stranger', C: 'a client that remembers the id of the first queue' },
    steps: {
      a1: 'arms 0 and creates a queue, which gets id 0 and leaves the sequence counter of the table at 0',
      a1c: 'creates a queue in the ordinary way, which gets id 0 and moves the counter to 1',
      a2: 'removes the queue',
      b1: 'creates a queue in the ordinary way, in slot 0 again',
      c1: 'sends a message to id 0',
    },
    exposing: order('a1 a2 b1 c1'),
    hidden: order('a1c a2 b1 c1'),
    consequence: `The stranger's queue has id 0 as well and the client's message ends up there, where two ordinary
      creations give 0 and 32768 and the client is told EIDRM.`,
    fix: 'Raise the counter of the table to one more than the sequence number that was chosen.',
    seeAlso: ['K6'],
  },
  I5: {
    name: 'existing-key-keeps',
    kind: ['logic'],
    where: 'ipcget_public (ipc/util.c)',
    actors: { A: 'a restorer', B: 'a neighbour' },
    steps: {
      a1: 'arms 700',
      a2: 'calls msgget(K, IPC_CREAT)',
      a3: 'calls semget for a new set',
      b1: 'creates a queue with the key K',
    },
    exposing: [order('b1 a1 a2 a3'), order('a1 b1 a2 a3')],
    hidden: order('a1 a2 a3 b1'),
    consequence: `The msgget succeeds with the id of the neighbour's queue and leaves 700 armed, and the semaphore set
      gets it.`,
    fix: 'Use the value up, or fail, when the call found an object instead of making one.',
    seeAlso: ['N8'],
  },
  I6: {
    name: 'forged-history',
    kind: ['security'],
    where: 'IPC_SET in msgctl, semctl and shmctl (ipc/msg.c, ipc/sem.c, ipc/shm.c)',
    actors: {
      A: 'the unprivileged owner of a queue',
      B: 'a monitor that trusts lspid, lrpid, cpid, lpid or the times',
    },
    steps: {
      a1: 'arms 1',
      a2: 'calls msgctl(IPC_SET) with pids and times of its choice',
      b1: 'calls msgctl(IPC_STAT)',
    },
    exposing: order('a1 a2 b1'),
    hidden: [order('a2 b1'), order('b1 a1 a2')],
    consequence: 'The monitor blames a process that never touched the queue, because any owner may write the history.',
    fix: 'Ask for a capability before history can be set.',
    seeAlso: ['N16'],
  },
  I7: {
    name: 'old-layout-leak',
    kind: ['memory'],
    where: 'the copy-in of the old structures for IPC_SET (ipc/msg.c, ipc/sem.c, ipc/shm.c, ipc/compat.c)',
    actors: { A: 'the owner of a queue, in a 32-bit program or without IPC_64' },
    steps: {
      a1: 'arms 1',
      a2: 'calls msgctl(IPC_SET) with the old structure, which has no room for the history',
      a2c: 'calls msgctl(IPC_SET | IPC_64)',
      a3: 'calls msgctl(IPC_STAT)',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a2c a3'),
    consequence: `Times and pids read back as bytes of the kernel stack, because that copy-in never fills those fields
      of its temporary and the armed IPC_SET stores them in the object.`,
    fix: 'Refuse the old structure when a value is armed, or clear the temporary first.',
  },
  I8: {
    name: 'set-all-hits-wrong-object',
    kind: ['logic'],
    where: 'IPC_SET in msgctl, semctl and shmctl (ipc/msg.c, ipc/sem.c, ipc/shm.c)',
    actors: { A: 'a restorer' },
    steps: {
      a1: 'arms 1',
      a2: 'calls msgctl(IPC_SET) on a queue it does not own, which fails with EPERM and keeps the value',
      a2c: 'writes RESET',
      a3: 'calls semctl(IPC_SET) on another object, only to change its mode',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a2 a2c a3'),
    consequence: `The times of the semaphore set become whatever the caller's structure held in those fields, which is
      often 0.`,
    fix: 'Have a command of its own for restoring everything, such as IPC_SETALL.',
    seeAlso: ['N8', 'N13'],
  },
  I9: {
    name: 'sparse-table-cost',
    kind: ['logic'],
    where: 'ipc_findkey and ipc_get_maxid (ipc/util.c)',
    actors: { A: 'a restorer', B: 'anyone who looks up a key' },
    steps: {
      a1: 'creates one queue in slot 32767',
      b1: 'calls msgget with a key',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: `Each search for a key, or for the highest id, now walks 32768 slots while it holds the lock of the
      table, since it goes slot by slot until it has met as many objects as there are.`,
    fix: 'Find keys through a hash, as current kernels do, and remember the highest slot in use.',
    seeAlso: ['I10'],
  },
  I10: {
    name: 'limit-ignored-for-slot',
    kind: ['api'],
    where: 'ipc_addid (ipc/util.c)',
    actors: { A: 'a restorer, where semmni is 128' },
    steps: {
      a1: 'arms 5000',
      a1c: 'arms 100',
      a2: 'calls semget for a new set',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The set is made in slot 5000, since only the number of sets is held against the limit, and
      /proc/sysvipc/sem and SEM_STAT then show an index far above semmni.`,
    fix: 'Refuse a slot at or above the limit, or document that the limit is a count.',
    seeAlso: ['I1', 'I9'],
  },
});
