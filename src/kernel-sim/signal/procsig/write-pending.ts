/**
 * Writing `pending` and `shared_pending`: the mask is cleared and set again, then an entry is queued for each line, all of it
 * without the signal lock; set_sigpending of the posted series, SEMANTICS B6 G3-G6, G22.
 * Notes: `procsig.cleared` {target, sent, known} for pending signals whose bit went (known: pending since before the file was
 * opened), `procsig.bare` {target, signals} for bits without an entry, `procsig.entry` {target, repeated, overQuota, lost}.
 */

import type { Kernel } from '../../kernel.ts';
import { operation, type Steps } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { allocateEntry, dropSignals, queue } from '../pending.ts';
import { setOf } from '../signal-set.ts';
import type { Pending, SigQueue } from '../state.ts';
import type { ParsedEntry, ParsedPending } from './parse.ts';
import { followQueue } from './read.ts';
import type { QueueFile } from './text.ts';

const findQueue = operation('procsig.find_queue', followQueue);

/** Signals that are queued with details. */
const described = (tx: Transaction, owner: Pending): bigint =>
  setOf([...queue.members(tx, owner)].map((entry) => tx.read(entry.info).si_signo));

/**
 * Empties the mask. With G4 repaired what was pending goes with its entries; with G3 repaired nothing goes.
 *
 * @param known what was pending when the file was opened
 */
const clearMask = operation(
  'procsig.clear_mask',
  (tx: Transaction, k: Kernel, target: Task, owner: Pending, kept: bigint, known: bigint): void => {
    const gone = tx.read(owner.pending) & ~kept;
    if (k.fixed('G4')) dropSignals(tx, k, owner, gone & known);
    const cleared = k.fixed('G4') ? gone & ~known : gone;
    tx.write(owner.pending, 0n);
    if (cleared !== 0n) tx.note({ type: 'procsig.cleared', target, sent: cleared & ~known, known: cleared & known });
  },
  { plain: true },
);

/** Sets the bits of the text. */
const setBits = operation('procsig.set_bits', (tx: Transaction, owner: Pending, mask: bigint): void => {
  tx.update(owner.pending, (pending) => pending | mask);
});

const allocate = operation(
  'procsig.allocate_entry',
  (tx: Transaction, k: Kernel, target: Task, { info, repeated, lost }: ParsedEntry): SigQueue | null => {
    const limit = tx.read(tx.read(target.process)!.limits)!.RLIMIT_SIGPENDING.soft;
    const overQuota = tx.read(k.users.signals.at(tx.read(target.cred).uid)) >= limit;
    const entry = allocateEntry(tx, k, target, info, !k.fixed('G22'));
    if (entry !== null) tx.note({ type: 'procsig.entry', target, repeated, overQuota, lost });
    return entry;
  },
);

const append = operation('procsig.queue_entry', (tx: Transaction, owner: Pending, entry: SigQueue): void =>
  queue.append(tx, owner, entry),
);

const noteBare = operation('procsig.note_bare', (tx: Transaction, target: Task, owner: Pending, mask: bigint): void => {
  const signals = tx.read(owner.pending) & mask & ~described(tx, owner);
  if (signals !== 0n) tx.note({ type: 'procsig.bare', target, signals });
});

/**
 * Applies a text to a queue.
 *
 * @param known what was pending when the file was opened
 * @returns with G4 repaired EINVAL for a bit without an entry, with G22 repaired EAGAIN when the user has too many
 */
export function* setPending(
  k: Kernel,
  target: Task,
  name: QueueFile,
  { mask, entries }: ParsedPending,
  known: bigint,
): Steps<Result<undefined>> {
  const owner = yield* findQueue(k, target, name);
  if (!owner.ok) return owner;
  if (owner.value === null) return done; // nobody will take what is queued for the dead
  const listed = setOf(entries.filter(({ lost }) => !lost).map(({ info }) => info.si_signo));
  if (k.fixed('G4') && (mask & ~listed & ~known) !== 0n) return fail('EINVAL');
  if (!k.fixed('G3')) yield* clearMask(k, target, owner.value, mask, known);
  yield* setBits(owner.value, mask);
  for (const parsed of entries) {
    const entry = yield* allocate(k, target, parsed);
    if (entry === null) return fail('EAGAIN');
    if (!parsed.lost) yield* append(owner.value, entry); // else nobody points to it any more (G6)
  }
  yield* noteBare(target, owner.value, mask);
  return done;
}

/** The queue of a file in what was known at open. */
export const knownOf = (
  name: QueueFile,
  opened: { readonly pending: bigint; readonly shared: bigint } | null,
): bigint => (name === 'pending' ? (opened?.pending ?? 0n) : (opened?.shared ?? 0n));
