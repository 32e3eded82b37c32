/**
 * Address spaces, as far as shared memory needs them: which segments are attached where; struct mm_struct, SEMANTICS C10.
 *
 * Nothing else is mapped: a program has no memory of its own here. Addresses that the kernel chooses are the same in every run: the
 * highest gap that is large enough.
 */

import { CLONE_VM } from '../abi/clone.ts';
import { PAGE_SIZE } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { isUnlocked } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { dropIpcNamespace, endIpcNamespace, getIpcNamespace } from './namespace-death.ts';
import { countAttach, countDetach, pagesOf, type Segment } from './segment.ts';

/** A segment attached at an address. */
export interface Attachment {
  readonly address: number;
  /** Bytes, whole pages. */
  readonly length: number;
  readonly segment: Segment;
  /** The namespace of the segment, which the attach keeps alive. */
  readonly ns: IpcNamespace;
  readonly readOnly: boolean;
}

interface AddressSpaceFields {
  /** Tasks that share it. */
  count: number;
  /** By address, ascending. */
  attachments: readonly Attachment[];
}

export type AddressSpace = Handle<AddressSpaceFields>;

export const AddressSpace = layout<AddressSpaceFields>('mm', { count: 1, attachments: [] });

/** The end of user addresses on x86-64, and the address below which the kernel places what may go anywhere. */
export const TASK_SIZE = 0x7fff_ffff_f000;
const MMAP_BASE = 0x7fff_f7ff_e000;

/** Bytes of address space that a segment takes up. */
export const mappedLength = (size: number): number => pagesOf(size) * PAGE_SIZE;

/** The highest address below the base where `length` bytes are free. */
export function chooseAddress(attachments: readonly Attachment[], length: number): number {
  let end = MMAP_BASE;
  for (const { address, length: taken } of attachments.toReversed()) {
    if (address + taken + length <= end) break;
    end = Math.min(end, address);
  }
  return end - length;
}

/** What overlaps with `length` bytes at an address. */
export const overlapping = (
  attachments: readonly Attachment[],
  address: number,
  length: number,
): readonly Attachment[] =>
  attachments.filter((other) => other.address < address + length && address < other.address + other.length);

/** Puts an attachment into its place. */
export const withAttachment = (attachments: readonly Attachment[], added: Attachment): readonly Attachment[] =>
  [...attachments, added].sort((a, b) => a.address - b.address);

/** The table of segments is locked for each change of a count. */
export const segmentsUnlocked = (tx: Transaction, ns: IpcNamespace): boolean => isUnlocked(tx, idsOf(tx, ns, 'shm'));

const share = operation('mm.share', (tx: Transaction, parent: Task, child: Task): void => {
  const mm = tx.read(parent.mm)!;
  tx.update(mm.count, (n) => n + 1);
  tx.write(child.mm, mm);
});

const copyEmpty = operation('mm.copy', (tx: Transaction, parent: Task, child: Task): readonly Attachment[] => {
  tx.write(child.mm, tx.create(AddressSpace));
  return tx.read(tx.read(parent.mm)!.attachments);
});

/** Copies one mapping, which counts as another attach; dup_mmap calls shm_open for each. */
const copyAttachment = operation(
  'mm.copy_attachment',
  (tx: Transaction, k: Kernel, parent: Task, child: Task, attachment: Attachment): void => {
    countAttach(tx, k, parent, attachment.segment);
    getIpcNamespace(tx, attachment.ns);
    tx.update(tx.read(child.mm)!.attachments, (others) => [...others, attachment]);
  },
  { when: (tx, _k, _parent, _child, { ns }) => segmentsUnlocked(tx, ns) },
);

/** Gives a new task its parent's address space (CLONE_VM) or a copy, in which each attach counts again. */
export function* copyMm(k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  if ((flags & CLONE_VM) !== 0) yield* share(parent, child);
  else for (const attachment of yield* copyEmpty(parent, child)) yield* copyAttachment(k, parent, child, attachment);
  return done;
}

/** Takes the address space from the task; it comes back when nobody else uses it. */
const detachMm = operation('mm.put', (tx: Transaction, task: Task): AddressSpace | null => {
  const mm = tx.read(task.mm);
  tx.write(task.mm, null);
  return mm !== null && tx.update(mm.count, (n) => n - 1) === 0 ? mm : null;
});

const attachmentsOf = operation('mm.attachments', (tx: Transaction, mm: AddressSpace): readonly Attachment[] =>
  tx.read(mm.attachments),
);

const closeAttachment = operation(
  'shm.close',
  (tx: Transaction, k: Kernel, actor: Task, { segment, ns }: Attachment): boolean => {
    countDetach(tx, k, actor, ns, segment);
    return dropIpcNamespace(tx, ns);
  },
  { when: (tx, _k, _actor, { ns }) => segmentsUnlocked(tx, ns) },
);

/** Ends one attach whose mapping is gone: its count, the segment if it was the last of a removed one, its hold on the namespace. */
export function* close(k: Kernel, actor: Task, attachment: Attachment): Steps<void> {
  if (yield* closeAttachment(k, actor, attachment)) yield* endIpcNamespace(k, attachment.ns);
}

const freeMm = operation('mm.free', (tx: Transaction, mm: AddressSpace): void => tx.free(mm));

/** Lets go of the task's address space; the last user detaches every segment. */
export function* exitMm(k: Kernel, task: Task): Steps<void> {
  const mm = yield* detachMm(task);
  if (mm === null) return;
  for (const attachment of yield* attachmentsOf(mm)) yield* close(k, task, attachment);
  yield* freeMm(mm);
}

const giveEmpty = operation('mm.new', (tx: Transaction, task: Task): void =>
  tx.write(task.mm, tx.create(AddressSpace)),
);

/** Gives the task a fresh address space instead of its own: execve detaches every segment; exec_mmap. */
export function* replaceMm(k: Kernel, task: Task): Steps<void> {
  yield* exitMm(k, task);
  yield* giveEmpty(task);
}
