/** poll, ppoll, select, pselect6; decode, delegate to kernel-sim/fs/poll.ts, encode. */

import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI } from '../kernel-sim/abi/descriptor.ts';
import { type PollSignals, poll, type Watched } from '../kernel-sim/fs/poll.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, type Return, type Struct } from './datum.ts';
import type { Parameter } from './parameter.ts';
import { int, raw, struct } from './parameter.ts';
import { SIGSET_SIZE, signalSet } from './signal-data.ts';
import { syscall } from './syscall.ts';

const MICROSECOND = 1e3;
const MILLISECOND = 1e6;
const SECOND = 1e9;

/** The descriptors that a poll watches; null when the list cannot be read. */
function watchedIn(fds: Datum | undefined, count: number): readonly Watched[] | null {
  if (count === 0) return [];
  if (!Array.isArray(fds) || fds.length < count) return null;
  return (fds as readonly Struct[])
    .slice(0, count)
    .map((entry) => ({ fd: integerOf(entry.fd), events: integerOf(entry.events) }));
}

function* watch(
  k: Kernel,
  task: Task,
  fds: Datum | undefined,
  nfds: number,
  timeout: number | null,
  signals: PollSignals,
): Steps<Result<Return>> {
  const watched = watchedIn(fds, nfds);
  if (watched === null) return fail('EFAULT');
  const ready = yield* poll(k, task, watched, timeout, signals);
  if (!ready.ok) return ready;
  const out = watched.map(({ fd, events }, i) => ({ fd, events, revents: ready.value[i]! }));
  return ok({ value: ready.value.filter((bits) => bits !== 0).length, out: { fds: out } });
}

/** A time in ns; null for none, undefined for one that is out of range. */
function nanoseconds(time: Struct | null, part: 'tv_nsec' | 'tv_usec'): number | null | undefined {
  if (time === null) return null;
  const [seconds, rest] = [integerOf(time.tv_sec), integerOf(time[part])];
  // A timespec is to be normal; select carries what is too much over to the seconds.
  if (seconds < 0 || rest < 0 || (part === 'tv_nsec' && rest >= SECOND)) return undefined;
  return seconds * SECOND + (part === 'tv_nsec' ? rest : rest * MICROSECOND);
}

/** A set of descriptors, as their numbers in a list. */
const descriptorSet = (): Parameter<readonly number[] | null | typeof FAULT> => ({
  kind: 'fd_set',
  direction: 'inout',
  decode: (argument) => {
    if (Array.isArray(argument)) return (argument as readonly Datum[]).map(integerOf);
    return argument === null || argument === undefined ? null : FAULT;
  },
});

/** What each of select's sets asks for, and what puts a descriptor into its result. */
const kinds = [
  { name: 'readfds', asked: POLLIN, ready: POLLIN | POLLHUP | POLLERR },
  { name: 'writefds', asked: POLLOUT, ready: POLLOUT | POLLERR },
  { name: 'exceptfds', asked: POLLPRI, ready: POLLPRI },
] as const;

/** The sets without what select does not look at. */
const below = (nfds: number, sets: Sets): Sets => sets.map((set) => set?.filter((fd) => fd < nfds) ?? null);

type Sets = readonly (readonly number[] | null)[];

function* select(
  k: Kernel,
  task: Task,
  sets: Sets,
  timeout: number | null,
  mask: bigint | null,
): Steps<Result<Return>> {
  const fds = [...new Set(sets.flatMap((set) => set ?? []))].sort((a, b) => a - b);
  const watched = fds.map((fd) => ({
    fd,
    events: kinds.reduce((events, { asked }, i) => (sets[i]?.includes(fd) === true ? events | asked : events), 0),
  }));
  const ready = yield* poll(k, task, watched, timeout, { mask, resumes: false });
  if (!ready.ok) return ready;
  if (ready.value.some((bits) => bits === POLLNVAL)) return fail('EBADF');
  const out: Record<string, Datum> = {};
  let count = 0;
  for (const [i, kind] of kinds.entries()) {
    const set = sets[i];
    if (set === null || set === undefined) continue;
    const left = fds.filter((fd, at) => set.includes(fd) && (ready.value[at]! & kind.ready) !== 0);
    out[kind.name] = left;
    count += left.length;
  }
  return ok({ value: count, out });
}

export const readinessCalls = [
  syscall({
    name: 'poll',
    family: 'descriptors',
    parameters: { fds: raw('pollfd[]'), nfds: int(), timeout: int() },
    run: (k, task, { fds, nfds, timeout }) =>
      watch(k, task, fds, nfds, timeout < 0 ? null : timeout * MILLISECOND, { mask: null, resumes: true }),
  }),
  syscall({
    name: 'ppoll',
    family: 'descriptors',
    parameters: {
      fds: raw('pollfd[]'),
      nfds: int(),
      tmo_p: struct('timespec'),
      sigmask: signalSet(),
      sigsetsize: int(),
    },
    *run(k, task, { fds, nfds, tmo_p, sigmask: mask, sigsetsize }) {
      if (tmo_p === FAULT) return fail('EFAULT');
      const timeout = nanoseconds(tmo_p, 'tv_nsec');
      if (timeout === undefined || (mask !== null && sigsetsize !== SIGSET_SIZE)) return fail('EINVAL');
      if (mask === FAULT) return fail('EFAULT');
      return yield* watch(k, task, fds, nfds, timeout, { mask, resumes: false });
    },
  }),
  syscall({
    name: 'select',
    family: 'descriptors',
    leavesOut: 'the time that is left',
    parameters: {
      nfds: int(),
      readfds: descriptorSet(),
      writefds: descriptorSet(),
      exceptfds: descriptorSet(),
      timeout: struct('timeval'),
    },
    *run(k, task, { nfds, readfds, writefds, exceptfds, timeout: time }) {
      if (time === FAULT) return fail('EFAULT');
      const timeout = nanoseconds(time, 'tv_usec');
      if (timeout === undefined || nfds < 0) return fail('EINVAL');
      if (readfds === FAULT || writefds === FAULT || exceptfds === FAULT) return fail('EFAULT');
      return yield* select(k, task, below(nfds, [readfds, writefds, exceptfds]), timeout, null);
    },
  }),
  syscall({
    name: 'pselect6',
    family: 'descriptors',
    leavesOut: 'the time that is left',
    parameters: {
      nfds: int(),
      readfds: descriptorSet(),
      writefds: descriptorSet(),
      exceptfds: descriptorSet(),
      timeout: struct('timespec'),
      sigmask: struct('pselect_sigmask'),
    },
    *run(k, task, { nfds, readfds, writefds, exceptfds, timeout: time, sigmask }) {
      if (sigmask === FAULT || time === FAULT) return fail('EFAULT');
      const timeout = nanoseconds(time, 'tv_nsec');
      const mask = sigmask === null ? null : signalSet().decode(sigmask.sigmask);
      if (timeout === undefined || nfds < 0) return fail('EINVAL');
      if (mask !== null && integerOf(sigmask!.sigsetsize) !== SIGSET_SIZE) return fail('EINVAL');
      if (mask === FAULT || readfds === FAULT || writefds === FAULT || exceptfds === FAULT) return fail('EFAULT');
      return yield* select(k, task, below(nfds, [readfds, writefds, exceptfds]), timeout, mask);
    },
  }),
];
