/**
 * freezer.signals: the signals of a group's members, a record for each thread (record.ts), to be read and set while the group is
 * FROZEN; SEMANTICS E10, E11.
 *
 * This never was in a kernel. It is what the thread on /proc/<pid>/sig proposes in place of files in /proc, a file of the container's
 * or the freezer's subsystem that goes through all tasks inside, and it does under its locks what linux-cr's restart did for a task in
 * the kernel: nobody whose signals are looked at or set runs meanwhile, so none of the races of the family G can happen. Reading
 * shows one thread after the other by number, each whole; each write is one record and sets one thread. Who may is asked as ptrace
 * asks, and the mode is 0600. A write does not move the position.
 */

import { type Destination, type File, fileOperations, type Put, type Source, type Taken } from '../fs/file.ts';
import { mayInspect } from '../fs/proc/access.ts';
import { advance, type Cursor } from '../fs/proc/sequence.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { type Cgroup, cgroupOf } from './cgroup.ts';
import { isFrozenEnough, stateOf } from './freeze.ts';
import { liveGroupOf } from './node.ts';
import { parseRecord } from './parse-record.ts';
import { printRecord, type SignalRecord } from './record.ts';
import { setSignals, signalsOfTask } from './set-signals.ts';
import { numberOf, threadsIn } from './tasks-file.ts';

/** Bytes of the longest record. */
const RECORD_MAX = 4 * 1024 * 1024;

/** The group of an open file while it is frozen: EBUSY when it is not, ENODEV when it is gone. */
function frozenGroupOf(tx: Transaction, file: File): Result<Cgroup> {
  const cgroup = liveGroupOf(tx, file);
  return cgroup.ok && stateOf(tx, cgroup.value) !== 'FROZEN' ? fail('EBUSY') : cgroup;
}

/** The records of the threads that the reader sees, ascending, from the number `from` on: EPERM when one is not for him to look into. */
function records(tx: Transaction, k: Kernel, reader: Task, cgroup: Cgroup, from: number): Result<Iterable<string>> {
  const ns = tx.read(reader.pidNs)!;
  const seen = threadsIn(tx, k, cgroup)
    .map((task) => ({ task, tid: numberOf(tx, task, ns) }))
    .filter(({ tid }) => tid !== 0)
    .sort((a, b) => a.tid - b.tid);
  if (!seen.every(({ task }) => mayInspect(tx, reader, task))) return fail('EPERM');
  return ok(printed(tx, k, seen.slice(from)));
}

function* printed(tx: Transaction, k: Kernel, seen: readonly { task: Task; tid: number }[]): Generator<string> {
  for (const { task, tid } of seen) yield printRecord(signalsOfTask(tx, k, task, tid));
}

const read = operation(
  'freezer.read_signals',
  (tx: Transaction, k: Kernel, reader: Task, file: File, into: Destination, position: number): Result<Taken> => {
    const cgroup = frozenGroupOf(tx, file);
    if (!cgroup.ok) return cgroup;
    const cursor = tx.read(file.data) as Cursor | null;
    const step = advance(cursor, into, position, (from) => records(tx, k, reader, cgroup.value, from));
    if (!step.ok) return step;
    tx.write(file.data, step.value.cursor);
    return ok(step.value.taken);
  },
);

/** The member that a record is about: ESRCH when there is none of that number, EPERM when it is not for the writer to change. */
function memberFor(tx: Transaction, writer: Task, cgroup: Cgroup, tid: number): Result<Task> {
  const task = findTask(tx, tx.read(writer.pidNs)!, tid);
  if (task === null || cgroupOf(tx, task) !== cgroup) return fail('ESRCH');
  if (!mayInspect(tx, writer, task)) return fail('EPERM');
  return isFrozenEnough(tx, task) ? ok(task) : fail('EBUSY'); // one that stood still and has just been told to go on
}

const set = operation(
  'freezer.set_signals',
  (tx: Transaction, k: Kernel, writer: Task, file: File, record: SignalRecord): Result<undefined> => {
    const cgroup = frozenGroupOf(tx, file);
    if (!cgroup.ok) return cgroup;
    const member = memberFor(tx, writer, cgroup.value, record.tid);
    return member.ok ? setSignals(tx, k, member.value, record) : member;
  },
);

/** Takes the text apart before any lock is taken. */
function* write(k: Kernel, writer: Task, file: File, { count, bytes }: Source, position: number): Steps<Result<Put>> {
  if (count >= RECORD_MAX) return fail('E2BIG');
  if (bytes === null) return fail('EFAULT');
  const record = parseRecord(bytes);
  if (record === null) return fail('EINVAL');
  const written = yield* set(k, writer, file, record);
  return written.ok ? ok({ count, position }) : written;
}

export const signalsFile = fileOperations('freezer.signals', {
  seeking: 'moves',
  read: (k, task, file, into, position) => read(k, task, file, into, position),
  write,
});
