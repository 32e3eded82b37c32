/** Whether a restored kernel is what the image says: it is read back, and the two images are compared. */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import { checkpoint } from '../checkpoint/checkpoint.ts';
import { type Attach, type Difference, diffImages, type Image, isKnown, type SigInfo } from '../image/index.ts';

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
    attaches: attachesOf(image),
  });
  if (store.tracking) store.undo(mark);
  return diffImages(inNumberOrder(image), restored);
}

function attachesOf({ ipc }: Image): Map<number, readonly Attach[]> {
  const known = (ipc?.shm ?? []).filter(({ attaches }) => isKnown(attaches));
  return new Map(known.map(({ id, attaches }) => [id, attaches as readonly Attach[]]));
}

/** The image with pending signals by their numbers, which is as far as their order can be asked for. */
function inNumberOrder(image: Image): Image {
  const sorted = (pending: readonly SigInfo[]) => pending.toSorted((a, b) => a.signo - b.signo);
  return {
    ...image,
    tasks: image.tasks.map((task) =>
      task.state === 'zombie'
        ? task
        : {
            ...task,
            threads: task.threads.map((thread) => ({ ...thread, pending: sorted(thread.pending) })),
            signals: { ...task.signals, pending: sorted(task.signals.pending) },
          },
    ),
  };
}
