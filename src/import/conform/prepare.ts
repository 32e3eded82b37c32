/**
 * Makes the simulated world ready for a recorded call: files that must have been there before the log began, the contents that the
 * log shows of them, addresses that the kernel chose. Says so when the call is about something outside the model.
 */

import { SETALL } from '../../kernel-sim/abi/ipc.ts';
import { AT_FDCWD, O_CLOEXEC, O_CREAT, O_NONBLOCK } from '../../kernel-sim/abi/open.ts';
import { fileAt, lowestDescriptor } from '../../kernel-sim/fs/files.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Datum } from '../../syscalls/datum.ts';
import { syscalls } from '../../syscalls/table.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';
import { byParameter, NO_VARIABLES } from './arguments.ts';
import { prepareLock } from './lock-call.ts';
import { contentOf, directoryPath, exists, fillIn, installOutside, isOutside, plantFile } from './outside.ts';
import { type NamedFile, namedFile } from './path-call.ts';
import { TASK_CALLS } from './prepare-task.ts';
import type { Simulation } from './simulation.ts';
import { isUnanswerable } from './user-namespace.ts';

/**
 * What is to be done with the arguments; `outside` when the call cannot be made in the simulation, `opens` with its flags when it
 * opens something there.
 */
export type Prepared = 'outside' | { readonly opens: number } | ((args: readonly Datum[]) => readonly Datum[]);

const asTheyAre = (args: readonly Datum[]): readonly Datum[] => args;

/** Files of /proc that the simulated kernel answers for. */
const MODELLED =
  /^\/proc\/(sys\/fs\/(mqueue\/|pipe-)|sys\/kernel\/(msg|sem|shm|ns_last_pid|pid_max)|sysvipc\/|(self|\d+)(\/ns\/\w+)?$|(self|\d+)(\/task\/\d+)?\/(oom_score_adj|comm|children)$)/;

/** Calls that need to know what an open file is; the others only its number. */
const CONTENT: ReadonlySet<string> = new Set([
  'read',
  'write',
  'pread64',
  'pwrite64',
  'readv',
  'writev',
  'fstat',
  'ftruncate',
  'getdents64',
  'ioctl',
  'lseek',
  'poll',
  'ppoll',
  'fchmod',
  'fchown',
  'fchdir',
  'kcmp',
  'bind',
  'getsockname',
  'getsockopt',
  'recvfrom',
  'recvmsg',
  'sendmsg',
  'sendto',
  'setsockopt',
  'signalfd',
  'signalfd4',
]);

/** Whether a path leads to what the machine says of itself. */
const isMachines = (path: string): boolean => /^\/(proc|sys)(\/|$)/.test(path) && !MODELLED.test(path);

export function prepare(
  simulation: Simulation,
  task: Task,
  call: RecordedCall,
  events: readonly RecordedEvent[],
  index: number,
): Prepared {
  if (isUnderHiddenLimit(simulation, task, call) || isUnanswerable(simulation.store, task, call)) return 'outside';
  const named = namedFile(call);
  if (named !== null) return prepareFile(simulation, task, call, named);
  if (call.name === 'socket') return 'outside'; // what recorded programs speak to is none of the families here
  const fd = descriptorOf(call);
  if (fd !== null && isUnknown(simulation, task, call, fd)) installOutside(simulation.store, task, fd);
  if (fd !== null && CONTENT.has(call.name)) return prepareContent(simulation, task, call, fd);
  if (call.name === 'fcntl') return prepareLock(call);
  if (call.name === 'shmat') return prepareAttach(call);
  const prepareIt = TASK_CALLS[call.name];
  if (prepareIt !== undefined) return prepareIt(simulation, task, call, events.slice(index, index + LOOK_AHEAD));
  if (call.name === 'semctl') return prepareValues(simulation, call, events, index);
  return asTheyAre;
}

function prepareFile({ store, k }: Simulation, task: Task, call: RecordedCall, file: NamedFile): Prepared {
  if (isMachines(file.path) || isOutside(store, task, file.dirfd)) {
    return file.opens && call.result.kind === 'value' ? { opens: file.flags } : 'outside';
  }
  const type = typeBehind(call, file);
  if (type === null || exists(store, k, task, file.dirfd, file.path)) return asTheyAre;
  const path = file.path.startsWith('/') ? file.path : `${directoryPath(store, k, task, file.dirfd)}/${file.path}`;
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!exists(store, k, task, AT_FDCWD, directory)) plantFile(store, k, { path: directory, type: 'directory' });
  if (!file.makes || call.result.kind !== 'value') {
    plantFile(store, k, { path, type, ...(type === 'symlink' && { content: path }) });
  }
  return asTheyAre;
}

type Planted = NamedFile['type'] | 'fifo' | 'symlink';

/** Errors that tell what is there all the same: of links, one that leads to itself. */
const ERRORS: Readonly<Record<string, Planted>> = {
  ENOTDIR: 'file',
  EEXIST: 'file',
  EISDIR: 'directory',
  ENXIO: 'fifo',
  ELOOP: 'symlink',
};

/** What must be in the place for the call to end as it did; null when nothing has to be. */
function typeBehind({ name, result }: RecordedCall, file: NamedFile): Planted | null {
  if (result.kind === 'value') return isFifo(file) ? 'fifo' : file.type;
  if (result.kind !== 'errno' || name.startsWith('mkdir') || /(^|\/)\.{0,2}$/.test(file.path)) return null;
  return ERRORS[result.errno] ?? null;
}

