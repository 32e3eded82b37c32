/**
 * shmat and shmdt; do_shmat and sys_shmdt of ipc/shm.c, SEMANTICS C10 and B8 (K8).
 *
 * shmat counts an attach of its own before it maps, with the segment unlocked in between, and takes that count back afterwards. So a
 * removal that comes then only marks the segment, and the attach that fails destroys it (K8).
 * Note: `shm.outlived_removal` {id} when an attach that fails destroys a segment that was removed before.
 * Left out on purpose: cutting an attach in two. SHM_REMAP over a part of one takes all of it away.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { SHM_DEST, SHM_EXEC, SHM_RDONLY, SHM_REMAP, SHM_RND } from '../abi/ipc.ts';
import { PAGE_SIZE, SHMLBA } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import {
  type Attachment,
  chooseAddress,
  close,
  mappedLength,
  overlapping,
  segmentsUnlocked,
  TASK_SIZE,
  withAttachment,
} from './address-space.ts';
import { lookUp } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { getIpcNamespace } from './namespace-death.ts';
import { EXECUTE, permits, READ, WRITE } from './object.ts';
import { countAttach, destroyIfRemoved, type Segment } from './segment.ts';

/** Where a segment is to go: an address, null for wherever there is room; EINVAL for one that cannot be. */
function placeFor(address: number, flags: number): Result<number | null> {
  if (address === 0) return (flags & SHM_REMAP) === 0 ? ok(null) : fail('EINVAL'); // nothing to replace
  const excess = address % SHMLBA;
  if (excess === 0) return ok(address);
  if ((flags & SHM_RND) === 0) return fail('EINVAL');
  if (address === excess && (flags & SHM_REMAP) !== 0) return fail('EINVAL'); // rounded down to nothing
  return ok(address - excess);
}

/** A segment with a count taken for an attach under way. */
interface Reserved {
  readonly segment: Segment;
  readonly ns: IpcNamespace;
}

const reserve = operation(
  'shmat.reserve',
  (tx: Transaction, k: Kernel, task: Task, id: number, flags: number): Result<Reserved> => {
    const ns = tx.read(task.ipcNs)!;
    const found = lookUp<Segment>(tx, k, idsOf(tx, ns, 'shm'), id);
    if (!found.ok) return found;
    const segment = found.value;
    const bits = READ | ((flags & SHM_RDONLY) === 0 ? WRITE : 0) | ((flags & SHM_EXEC) === 0 ? 0 : EXECUTE);
    if (!permits(tx, tx.read(task.cred), segment, bits)) return fail('EACCES');
    tx.update(segment.nattch, (n) => n + 1);
    return ok({ segment, ns });
  },
);

/** 6.x: addresses below this one are not for everybody (vm.mmap_min_addr). */
const MMAP_MIN_ADDR = 65_536;

/** A mapping that was made, and the ones it replaced. */
interface Mapped {
  readonly address: number;
  readonly replaced: readonly Attachment[];
}

const map = operation(
  'shmat.map',
  (
    tx: Transaction,
    k: Kernel,
    task: Task,
    { segment, ns }: Reserved,
    at: number | null,
    flags: number,
  ): Result<Mapped> => {
    const mm = tx.read(task.mm)!;
    const attachments = tx.read(mm.attachments);
    const length = mappedLength(tx.read(segment.size));
    const address = at ?? chooseAddress(attachments, length);
    const replaced = overlapping(attachments, address, length);
    const refused = at === null ? tooLow(address) : refuseFixed(tx, k, task, at, length, replaced, flags);
    if (refused !== null) return fail(refused);
    const attachment = { address, length, segment, ns, readOnly: (flags & SHM_RDONLY) !== 0 };
    const kept = attachments.filter((other) => !replaced.includes(other));
    tx.write(mm.attachments, withAttachment(kept, attachment));
    countAttach(tx, k, task, segment);
    getIpcNamespace(tx, ns);
    return ok({ address, replaced });
  },
);

const tooLow = (address: number): ErrnoName | null => (address < MMAP_MIN_ADDR ? 'ENOMEM' : null);

function refuseFixed(
  tx: Transaction,
  k: Kernel,
  task: Task,
  address: number,
  length: number,
  there: readonly Attachment[],
  flags: number,
): ErrnoName | null {
  if (there.length > 0 && (flags & SHM_REMAP) === 0) return 'EINVAL';
  if (address + length > TASK_SIZE) return 'ENOMEM';
  if (!k.is26 && address < MMAP_MIN_ADDR && !capable(tx.read(task.cred), 'CAP_SYS_RAWIO')) return 'EPERM';
  return null;
}

/** Takes back the count that {@link reserve} took. */
const unreserve = operation(
  'shmat.unreserve',
  (tx: Transaction, { segment, ns }: Reserved, mapped: boolean): void => {
    const last = tx.update(segment.nattch, (n) => n - 1) === 0;
    const removed = (tx.read(segment.mode) & SHM_DEST) !== 0;
    if (last && removed && !mapped) tx.note({ type: 'shm.outlived_removal', id: tx.read(segment.id) });
    destroyIfRemoved(tx, ns, segment);
  },
  { when: (tx, { ns }) => segmentsUnlocked(tx, ns) },
);

/**
 * Attaches a segment; shmat(2).
 *
 * @param address where; 0 leaves it to the kernel
 * @returns the address; EINVAL, EIDRM, EACCES, ENOMEM, EPERM
 */
export function* attach(k: Kernel, task: Task, id: number, address: number, flags: number): Steps<Result<number>> {
  if (id < 0) return fail('EINVAL');
  const place = placeFor(address, flags);
  if (!place.ok) return place;
  const reserved = yield* reserve(k, task, id, flags);
  if (!reserved.ok) return reserved;
  const mapped = yield* map(k, task, reserved.value, place.value, flags);
  if (mapped.ok) for (const attachment of mapped.value.replaced) yield* close(k, task, attachment);
  yield* unreserve(reserved.value, mapped.ok);
  return mapped.ok ? ok(mapped.value.address) : mapped;
}

/** Takes the mapping that begins at an address out of the address space; null when there is none. */
const unmap = operation('shmdt', (tx: Transaction, task: Task, address: number): Attachment | null => {
  const mm = tx.read(task.mm)!;
  const attachments = tx.read(mm.attachments);
  const found = attachments.find((attachment) => attachment.address === address);
  if (found === undefined) return null;
  tx.write(
    mm.attachments,
    attachments.filter((attachment) => attachment !== found),
  );
  return found;
});

/** Detaches the segment that is attached at an address; shmdt(2). EINVAL. */
export function* detach(k: Kernel, task: Task, address: number): Steps<Result<undefined>> {
  if (address % PAGE_SIZE !== 0) return fail('EINVAL');
  const attachment = yield* unmap(task, address);
  if (attachment === null) return fail('EINVAL'); // nothing begins there
  yield* close(k, task, attachment);
  return done;
}
