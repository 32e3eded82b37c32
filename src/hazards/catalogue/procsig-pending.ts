/** G1 to G9: signal masks and queues in /proc/<pid>/sig/, and the text they are read and written as. SEMANTICS B6. */

import { type Draft, order } from './family.ts';

export const PROCSIG_PENDING: Readonly<Record<string, Draft>> = {
  G1: {
    name: 'column-off-by-one',
    kind: ['logic'],
    where: 'print_sigset and set_sigset (kernel/signal.c)',
    actors: { A: 'a tool that saves and restores a mask' },
    steps: {
      a1: 'reads and writes a mask of 64 columns on i386',
      a1c: 'does the same on x86-64, where column 0 is, by chance, signal 64',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `The loops count columns 0 to 63 but test signals 1 to 64: on i386 column 0 reads and may set the bit
      before the mask, which belongs to a neighbouring field (the restorer address, for a mask in "action"), and
      signal 64 is lost, while on x86-64 round trips work by luck although column k means signal k.`,
    fix: 'Let the loops run over the signal numbers 1 to 64.',
    seeAlso: ['G10'],
  },
  G2: {
    name: 'unlocked-queue-walk',
    kind: ['memory', 'race'],
    where: 'print_sigpending_alloc (kernel/signal.c)',
    actors: { B: 'a reader of "pending"', T: 'the target, with queued signals' },
    steps: {
      b1: 'takes an entry of the queue',
      b2: 'prints the entry',
      b3: 'goes on to the entry after it',
      t1: 'dequeues and frees the entry',
    },
    exposing: [order('b1 t1 b2 b3'), order('b1 b2 t1 b3')],
    hidden: [order('b1 b2 b3 t1'), order('t1 b1 b2 b3')],
    consequence: `The reader prints freed memory, or follows a pointer out of a freed entry and loops for ever or
      crashes.`,
    fix: 'Hold the signal lock, copying the entries out before they are printed.',
    seeAlso: ['G3', 'G14'],
  },
  G3: {
    name: 'mask-rewrite-loses-signal',
    kind: ['race'],
    where: 'set_sigpending (kernel/signal.c)',
    actors: { A: 'a writer of "pending"', B: 'a task that sends the target a signal' },
    steps: {
      a1: 'clears the pending mask',
      a2: 'sets the bits that its text has',
      b1: 'queues an entry for the signal',
      b2: 'sets the bit of the signal',
      b3: 'wakes the target',
    },
    exposing: order('b1 b2 a1 a2 b3'),
    hidden: [order('a1 b1 b2 b3 a2'), order('b1 a1 b2 b3 a2'), order('a1 a2 b1 b2 b3')],
    consequence: `The signal is never delivered, since its bit is gone, and the entry left behind supplies its stale
      details to the next signal of that number.`,
    fix: 'Write under the signal lock, and merge the text into the mask instead of replacing it.',
    seeAlso: ['G2', 'G4'],
  },
  G4: {
    name: 'bit-entry-mismatch',
    kind: ['logic'],
    where: 'set_sigpending (kernel/signal.c)',
    actors: { A: 'a writer of "pending"' },
    steps: {
      a1: 'writes a mask without the bit of a signal that is queued',
      a2: 'writes a mask with a bit, and no line for its entry',
    },
    exposing: [order('a1'), order('a2')],
    hidden: 'A mask whose bits are exactly the signals already queued changes nothing.',
    consequence: `A bit that is cleared leaves its entry behind, which holds memory and the user's quota until the
      process exits, and a bit that is set without an entry is delivered with code 0 and pid 0.`,
    fix: 'Change bits and entries together: drop the entries of cleared bits, and refuse bits without an entry.',
    seeAlso: ['G3', 'G22'],
  },
  G5: {
    name: 'only-first-entry',
    kind: ['logic'],
    where: 'the loop of set_sigpending (kernel/signal.c)',
    actors: { A: 'a restorer that writes "pending"' },
    steps: {
      a1: 'writes a mask and entries for the signals 10 and 12',
      a1c: 'writes a mask and one entry',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `Signal 10 is queued three times and 12 never: the loop reads the first line again for as often as
      its length fits into what is left of the text.`,
    fix: 'Move on to the next line at the end of the loop.',
    seeAlso: ['G6', 'G18'],
  },
  G6: {
    name: 'chld-kill-never-restored',
    kind: ['logic'],
    where: 'print_sigpending_alloc against set_sigpending (kernel/signal.c)',
    actors: { A: 'a restorer that writes back the text it has read from "pending"' },
    steps: {
      a1: 'writes back an entry for SIGCHLD or SIGKILL',
      a1c: 'writes back an entry for a fault such as SIGSEGV',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `Parsing stops at the detail line, whose printed form differs by a leading blank for SIGCHLD and by
      "spid" for SIGKILL: the entry just allocated leaks and counts against the quota, and the bits are set already.`,
    fix: 'Print and parse with one format.',
    seeAlso: ['G5'],
  },
  G7: {
    name: 'partial-buffer-shift',
    kind: ['logic'],
    where: 'proc_pid_sig_write (fs/proc/base.c)',
    actors: { W: 'a writer of "blocked"' },
    steps: {
      w1: 'writes a mask of 64 characters, whose parser returns 0',
      w1c: 'closes the file and opens it again',
      w2: 'writes a second mask',
    },
    exposing: order('w1 w2'),
    hidden: order('w1 w1c w2'),
    consequence: `Every signal of the second mask moves down by one: the 0 is taken as "one character used", so
      characters 1 to 63 of the first mask are kept and parsed in front of the second.`,
    fix: 'Keep nothing over between writes to the files of fixed size.',
    seeAlso: ['G8'],
  },
  G8: {
    name: 'partial-double-free',
    kind: ['memory', 'race'],
    where: 'proc_pid_sig_write (fs/proc/base.c)',
    actors: { A: 'a writer', B: 'another writer through the same open file' },
    steps: {
      a1: 'loads the pointer to the text kept over from the last write',
      a2: 'clears the pointer',
      a3: 'puts that text in front of its own and frees it',
      b1: 'loads the pointer as well',
      b2: 'clears the pointer',
      b3: 'puts that text in front of its own and frees it',
    },
    exposing: order('a1 b1 a2 b2 a3 b3'),
    hidden: order('a1 a2 a3 b1 b2 b3'),
    consequence: 'The kept text is freed twice, after both writers have put it in front of what they write.',
    fix: 'Take the pointer and clear it under a lock of the open file.',
    seeAlso: ['G7'],
  },
  G9: {
    name: 'no-terminator',
    kind: ['memory'],
    where: 'proc_pid_sig_write and the parsers below it (fs/proc/base.c, kernel/signal.c)',
    actors: { A: 'a writer' },
    steps: {
      a1: 'writes to "altstack", "action" or "pending", whose text is scanned for numbers',
      a1c: 'writes a mask to "blocked", whose characters are counted',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `The scan runs on past the end of the buffer, which has no closing NUL, and may take the bytes behind
      it on the heap for further digits.`,
    fix: 'Allocate one byte more and put a NUL there.',
  },
};
