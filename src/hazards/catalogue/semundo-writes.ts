/** S10 to S19: writing /proc/<pid>/semundo while the target, the sets and the namespaces change. SEMANTICS B5. */

import { type Draft, order } from './family.ts';

export const SEMUNDO_WRITES: Readonly<Record<string, Draft>> = {
  S10: {
    name: 'partial-write',
    kind: ['logic'],
    where: 'semundo_write (ipc/sem.c)',
    actors: { A: 'a restorer; sets 5 and 6 have one semaphore each' },
    steps: {
      a1: 'writes "5 1\\n6 9 9 9\\n" in one call, which fails with EINVAL',
      a1c: 'writes "5 1\\n6 9\\n" in one call, which returns the whole count',
      a2: 'reads the file',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The line for set 5 has been applied although the call failed, so its caller believes nothing
      changed.`,
    fix: 'Validate all lines before any is applied, or return the number of bytes that were.',
    seeAlso: ['S11'],
  },
  S11: {
    name: 'failed-line-leaves-entry',
    kind: ['logic'],
    where: 'semundo_update, and sys_semtimedop in the base (ipc/sem.c)',
    actors: { A: 'a restorer; set 5 has two semaphores' },
    steps: {
      a1: 'writes "5 1 2 3", which fails with EINVAL',
      a1c: 'writes "77 1 2" for a set that does not exist, which fails with EINVAL',
      a2: 'reads the file',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `A line for set 5 with two zeros has appeared, because the entry is made before the values are
      counted; a semop with SEM_UNDO that fails with EFBIG or EACCES leaves such an entry in the base too.`,
    fix: 'Compare the count with the set before the entry is made.',
    seeAlso: ['S10', 'S19'],
  },
  S12: {
    name: 'write-to-exiting',
    kind: ['race'],
    where: 'semundo_write against exit_sem (ipc/sem.c)',
    actors: { A: 'a writer', T: 'the target, which exits' },
    steps: {
      a1: "opens T's file for reading and writing and holds its list",
      a2: 'writes "5 -1", which succeeds',
      a3: 'closes the file',
      t1: 'runs exit_sem: clears its pointer, waits for readers and drops its reference, leaving one',
    },
    exposing: order('a1 t1 a2 a3'),
    hidden: [order('a1 a2 a3 t1'), order('t1 a1')],
    consequence: `The close applies an undo for a process that is gone, with the writer as sempid; a target without a
      list is safe, since the open then either fails with EINVAL or makes a list that the exit still drops.`,
    fix: 'Mark the list dead at exit and answer ESRCH to later writes.',
    seeAlso: ['S3', 'S13'],
  },
  S13: {
    name: 'orphaned-fd',
    kind: ['race'],
    where: 'semundo_open, which binds the list once (ipc/sem.c)',
    actors: { A: 'a writer', T: 'the target' },
    steps: {
      a1: "opens T's file and holds its first list",
      a2: 'writes and reads the file',
      t1: 'drops that list with unshare(CLONE_SYSVSEM) or unshare(CLONE_NEWIPC)',
      t2: 'makes a second list with its next semop',
    },
    exposing: order('a1 t1 t2 a2'),
    hidden: [order('t1 t2 a1 a2'), order('a1 a2 t1 t2')],
    consequence: `The writes go to the abandoned list, which is applied when the writer closes it, and the reads show
      nothing of the undos that the target really has.`,
    fix: 'Find the list of the task anew at each operation.',
    seeAlso: ['S12', 'S14'],
  },
  S14: {
    name: 'ns-mismatch',
    kind: ['race', 'memory'],
    where: 'get_undo_list against sys_unshare (ipc/sem.c, kernel/fork.c)',
    actors: { A: "a task that opens T's file for writing", T: 'the target, which has no list' },
    steps: {
      a1: 'opens the file and makes a list bound to the ipc namespace T has at that moment',
      t1: 'begins unshare(CLONE_NEWIPC) and drops its undo list',
      t2: 'switches to the new namespace',
      t3: 'calls semop with SEM_UNDO on set 0 of the new namespace',
      t4: 'exits',
    },
    exposing: order('t1 a1 t2 t3 t4'),
    hidden: [order('t1 t2 a1 t3 t4'), order('a1 t1 t2 t3 t4')],
    consequence: `The value changes in the new namespace, but the entry is sized by set 0 of the old one and the exit
      adjusts that set: a larger new set overruns the adjustments, and where the old namespace has no set 0 the semop
      fails with EINVAL.`,
    fix: 'Make the list under the lock that the switch takes, or compare the namespaces at each use.',
    seeAlso: ['S13'],
  },
  S15: {
    name: 'write-vs-rmid',
    kind: ['race'],
    where: 'semundo_update against IPC_RMID (ipc/sem.c)',
    actors: { A: 'a writer of a line for set X', B: 'a task that removes X' },
    steps: {
      a1: 'finds or makes the entry for X',
      a2: 'locks whatever set is in the slot',
      a3: 'tests whether the id of the entry has become -1',
      b1: 'removes X',
      b2: 'creates another set in the same slot',
    },
    exposing: [order('a1 b1 a2'), order('a1 b1 b2 a2 a3'), order('b1 a1'), order('b1 b2 a1')],
    hidden: order('a1 a2 a3 b1'),
    consequence: `One situation has two errnos from three places: EINVAL when the slot is empty at the lock, EIDRM
      when it is taken again, and either of them when X was gone before the entry was looked for.`,
    fix: 'Map all of them to one errno.',
    seeAlso: ['K6', 'K7'],
  },
  S16: {
    name: 'bug-on-underflow',
    kind: ['race'],
    where: 'the assertion at the end of sys_semtimedop after patch 3 (ipc/sem.c)',
    actors: { A: "a task that opens T's file for writing", T: 'the target in its first semop' },
    steps: {
      a1: 'looks whether T has a list',
      a2: 'allocates a list',
      a3: 'locks T and installs its list with two references',
      a4: 'closes the file and drops a reference',
      t1: 'looks whether it has a list',
      t2: 'allocates a list',
      t3: 'locks itself, finds the other list and takes it without counting',
      t4: 'drops the reference of the semop and asserts that some are left',
    },
    exposing: order('a1 t1 a2 t2 a3 t3 a4 t4'),
    hidden: order('a1 a2 a3 t1 a4 t4'),
    consequence: `The semop takes the last of two references away from three holders, and the failed assertion kills
      T.`,
    fix: 'Count a reference in the branch that finds a list already there, as for S1.',
    seeAlso: ['S1'],
  },
  S17: {
    name: 'no-range-no-rights',
    kind: ['security', 'logic'],
    where: 'semundo_update (ipc/sem.c)',
    actors: { A: 'the owner of a process, without rights on the set' },
    steps: {
      a1: 'writes -32768 for a set of another user into its own semundo file',
      a1c: 'tries to get such an adjustment by semop with SEM_UNDO',
      a2: 'exits',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: `The other user's semaphore is clamped to 0, where semop would have said EACCES or ERANGE; values are
      also cut to 16 bits without a word, so that 40000 is stored as -25536.`,
    fix: 'Test the range of each adjustment, and the right to alter the set.',
    seeAlso: ['S20'],
  },
  S18: {
    name: 'semmsl-race',
    kind: ['race'],
    where: 'semundo_write, which sizes its array from semmsl (ipc/sem.c)',
    actors: { A: 'a writer of a line with 300 values', B: 'an administrator; semmsl is 250' },
    steps: {
      a1: 'begins the write and allocates room for semmsl values',
      a2: 'parses the line',
      b1: 'raises semmsl to 300 and creates a set of 300',
      b2: 'lowers semmsl to 250 again',
    },
    exposing: [order('a1 b1 a2'), order('b1 b2 a1 a2')],
    hidden: order('b1 a1 a2'),
    consequence: `The line fails with EINVAL although its set is legal, and once the limit has been lowered the sets
      above it cannot be written at all.`,
    fix: 'Size the array from the set that the line names.',
  },
  S19: {
    name: 'parser-oddities',
    kind: ['api'],
    where: 'get_next_value and semundo_readline (ipc/sem.c)',
    actors: { A: 'a writer; set 5 has two semaphores' },
    steps: {
      a1: 'writes "5 12345678901"',
      a1c: 'writes "5 123 1"',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `The eleven digits become the two values 722 and 1, since a number ends after ten; octal and hex are
      taken, "\\r", "," and "+" give EINVAL, a byte from 0x80 up comes back as an errno of its own (0xFF as EPERM,
      0xF2 as EFAULT), a blank line gives EINVAL for the id before it, and an empty write returns 0.`,
    fix: 'Split the text into lines and words first, and read each word whole with a range test.',
    seeAlso: ['S11'],
  },
};
