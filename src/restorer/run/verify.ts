/** Whether a restored kernel is what the image says: it is read back, and the two images are compared. */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import { checkpoint } from '../checkpoint/checkpoint.ts';
import {
  type Attach,
  type Credentials,
  type Difference,
  diffImages,
  type Image,
  isKnown,
  type Knowable,
  type SigInfo,
} from '../image/index.ts';
import { bitsOf, capabilitiesOf } from '../plan/credentials.ts';

/**
 * Reads a kernel back and compares it with the image that was restored into it. What reading changes is taken back where there is a
 * journal; else the kernel is used up.
 */
export function verify(k: Kernel, image: Image): Difference[] {
  const { store } = k.machine;
  const mark = store.mark();
  const restored = checkpoint(k, {
    namespaces: image.namespaces,
    outside: new Set(image.tasks.some(({ pid }) => pid === 1) ? [0] : [0, 1]),
    ipc: image.ipc !== undefined,
    limits: image.tasks.some((task) => task.state !== 'zombie' && isKnown(task.rlimits)),
    attaches: attachesOf(image),
  });
  if (store.tracking) store.undo(mark);
  const known = capabilitiesOf(k.profile.base);
  return diffImages(comparable(image, known), comparable(withLimitsOf(image, restored), known));
}

function attachesOf({ ipc }: Image): Map<number, readonly Attach[]> {
  const known = (ipc?.shm ?? []).filter(({ attaches }) => isKnown(attaches));
  return new Map(known.map(({ id, attaches }) => [id, attaches as readonly Attach[]]));
}

/**
 * An image as far as two can be compared: pending signals by their numbers, for in which order different ones were queued nobody can
 * ask; and the capabilities that the kernel knows.
 */
function comparable(image: Image, known: bigint): Image {
  return {
    ...image,
    tasks: image.tasks.map((task) => {
      if (task.state === 'zombie') {
        const { credentials } = task;
        return { ...task, credentials: isKnown(credentials) ? withKnown(credentials, known) : credentials };
      }
      return {
        ...task,
        credentials: withKnown(task.credentials, known),
        threads: task.threads.map((thread) => ({
          ...thread,
          ...(thread.credentials !== undefined && { credentials: withKnown(thread.credentials, known) }),
          pending: inNumberOrder(thread.pending),
        })),
        signals: { ...task.signals, pending: inNumberOrder(task.signals.pending) },
      };
    }),
  };
}

/** `restored` with the limits that `image` knows, of each task and of the IPC namespace: of the others it says nothing. */
function withLimitsOf(image: Image, restored: Image): Image {
  const wanted = new Map(image.tasks.map((task) => [task.pid, task.state === 'zombie' ? 'unknown' : task.rlimits]));
  const { ipc } = restored;
  return {
    ...restored,
    tasks: restored.tasks.map((task) =>
      task.state === 'zombie' ? task : { ...task, rlimits: only(task.rlimits, wanted.get(task.pid) ?? 'unknown') },
    ),
    ...(ipc !== undefined && { ipc: { ...ipc, limits: only(ipc.limits, image.ipc?.limits ?? 'unknown') } }),
  };
}

/** The members of `all` that `wanted` has as well. */
function only<T extends object>(all: Knowable<T>, wanted: Knowable<object>): Knowable<T> {
  if (!isKnown(all) || !isKnown(wanted)) return 'unknown';
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(wanted, name))) as T;
}

const inNumberOrder = (pending: readonly SigInfo[]) => pending.toSorted((a, b) => a.signo - b.signo);

function withKnown(credentials: Credentials, known: bigint): Credentials {
  const { capabilities } = credentials;
  if (!isKnown(capabilities)) return credentials;
  const cut = (set: string) => (/[1-9a-f]/.test(set) ? (bitsOf(set) & known).toString(16).padStart(16, '0') : set);
  const { effective, permitted, inheritable } = capabilities;
  return {
    ...credentials,
    capabilities: { effective: cut(effective), permitted: cut(permitted), inheritable: cut(inheritable) },
  };
}