/** Test programs lower RLIMIT_NOFILE by a call that filtered logs leave out: no number is free although one is. */
const isUnderHiddenLimit = ({ store, setting }: Simulation, task: Task, { result }: RecordedCall): boolean =>
  setting.filtered && result.kind === 'errno' && result.errno === 'EMFILE' && lowestDescriptor(store, task, 0) !== -1;

/** Only a FIFO is opened for one direction without waiting. */
const isFifo = ({ opens, flags, path }: NamedFile): boolean =>
  opens && (flags & (O_NONBLOCK | O_CREAT)) === O_NONBLOCK && !path.startsWith('/');

/** Whether a descriptor was made by a call that the log leaves out. */
function isUnknown({ store }: Simulation, task: Task, { result }: RecordedCall, fd: number): boolean {
  // A bad argument may have been noticed before the descriptor.
  if (result.kind === 'errno' && ['EBADF', 'EINVAL', 'EFAULT'].includes(result.errno)) return false;
  return fd >= 0 && result.kind !== 'none' && fileAt(store, task, fd) === null;
}

function descriptorOf(call: RecordedCall): number | null {
  const syscall = syscalls.get(call.name);
  const expr =
    syscall === undefined
      ? undefined
      : (byParameter(call, syscall).get('fd') ?? byParameter(call, syscall).get('oldfd'));
  const value = expr === undefined ? undefined : evaluate(expr, NO_VARIABLES);
  return value?.ok && typeof value.value === 'number' ? value.value : null;
}

/** A file that was there before holds what the log shows of it. */
function prepareContent({ store }: Simulation, task: Task, call: RecordedCall, fd: number): Prepared {
  if (isOutside(store, task, fd)) return 'outside';
  if (call.name !== 'read' || call.result.kind !== 'value' || Number(call.result.value) === 0) return asTheyAre;
  const content = contentOf(store, task, fd);
  const printed = call.args?.[1];
  if (content === null || printed?.kind !== 'string') return asTheyAre;
  const bytes = evaluate(printed, NO_VARIABLES);
  const { inode, position } = content;
  if (bytes.ok && typeof bytes.value === 'string' && store.read(inode.size) <= position) {
    fillIn(store, inode, position, bytes.value.padEnd(Number(call.result.value), '\0'));
  }
  return asTheyAre;
}

/** The address that the recorded kernel chose is asked for: which one it is does not matter. */
function prepareAttach({ result }: RecordedCall): Prepared {
  if (result.kind !== 'value') return asTheyAre;
  return ([id, address, flags]) => [id!, address ?? result.value, flags!];
}

/** strace does not show what SETALL sets: values that the next look at them finds, zeros where nobody looks. */
function prepareValues(
  simulation: Simulation,
  call: RecordedCall,
  events: readonly RecordedEvent[],
  index: number,
): Prepared {
  const [id, , cmd] = call.args ?? [];
  const command = cmd === undefined ? undefined : evaluate(cmd, NO_VARIABLES);
  if (command?.ok !== true || command.value !== SETALL) return asTheyAre;
  const tooLarge = call.result.kind === 'errno' && call.result.errno === 'ERANGE';
  const guess = GUESSES[simulation.setting.guesses.get(call) ?? 0]!;
  const values = Array.from({ length: SEMMSL }, (_, i) => (tooLarge ? 0xffff : guess(i)));
  const set = id === undefined ? undefined : evaluate(id, NO_VARIABLES);
  for (const event of events.slice(index + 1, index + LOOK_AHEAD)) {
    if (event.kind !== 'enter' || !event.call.name.startsWith('sem')) continue;
    const seen = lookAt(event.call, set?.ok ? set.value : null);
    if (seen === 'changes') break;
    if (seen !== null) values[seen.semaphore] = seen.value;
  }
  return ([semid, semnum, what, arg]) => [
    semid!,
    semnum!,
    what!,
    call.result.kind === 'errno' && !tooLarge ? arg! : values,
  ];
}

/** What programs are likely to set the semaphores of a set to; the next one is tried when a replay with one goes wrong. */
export const GUESSES: readonly ((semaphore: number) => number)[] = [
  () => 0,
  (semaphore) => semaphore + 1,
  () => 1,
  (semaphore) => semaphore,
];

const SEMMSL = 32_000;
const LOOK_AHEAD = 400;

function lookAt(call: RecordedCall, set: unknown): 'changes' | { semaphore: number; value: number } | null {
  const [id, semnum, cmd] = (call.args ?? []).map((arg) => evaluate(arg, NO_VARIABLES));
  if (id?.ok !== true || id.value !== set) return null;
  if (call.name !== 'semctl') return 'changes';
  const what = call.args?.[2];
  if (what?.kind === 'name' && what.name === 'GETVAL' && semnum?.ok && call.result.kind === 'value') {
    return { semaphore: Number(semnum.value), value: Number(call.result.value) };
  }
  return cmd?.ok && what?.kind === 'name' && /^(GET|IPC_STAT|SEM_)/.test(what.name) ? null : 'changes';
}

/** Whether an open asks for close-on-exec. */
export const closesOnExec = (flags: number): boolean => (flags & O_CLOEXEC) !== 0;
