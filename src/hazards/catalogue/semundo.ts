/**
 * The family S: saving and restoring the semaphore undo list of a process through /proc/<pid>/semundo, whose opener
 * becomes one more holder of the list. S1 to S9 and S10 to S19 sit in semundo-reads.ts and semundo-writes.ts; here is
 * what the file makes reachable, and for whom. SEMANTICS B5.
 */

import { family, order } from './family.ts';
import { SEMUNDO_READS } from './semundo-reads.ts';
import { SEMUNDO_WRITES } from './semundo-writes.ts';

export const SEMUNDO = family('semundo', {
  ...SEMUNDO_READS,
  ...SEMUNDO_WRITES,
  S20: {
    name: 'world-readable',
    kind: ['security'],
    where: 'the file mode 0644 in tgid_base_stuff (fs/proc/base.c)',
    actors: { B: 'any user', T: 'a process of somebody else' },
    steps: {
      t1: 'calls semop with SEM_UNDO',
      b1: "opens and reads T's semundo file",
    },
    exposing: order('t1 b1'),
    hidden: order('b1 t1'),
    consequence: `Everybody sees which semaphores the process holds and by how much, and the open itself delays the
      undos as in S3.`,
    fix: 'Make the file 0600 and ask for the right to ptrace the process.',
    seeAlso: ['S3', 'S28'],
  },
  S21: {
    name: 'threads-invisible',
    kind: ['logic'],
    where: 'tgid_base_stuff (fs/proc/base.c): only the leader of the group has the file',
    actors: { A: 'the leader of a thread group', B: 'a checkpointer', T: 'another thread of that group' },
    steps: {
      a1: 'makes thread T without CLONE_SYSVSEM',
      a1c: 'makes thread T with CLONE_SYSVSEM',
      t1: 'calls semop with SEM_UNDO',
      b1: 'reads the semundo file of the process',
    },
    exposing: order('a1 t1 b1'),
    hidden: order('a1c t1 b1'),
    consequence: `The undos of T are missing from the file, so a checkpoint loses them; when the leader is gone and
      only threads live, the file is empty or its open fails with EINVAL.`,
    fix: 'Offer the file for each thread, under task/<tid>.',
  },
  S22: {
    name: 'does-not-build',
    kind: ['api'],
    where: 'patches 2 and 4 of the series',
    actors: { A: 'whoever builds the series' },
    steps: {
      a1: 'applies the patches and compiles ipc/sem.c',
      a2: 'reads the patches for what they plainly mean, and supplies the missing pieces',
    },
    exposing: order('a1'),
    hidden: order('a2'),
    consequence: `The compiler refuses the series: patch 4 passes get_undo_list three arguments where patch 3 defines
      it with two, and patch 2 uses a seek routine that the kernel lacks, so what thaw models is inferred from the
      text.`,
    fix: 'Give get_undo_list the third parameter, and use the seek routine of sequence files.',
  },
  S23: {
    name: 'every-semop-creates',
    kind: ['logic'],
    where: 'sys_semtimedop after patch 3 (ipc/sem.c)',
    actors: { A: 'a process that never uses SEM_UNDO' },
    steps: {
      a1: 'calls semop without SEM_UNDO',
      a2: 'opens its own semundo file read-only and reads it',
    },
    exposing: order('a1 a2'),
    hidden: order('a2'),
    consequence: `The process now has an undo list without entries: a plain semop can fail with ENOMEM, every process
      that ever did one pins its ipc namespace, and S5 is hidden because there is a list to show.`,
    fix: 'Look for a list, and make one, only when an operation has SEM_UNDO.',
    seeAlso: ['S5', 'S26'],
  },
  S24: {
    name: 'read-modify-write',
    kind: ['race'],
    where: 'user mode, between a read and a write of the file',
    actors: { R: 'a tool that saves and restores', T: 'the target, which is not frozen' },
    steps: {
      r1: 'reads "5 -1"',
      r2: 'writes "5 -1"',
      t1: 'calls semop +1 with SEM_UNDO, which makes its adjustment -2',
    },
    exposing: order('r1 t1 r2'),
    hidden: [order('r1 r2 t1'), order('t1 r1 r2')],
    consequence: `The adjustment is -1 again and the operation in between is forgotten, so the semaphore is off by one
      for good after T exits.`,
    fix: 'Let only the task itself write its file, as the author planned next, or freeze T for the while.',
    seeAlso: ['S12'],
  },
  S25: {
    name: 'replaced-adj-wakes-erange',
    kind: ['race'],
    where: 'update_queue as semundo_update calls it (ipc/sem.c)',
    actors: { A: "a writer of T's file", T: 'the target' },
    steps: {
      t1: 'sleeps in a semop with two operations: +1 with SEM_UNDO, and a wait for another semaphore',
      a1: 'writes an adjustment near -32768 for that set',
    },
    exposing: order('t1 a1'),
    hidden: order('t1'),
    consequence: `The write makes the kernel try the sleeping operations again, the undo is now out of range, and T
      wakes with ERANGE though nobody touched the set.`,
    fix: 'Do not run the queue of waiters after a write: no semaphore value changed, so nobody can have become ready.',
  },
  S26: {
    name: 'open-creates',
    kind: ['logic'],
    where: 'semundo_open (ipc/sem.c)',
    actors: { A: 'a task that opens the file of a target without an undo list' },
    steps: {
      a1: 'opens the file for reading and writing',
      a1c: 'opens the file read-only',
      a2: 'closes it without a write',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The target is left with an undo list that it never asked for, which pins its ipc namespace until it
      exits.`,
    fix: 'Make the list at the first write.',
    seeAlso: ['S23'],
  },
  S27: {
    name: 'self-reference',
    kind: ['logic'],
    where: 'do_exit, where the undo step comes before the files are closed (kernel/exit.c)',
    actors: { A: 'a process with undos' },
    steps: {
      a1: 'calls semop with SEM_UNDO',
      a2: 'opens its own semundo file',
      a2c: 'closes the file again',
      a3: 'exits: detaches shared memory',
      a4: 'exits: drops its reference in the undo step',
      a5: 'exits: closes its files',
    },
    exposing: order('a1 a2 a3 a4 a5'),
    hidden: order('a1 a2 a2c a3 a4 a5'),
    consequence: `The undo step leaves one reference and applies nothing, and the undos follow only when the file is
      closed, or with a descriptor shared by fork or CLONE_FILES when its last holder closes it.`,
    fix: 'Apply and empty the list in the undo step, whoever else holds it, as for S3.',
    seeAlso: ['S3'],
  },
  S28: {
    name: 'fd-outlives-rights',
    kind: ['security'],
    where: 'semundo_write, which relies on the rights at open (ipc/sem.c)',
    actors: { A: 'a user', T: 'a process of that user' },
    steps: {
      a1: "opens T's file for writing",
      a2: 'writes through that descriptor',
      t1: 'executes a set-uid program',
    },
    exposing: order('a1 t1 a2'),
    hidden: order('t1 a1'),
    consequence: `The write still works and plants undos in a privileged process, while an open after the exec fails
      with EACCES.`,
    fix: 'Test the rights at each write, or cut existing descriptors off when the target gains privilege.',
    seeAlso: ['N17', 'S20'],
  },
});
