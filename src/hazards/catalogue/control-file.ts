/** N1 to N7: reading and writing the control file itself. SEMANTICS B1, A1 to A5. */

import { type Draft, order } from './family.ts';

export const CONTROL_FILE: Readonly<Record<string, Draft>> = {
  N1: {
    name: 'reader-uaf',
    kind: ['memory', 'race'],
    where: 'get_next_syscall_data against reset_next_syscall_data (kernel/next_syscall_data.c)',
    actors: { A: 'the owner of the file, an armed task', B: 'a reader, any user' },
    steps: {
      a1: 'loads the pointer to its own value',
      a2: 'sets the pointer to null',
      a3: 'frees the structure',
      b1: 'loads the pointer of the owner',
      b2: 'reads ndata through it',
      b3: 'reads the value through it',
    },
    exposing: order('b1 a1 a2 a3 b2 b3'),
    hidden: order('b1 b2 b3 a1 a2 a3'),
    consequence: `The reader prints freed memory (a garbage number, or ENOMEM when a huge ndata keeps it printing
      until the buffer is full) or crashes the kernel; the frees in a failed write, in exec and in exit open the same
      window.`,
    fix: `Keep the value inside the task under a lock or a sequence counter, or free it only after an RCU grace
      period.`,
    seeAlso: ['N2', 'N24'],
  },
  N2: {
    name: 'torn-read',
    kind: ['race'],
    where: 'fill_next_syscall_data (kernel/next_syscall_data.c)',
    actors: { A: 'the owner, writing a value', B: 'a reader, any user' },
    steps: {
      a1: 'attaches a freshly allocated structure to itself (only when it had none)',
      a2: 'sets ndata to 1',
      a3: 'stores the value',
      b1: 'reads the file',
    },
    exposing: [order('a1 a2 b1 a3'), order('a2 b1 a3'), order('a1 b1 a2 a3')],
    hidden: order('a1 a2 a3 b1'),
    consequence: `The reader sees a setting nobody made: "LONG1" with uninitialised heap as its number, the old value
      while a new one is being stored, or whatever count the fresh memory happened to hold.`,
    fix: 'Build the new value aside and publish the pointer to it as the last step.',
    seeAlso: ['N1'],
  },
  N3: {
    name: 'short-read-leak',
    kind: ['memory'],
    where: 'next_syscall_data_read (fs/proc/base.c)',
    actors: { A: 'a reader, any user' },
    steps: {
      a1: 'reads the file of an unset task one byte at a time, six times',
      a1c: 'reads the same file once with a buffer of 64 bytes',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `The six reads return a NUL and five bytes of a page the kernel never wrote; likewise a 6-byte read
      of "UNSET" ends in NUL instead of newline, and a set value fails with ENOMEM when the buffer has 6 to 8 bytes.`,
    fix: 'Print into a zeroed buffer of full size first, and copy out the part that was asked for.',
  },
  N4: {
    name: 'bad-write-disarms',
    kind: ['logic'],
    where: 'fill_next_syscall_data (kernel/next_syscall_data.c)',
    actors: { A: 'an armed task' },
    steps: {
      a1: 'writes "LONG1 999", which succeeds',
      a2: 'writes "LONG1 x", which fails with EINVAL',
      a2c: 'writes "LONG2 5 6", which fails with EINVAL as well',
      a3: 'forks',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a2c a3'),
    consequence: `The child has an ordinary pid instead of 999: a write that is refused while the value is being
      parsed destroys the old value, although one refused before that leaves it armed and both fail with EINVAL.`,
    fix: 'Parse the whole text first and change the state only when it is good.',
    seeAlso: ['N5'],
  },
  N5: {
    name: 'zero-form-accepted',
    kind: ['api'],
    where: 'do_set_next_syscall_data (kernel/next_syscall_data.c)',
    actors: { A: 'an armed task' },
    steps: {
      a1: 'writes "LONG1 999", which succeeds',
      a2: 'writes "LONG 5", a slip for "LONG1 5", and gets 6 as for any good write',
      a2c: 'writes "LONG1 5"',
      a3: 'forks',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1 a2c a3'),
    consequence: `The child has an ordinary pid and no call ever failed: "LONG 5" and "LONG0 7" count as zero values,
      which disarms the task and is reported as success.`,
    fix: 'Accept a count of exactly 1 and answer EINVAL to any other.',
    seeAlso: ['N4'],
  },
  N6: {
    name: 'long-write-cut',
    kind: ['api'],
    where: 'next_syscall_data_write (fs/proc/base.c)',
    actors: { A: 'a task whose C library retries short writes' },
    steps: {
      a1: 'writes 9000 bytes, "LONG1 000…07", and gets 4095 back',
      a2: 'lets the C library write the rest, which fails with EINVAL',
      a1c: 'writes the same text in 100 bytes',
      a3: 'calls msgget for a new queue',
    },
    exposing: order('a1 a2 a3'),
    hidden: order('a1c a3'),
    consequence: `The first 4095 bytes arm the value 0, the failing retry leaves it armed, and the queue gets id 0
      where 7 was written.`,
    fix: 'Refuse a write of PAGE_SIZE bytes or more instead of cutting it.',
  },
  N7: {
    name: 'read-blocks-write',
    kind: ['api'],
    where: 'the position test of next_syscall_data_write (fs/proc/base.c)',
    actors: { A: 'a task with its own control file open for reading and writing' },
    steps: {
      a1: 'reads the file, which moves the file position',
      a1c: 'writes a value, which does not move it',
      a2: 'writes a value through the same descriptor',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c a2'),
    consequence: 'The write fails with EINVAL for no better reason than the earlier read; write after write works.',
    fix: 'Ignore the file position on a write, or keep one that reads do not share.',
  },
};
