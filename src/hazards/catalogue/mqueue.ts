/**
 * The family M: an instance of the mqueue file system for each ipc namespace, where the superblock knows its namespace
 * but does not pin it, because user mounts may outlive it. SEMANTICS B7, C11. In the steps N is a namespace and S the
 * superblock that belongs to it.
 */

import { family, order } from './family.ts';

export const MQUEUE = family('mqueue', {
  M1: {
    name: 'last-put-vs-vfs',
    kind: ['race', 'memory'],
    where: 'put_ipc_ns against the users of the superblock (ipc/namespace.c, ipc/mqueue.c)',
    actors: { A: 'the last task of N, which exits', B: 'a task of another ipc namespace that has S mounted' },
    steps: {
      a1: 'drops the count of N from 1 to 0',
      a2: 'sets the namespace of S to null',
      a3: 'drops the internal mount',
      a4: 'frees N',
      b1: 'reads the namespace of S in creat()',
      b2: 'raises the count of N',
      b3: 'uses N',
      b4: 'drops the count of N',
    },
    exposing: [order('b1 a1 b2 a2 a3 a4 b3 b4'), order('b1 a1 a2 b2 a3 a4 b3 b4')],
    hidden: [order('b1 b2 a1 b3 b4'), order('a1 a2 b1 a3 a4')],
    consequence: `B raises the count of a namespace that is already being freed, uses freed memory, and frees it
      again.`,
    fix: 'Let the drop to 0 and the clearing, and likewise the read and the raise, each happen under mq_lock.',
    seeAlso: ['M2', 'M13'],
  },
  M2: {
    name: 'unlocked-deref',
    kind: ['race', 'memory'],
    where: 'any path that reads the namespace of S without mq_lock (ipc/mqueue.c)',
    actors: { A: 'the last task of N, which exits', B: 'a task that needs a default or a limit of N' },
    steps: {
      a2: 'sets the namespace of S to null',
      a4: 'frees N',
      b1: 'reads the namespace of S without mq_lock',
      b3: 'uses what it read',
    },
    exposing: order('b1 a2 a4 b3'),
    hidden: [order('b1 b3 a2 a4'), order('a2 a4 b1')],
    consequence: 'B takes its attribute default or limit out of a freed namespace.',
    fix: 'Read the namespace and raise its count under mq_lock on every path.',
    seeAlso: ['M1'],
  },
  M3: {
    name: 'null-ns',
    kind: ['logic'],
    where: 'mqueue_create and mqueue_delete_inode (ipc/mqueue.c)',
    actors: { A: 'the last task of N, which exits', B: 'a task of another ipc namespace that has S mounted' },
    steps: {
      a1: 'drops N; S has no namespace any more',
      b1: 'calls creat() in the mount of S',
      b2: 'opens, reads, sends to or unlinks a queue that exists there',
    },
    exposing: order('a1 b1 b2'),
    hidden: order('b1 b2 a1'),
    consequence: `The creat fails with EACCES while everything on existing queues works, as on 6.18; deleting one
      follows a null pointer unless it skips the count of queues.`,
    fix: 'Test for a dead namespace wherever it is read, and leave its accounts out when it is gone.',
    seeAlso: ['M4', 'M7', 'M13'],
  },
  M4: {
    name: 'accounting-survives',
    kind: ['logic'],
    where: 'the byte count of the user in mqueue_delete_inode (ipc/mqueue.c)',
    actors: { A: 'a user in N', B: 'the same user in another ipc namespace' },
    steps: {
      a1: 'creates queues in N up to the byte limit of the user',
      a2: 'exits as the last task of N, while S is still mounted somewhere',
      a3: 'has the last mount and descriptor of S go away',
      b1: 'creates a queue',
    },
    exposing: order('a1 a2 b1'),
    hidden: order('a1 a2 a3 b1'),
    consequence: `The creation fails with ENOMEM at RLIMIT_MSGQUEUE because of queues that no living namespace shows:
      the user pays for their bytes until S has lost its last mount and descriptor, though the count of queues went
      with N.`,
    fix: 'Give the bytes back when the namespace dies, or say with the error what they are held by.',
    seeAlso: ['M3'],
  },
  M5: {
    name: 'remount-by-mounting',
    kind: ['logic'],
    where: 'get_sb_single_ns, in the version of January 2009',
    actors: { A: 'a task that mounts the file system', B: 'another task of the same ipc namespace' },
    steps: {
      a1: 'mounts mqueue read-only',
      b1: 'calls mq_open with O_CREAT',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: `The mq_open fails with EROFS, because the flags of the second mount are applied to the superblock
      that all of N shares; the merged version does not do so.`,
    fix: 'Do not remount the superblock when it is mounted again.',
  },
  M6: {
    name: 'two-views',
    kind: ['api'],
    where: 'unshare(CLONE_NEWIPC) without a new mount of /dev/mqueue',
    actors: { A: 'a task that unshares' },
    steps: {
      a1: 'calls unshare(CLONE_NEWIPC)',
      a1c: 'mounts mqueue on /dev/mqueue again',
      a2: 'calls mq_open("/a", O_CREAT)',
      a3: 'lists /dev/mqueue',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a1c a2 a3'),
    consequence: `The new queue is not in the listing, because mq_open goes to the new namespace and the mount still
      shows the old one, where creat() through it and inherited descriptors go on working.`,
    fix: 'Mount the file system again after each unshare.',
  },
  M7: {
    name: 'put-null',
    kind: ['api'],
    where: 'put_ipc_ns and get_ipc_ns in the version of January 2009 (ipc/namespace.c)',
    actors: { A: 'a task that calls creat() in the mount of S' },
    steps: {
      a1: 'reads null as the namespace of S, as N is dead',
      a1c: 'reads N, which lives',
      a2: 'passes it to get_ipc_ns, which accepts null',
      a3: 'passes it to put_ipc_ns, which accepts null as well',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1c a2 a3'),
    consequence: 'A create in a dead namespace goes through get and put unnoticed instead of failing with EACCES.',
    fix: 'Refuse null in both, so that each caller has to deal with a dead namespace.',
    seeAlso: ['M3'],
  },
  M8: {
    name: 'address-reuse',
    kind: ['race'],
    where: 'compare_sb_single_ns, if the namespace of S is not cleared at death (ipc/mqueue.c)',
    actors: { A: 'the last task of N, which exits', B: 'a task that makes a namespace of its own' },
    steps: {
      a1: 'drops the count of N to 0',
      a2: 'sets the namespace of S to null',
      a4: 'frees N',
      b1: 'unshares, and its new namespace is allocated at the address N had',
      b2: 'mounts mqueue, for which a superblock with that address is looked for',
    },
    exposing: order('a1 a4 b1 b2'),
    hidden: order('a1 a2 a4 b1 b2'),
    consequence: "B's mount finds S and shows the queues of a namespace that B never belonged to.",
    fix: 'Clear the namespace of S before N is freed.',
    seeAlso: ['M1'],
  },
  M9: {
    name: 'global-limits',
    kind: ['logic'],
    where: 'the sysctls queues_max, msg_max and msgsize_max before bdc8e5f8 (ipc/mqueue.c)',
    actors: { A: 'a privileged task in one ipc namespace', B: 'a task in another' },
    steps: {
      a1: 'lowers fs.mqueue.queues_max',
      b1: 'creates a queue',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: `The creation in the other namespace fails with ENOSPC: the limits are those of the whole system
      while the queues are counted for each namespace.`,
    fix: 'Keep the limits in the namespace, as the third patch does (bdc8e5f8).',
    seeAlso: ['K4'],
  },
  M10: {
    name: 'lookup-leaks-fd',
    kind: ['logic'],
    where: 'sys_mq_open in 2.6.26 to 2.6.33 (ipc/mqueue.c)',
    actors: { A: 'any process' },
    steps: {
      a1: 'calls mq_open with a "/" inside the name, which fails with EACCES',
      a2: 'opens a file',
      a3: 'calls dup2 onto the number that was left out',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a2'),
    consequence: `The number reserved for the failed call is never given back: the next open returns one more than it
      should, and dup2 onto the lost number fails with EBUSY for the life of the process.`,
    fix: 'Give the number back when the lookup fails, as 4294a8ee (2.6.34) does.',
    seeAlso: ['F2'],
  },
  M11: {
    name: 'notify-pid-namespace',
    kind: ['logic'],
    where: '__do_notify (ipc/mqueue.c)',
    actors: { A: 'a task registered with mq_notify', B: 'a sender in a pid namespace below' },
    steps: {
      a1: 'registers for a signal',
      b1: 'sends to the empty queue',
      b1c: "sends to the empty queue from A's own pid namespace",
    },
    exposing: order('a1 b1'),
    hidden: order('a1 b1c'),
    consequence: `The signal names the sender by its number in the sender's pid namespace, which in A's is another
      process or none.`,
    fix: 'Translate the number into the pid namespace of the receiver, as a6684999 does.',
    seeAlso: ['K3'],
  },
  M12: {
    name: 'flush-unregisters',
    kind: ['design'],
    where: 'mqueue_flush_file (ipc/mqueue.c)',
    actors: { A: 'a process registered with mq_notify', B: 'a sender' },
    steps: {
      a1: 'registers for a signal',
      a2: 'closes a duplicate of the descriptor, perhaps inside a library',
      b1: 'sends to the empty queue',
    },
    exposing: order('a1 a2 b1'),
    hidden: order('a1 b1 a2'),
    consequence: `No notification comes and nothing failed: the registration ends as soon as its process closes any
      one of its descriptors for the queue.`,
    fix: `None is intended, as the documented semantics ask for it; register again after code that may close a
      duplicate.`,
  },
  M13: {
    name: 'mount-order-at-death',
    kind: ['race'],
    where: 'put_ipc_ns (ipc/namespace.c)',
    actors: { A: 'the last task of N, which exits; the internal mount is the last user of S' },
    steps: {
      a1: 'drops the count of N to 0 and holds mq_lock',
      a2: 'sets the namespace of S to null and lets mq_lock go',
      a3: 'drops the internal mount, which deletes all queues of S on the way',
    },
    exposing: order('a1 a3 a2'),
    hidden: order('a1 a2 a3'),
    consequence: `The deletion of each queue touches the count of a dying namespace, and takes mq_lock a second time
      if it is still held.`,
    fix: 'Clear the namespace of S and let mq_lock go before the internal mount is dropped.',
    seeAlso: ['M1', 'M3'],
  },
});
