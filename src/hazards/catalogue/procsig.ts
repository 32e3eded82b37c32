/**
 * The family G: reading and rewriting the signal state of another task through /proc/<pid>/sig/, nearly always without
 * the locks that delivery takes. G1 to G9 are about masks, queues and their text and sit in procsig-pending.ts; here
 * are actions, stacks, the life of the target and who may do all this. SEMANTICS B6, C12.
 */

import { family, order } from './family.ts';
import { PROCSIG_PENDING } from './procsig-pending.ts';

export const PROCSIG = family('procsig', {
  ...PROCSIG_PENDING,
  G10: {
    name: 'action-index',
    kind: ['memory', 'logic'],
    where: 'print_sigaction_list and set_sigaction_list (kernel/signal.c)',
    actors: { A: 'a writer of "action"' },
    steps: {
      a1: 'writes a line with the signal number as its index, as the columns of "blocked" have it',
      a2: 'writes a line with the index 64',
      a3: 'writes good lines and then one with a negative index',
      a4: 'writes a line with the signal number less one as its index',
    },
    exposing: [order('a1'), order('a2'), order('a3')],
    hidden: order('a4'),
    consequence: `The action of the next signal is replaced; index 64 is accepted and written behind the table, into
      the lock; and a negative one fails with EINVAL after the lines before it have been applied.`,
    fix: 'Use signal numbers from 1 to 64 everywhere, and test them all before the first line is applied.',
    seeAlso: ['G1', 'G23'],
  },
  G11: {
    name: 'kill-stop-maskable',
    kind: ['security'],
    where: 'set_sigset for "blocked" and set_sigaction_list (kernel/signal.c)',
    actors: { A: 'a writer of "blocked"', B: 'an administrator' },
    steps: {
      a1: 'writes a mask with column 9 set',
      b1: 'sends the target SIGKILL',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: `The SIGKILL stays pending and the process cannot be killed; SIGSTOP can be blocked as well, and both
      can be given a handler or be ignored through "action".`,
    fix: 'Strip SIGKILL and SIGSTOP from masks and actions, as the system calls do.',
    seeAlso: ['G12'],
  },
  G12: {
    name: 'no-recalc',
    kind: ['race', 'logic'],
    where: 'task_write_procsig for "blocked" (kernel/signal.c)',
    actors: { A: 'a writer of "blocked"', T: 'the target, with a signal pending and blocked' },
    steps: {
      t1: 'sleeps in an interruptible call',
      t1c: 'unblocks the signal itself with sigprocmask',
      a1: 'writes a mask without that signal',
    },
    exposing: order('t1 a1'),
    hidden: order('t1c'),
    consequence: `T sleeps on with a deliverable signal until something else recomputes its pending flag; the other
      way round, blocking a signal whose flag is already set costs T one spurious EINTR.`,
    fix: 'Recompute the pending flag after the write, and wake the target if it is set.',
    seeAlso: ['G21'],
  },
  G13: {
    name: 'torn-action',
    kind: ['race'],
    where: 'set_sigaction_list (kernel/signal.c)',
    actors: { A: 'a writer of "action"', T: 'the target, taking that signal' },
    steps: {
      a1: 'stores the new flags',
      a2: 'clears the mask',
      a2b: 'adds the signals of the new mask one by one',
      a3: 'stores the new handler',
      t1: 'dequeues the signal and copies the action, under a lock that the writer does not take',
    },
    exposing: [order('a1 t1 a2 a2b a3'), order('a1 a2 t1 a2b a3'), order('a1 a2 a2b t1 a3')],
    hidden: [order('a1 a2 a2b a3 t1'), order('t1 a1 a2 a2b a3')],
    consequence: `The old handler runs with the new flags, SA_SIGINFO for instance and so with the wrong arguments, or
      with half a mask.`,
    fix: 'Build the action aside and store it under the signal lock.',
    seeAlso: ['G23', 'G24'],
  },
  G14: {
    name: 'dead-task-null',
    kind: ['memory', 'race'],
    where: 'task_read_procsig and task_write_procsig (kernel/signal.c)',
    actors: { A: 'a reader or writer of "shared_pending", "waiters" or "action"', T: 'the target' },
    steps: {
      a1: 'takes a reference to the task',
      a2: 'follows its signal or sighand pointer',
      t1: 'is reaped, which clears both pointers',
    },
    exposing: order('a1 t1 a2'),
    hidden: [order('a1 a2 t1'), order('t1 a1')],
    consequence: `The kernel follows a null pointer: a reference keeps the task structure, not what a reaped task has
      let go.`,
    fix: 'Go through lock_task_sighand, which says when they are gone.',
    seeAlso: ['G2'],
  },
  G15: {
    name: 'waiters',
    kind: ['memory', 'logic'],
    where: 'print_wait_info (kernel/signal.c)',
    actors: { A: 'a reader of "waiters"' },
    steps: {
      a1: 'prints more waiting threads than fit into a page',
      a1c: 'prints a few waiting threads',
      a2: 'gives up with ENOMEM and frees the buffer by the pointer it has been advancing',
    },
    exposing: order('a1 a2'),
    hidden: order('a1c'),
    consequence: `A pointer into the middle of the page is freed; besides, the list is of threads in the process that
      wait for its children, not of tasks that wait for the process as documented, and a wait function of another kind
      only raises a warning.`,
    fix: 'Free the pointer that was allocated, and list the tasks that the documentation promises.',
  },
  G16: {
    name: '0666',
    kind: ['security'],
    where: 'the file modes, and security_ptrace in task_read_procsig and task_write_procsig',
    actors: { A: 'an unprivileged user' },
    steps: {
      a1: 'opens a file in the sig directory of a process of another unprivileged user',
      a2: 'reads or rewrites the signal state',
    },
    exposing: order('a1 a2'),
    hidden: 'A target that holds a capability which the caller lacks is refused with EPERM.',
    consequence: `Any unprivileged user reads and rewrites the signals of any other, since the mode is 0666 and the
      one test compares capabilities but no user ids.`,
    fix: 'Make the files 0600 and use the full test for attaching with ptrace.',
    seeAlso: ['G11', 'G22'],
  },
  G17: {
    name: 'multi-read-torn',
    kind: ['race'],
    where: 'proc_pid_sig_read (fs/proc/base.c)',
    actors: { B: 'a reader with a buffer of 70 bytes', T: 'the target' },
    steps: {
      b1: 'reads the first 70 bytes',
      b2: 'reads the next 70 bytes, out of a text made anew',
      t1: 'gets or takes a signal',
    },
    exposing: order('b1 t1 b2'),
    hidden: [order('b1 b2 t1'), order('t1 b1 b2')],
    consequence: `The two pieces belong to different texts, so that lines are mixed, missing or doubled where they
      meet.`,
    fix: 'Make the text once, when the file is opened.',
    seeAlso: ['S9'],
  },
  G18: {
    name: 'success-always',
    kind: ['api'],
    where: 'proc_pid_sig_write (fs/proc/base.c) and set_sigpending (kernel/signal.c)',
    actors: { A: 'a restorer' },
    steps: {
      a1: 'writes a mask with garbage behind it to "pending"',
      a1c: 'writes a mask of 63 characters',
    },
    exposing: order('a1'),
    hidden: order('a1c'),
    consequence: `The write returns its full count although entries were dropped or could not be allocated; EINVAL is
      given only for a mask that is too short, a bad action index and a bad altstack.`,
    fix: 'Return an error, or the number of bytes applied, when an entry cannot be restored.',
    seeAlso: ['G5'],
  },
  G19: {
    name: 'altstack-in-use',
    kind: ['race'],
    where: 'set_altstack (kernel/signal.c)',
    actors: { A: 'a writer of "altstack"', T: 'the target' },
    steps: {
      t1: 'enters a handler on its alternate stack',
      t2: 'returns from the handler',
      a1: 'writes another stack',
    },
    exposing: order('t1 a1 t2'),
    hidden: [order('a1 t1 t2'), order('t1 t2 a1')],
    consequence: `The stack is replaced under the running handler, where sigaltstack would fail with EPERM, and the
      kernel no longer knows that T is on it; no size is refused either.`,
    fix: 'Test as sigaltstack does: EPERM while it is in use, ENOMEM when it is too small.',
  },
  G20: {
    name: 'restorer-not-saved',
    kind: ['logic'],
    where: 'print_sigaction_list and set_sigaction_list (kernel/signal.c)',
    actors: { A: 'a tool that saves and restores actions' },
    steps: {
      a1: 'reads "action" of one process',
      a2: 'writes it to a process of another binary',
      a2c: 'writes it to a process of the same binary',
    },
    exposing: order('a1 a2'),
    hidden: order('a1 a2c'),
    consequence: `The handler returns through the restorer address that the target had before, which is harmless in
      the same binary and fatal in another.`,
    fix: 'Save and restore the restorer address with the action.',
  },
  G21: {
    name: 'temporary-mask',
    kind: ['race'],
    where: 'task_read_procsig and task_write_procsig for "blocked" (kernel/signal.c)',
    actors: { A: 'a reader or writer of "blocked"', T: 'the target' },
    steps: {
      t1: 'enters sigsuspend, or a timed wait, and has the temporary mask in blocked',
      t2: 'returns and puts the saved mask back',
      a1: 'writes a mask',
      a2: 'reads the mask',
    },
    exposing: [order('t1 a1 t2'), order('t1 a2 t2')],
    hidden: [order('a1 t1 t2'), order('t1 t2 a1'), order('t1 t2 a2')],
    consequence: 'The written mask is lost when the call returns, and a read in that window saves the temporary mask.',
    fix: 'Handle the saved mask too, or freeze T outside of system calls.',
    seeAlso: ['G12'],
  },
  G22: {
    name: 'quota-bypass',
    kind: ['security'],
    where: 'set_sigpending, which allocates with the limit overridden (kernel/signal.c)',
    actors: { A: 'a writer of "pending"', B: "a process of the target's user" },
    steps: {
      a1: 'writes entries past RLIMIT_SIGPENDING',
      b1: 'calls sigqueue with a real-time signal',
    },
    exposing: order('a1 b1'),
    hidden: order('b1 a1'),
    consequence: "The entries are charged to the target's user, whose own sigqueue then fails with EAGAIN.",
    fix: 'Respect the limit, and fail the write with EAGAIN.',
    seeAlso: ['G4', 'G16'],
  },
  G23: {
    name: 'handler-window',
    kind: ['race'],
    where: 'set_sigaction_list (kernel/signal.c)',
    actors: {
      A: 'a tool that copies the actions of one task to T',
      B: 'a task that sends T a signal',
      T: 'the target',
    },
    steps: {
      a1: 'applies line i',
      a2: 'applies line j',
      b1: 'sends a signal of line j',
      t1: 'takes the signal',
    },
    exposing: order('a1 b1 t1 a2'),
    hidden: [order('b1 t1 a1 a2'), order('a1 a2 b1 t1')],
    consequence: 'T acts on some old and some new dispositions, a set that neither task ever had.',
    fix: 'Apply all lines under one hold of the signal lock, or freeze T for the while.',
    seeAlso: ['G13'],
  },
  G24: {
    name: 'fork/exec-race',
    kind: ['race'],
    where: 'set_sigaction_list against flush_signal_handlers (kernel/signal.c, fs/exec.c)',
    actors: { A: 'a writer of "action"', T: 'the target, in exec' },
    steps: {
      a1: 'stores a handler address of the old image',
      t1: 'resets its handlers to the default',
      t2: 'takes the signal in the new image',
    },
    exposing: [order('a1 t1 t2'), order('t1 a1 t2')],
    hidden: 'While T does not exec, the line takes effect and nothing is reset.',
    consequence: `Written before the reset, the handler is lost; written after it, the handler points into memory that
      is no longer mapped and its delivery ends in SIGSEGV; tasks that share the actions by CLONE_SIGHAND are changed
      too.`,
    fix: 'Freeze the target, or refuse the write while an exec is under way.',
    seeAlso: ['G13'],
  },
});
