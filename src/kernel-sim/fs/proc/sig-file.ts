/**
 * Open files of /proc/<pid>/sig/: how a read cuts its slice out of a text made anew, and how a write puts what the last one left in
 * front; fs/proc/base.c:proc_pid_sig_read and proc_pid_sig_write of the posted series, SEMANTICS B6 G7-G9, G17, G18.
 *
 * What the texts mean is signal/procsig's. Kernel memory never runs out here. A write does not move the position.
 * Notes: `procsig.torn` {target} for a slice of another text than the one before, `procsig.leftover` {text} when an old rest is put
 * in front, `procsig.spilt` {what} where column 0 is a neighbour of the mask (G1), `procsig.overrun` when the scan runs past the end, `procsig.silent` when a write succeeds without all of its text.
 */

import type { Kernel } from '../../kernel.ts';
import { operation, type Steps, scoped } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, ok, type Result } from '../../result.ts';
import { parseActions, parseAltStack, parsePending } from '../../signal/procsig/parse.ts';
import { textOf } from '../../signal/procsig/read.ts';
import { COLUMNS, parseMask, type QueueFile, type SigFileName, spills } from '../../signal/procsig/text.ts';
import { setActions } from '../../signal/procsig/write-action.ts';
import { setAltStack, setMask } from '../../signal/procsig/write-mask.ts';
import { knownOf, setPending } from '../../signal/procsig/write-pending.ts';
import type { Task } from '../../task/task.ts';
import {
  type Destination,
  type File,
  type FileOperations,
  fileOperations,
  type Put,
  readable,
  type Source,
  type Taken,
} from '../file.ts';
import { taskOfFile } from './node.ts';
import { admits } from './sig-access.ts';
import { beginFile, endFile, Leftover, type Opened, type SigFile, sigFileOf } from './sig-state.ts';

const findTask = operation('procsig.find_task', (tx: Transaction, file: File): Task | null => taskOfFile(tx, file));

const keepSnapshot = operation('procsig.keep_snapshot', (tx: Transaction, sigFile: SigFile, text: string): void =>
  tx.write(sigFile.snapshot, text),
);

const isReadable = operation('procsig.is_readable', (tx: Transaction, file: File): boolean =>
  readable(tx.read(file.flags)),
);

function* open(k: Kernel, task: Task, file: File, name: SigFileName): Steps<Result<undefined>> {
  const target = yield* findTask(file);
  const sigFile = yield* beginFile(file, name, target);
  if (!k.fixed('G17') || target === null || !(yield* isReadable(file))) return done;
  if (!(yield* admits(k, task, target))) return fail('EPERM');
  const text = yield* scoped(textOf(k, target, name));
  if (!text.ok) return text;
  yield* keepSnapshot(sigFile, text.value);
  return done;
}

const snapshotOf = operation('procsig.snapshot', (tx: Transaction, file: File): string | null =>
  tx.read(sigFileOf(tx, file).snapshot),
);

/** Whether a file begins with a mask. */
const hasMask = (name: SigFileName): boolean => ['blocked', 'pending', 'shared_pending'].includes(name);

const SHOWN = 'a bit before the mask, which is shown in place of signal 64';

const give = operation(
  'procsig.copy_out',
  (
    tx: Transaction,
    k: Kernel,
    file: File,
    target: Task,
    text: string,
    into: Destination,
    position: number,
  ): Result<Taken> => {
    const sigFile = sigFileOf(tx, file);
    const bytes = text.slice(position, position + into.count);
    const last = tx.read(sigFile.lastText);
    if (position > 0 && bytes !== '' && last !== null && last !== text) tx.note({ type: 'procsig.torn', target });
    tx.write(sigFile.lastText, text);
    if (spills(k) && hasMask(tx.read(sigFile.file)) && position === 0) tx.note({ type: 'procsig.spilt', what: SHOWN });
    return bytes !== '' && !into.good ? fail('EFAULT') : ok({ bytes, position: position + bytes.length });
  },
);

function* read(
  k: Kernel,
  reader: Task,
  file: File,
  name: SigFileName,
  into: Destination,
  position: number,
): Steps<Result<Taken>> {
  const target = yield* findTask(file);
  if (target === null) return fail('ESRCH');
  if (!(yield* admits(k, reader, target))) return fail('EPERM');
  const snapshot = k.fixed('G17') ? yield* snapshotOf(file) : null;
  const text = snapshot === null ? yield* scoped(textOf(k, target, name)) : ok(snapshot);
  return text.ok ? yield* give(k, file, target, text.value, into, position) : text;
}

const loadLeftover = operation(
  'procsig.load_leftover',
  (tx: Transaction, file: File): Leftover | null => tx.read(sigFileOf(tx, file).leftover),
  { plain: true },
);

const clearLeftover = operation(
  'procsig.clear_leftover',
  (tx: Transaction, file: File): void => tx.write(sigFileOf(tx, file).leftover, null),
  { plain: true },
);

const useLeftover = operation(
  'procsig.use_leftover',
  (tx: Transaction, leftover: Leftover): string => spend(tx, leftover),
  { plain: true },
);

const takeLeftover = operation('procsig.take_leftover', (tx: Transaction, file: File): string => {
  const { leftover } = sigFileOf(tx, file);
  const found = tx.read(leftover);
  tx.write(leftover, null);
  return found === null ? '' : spend(tx, found);
});

function spend(tx: Transaction, leftover: Leftover): string {
  const found: unknown = tx.read(leftover.text);
  tx.free(leftover);
  const text = typeof found === 'string' ? found : ''; // freed by another writer before
  if (text !== '') tx.note({ type: 'procsig.leftover', text });
  return text;
}

/** What the last write left, which goes in front of this one: loaded, cleared and freed in three steps (G8). */
function* leftoverOf(k: Kernel, file: File): Steps<string> {
  if (k.fixed('G8')) return yield* takeLeftover(file);
  const leftover = yield* loadLeftover(file);
  yield* clearLeftover(file);
  return leftover === null ? '' : yield* useLeftover(leftover);
}

const keepLeftover = operation(
  'procsig.keep_leftover',
  (tx: Transaction, _k: Kernel, file: File, text: string): void =>
    tx.write(sigFileOf(tx, file).leftover, tx.create(Leftover, { text })),
  { plain: (k) => !k.fixed('G8') },
);

/** What has become of a text: the parser's result and what is to be said about it. */
interface Applied {
  /** What the posted function returns, which is taken for the number of bytes used. */
  readonly returned: number;
  /** Bytes really used; with G7 repaired only the rest of an unfinished line is kept. */
  readonly used: number;
  readonly complete: boolean;
  readonly overran: boolean;
}

const openedAs = operation('procsig.opened_as', (tx: Transaction, file: File): Opened | null =>
  tx.read(sigFileOf(tx, file).opened),
);

function* apply(k: Kernel, target: Task, file: File, name: SigFileName, text: string): Steps<Result<Applied>> {
  switch (name) {
    case 'blocked': {
      if (text.length < COLUMNS) return fail('EINVAL');
      yield* setMask(k, target, parseMask(k, text));
      return ok({ returned: 0, used: text.length, complete: true, overran: false });
    }
    case 'altstack': {
      const stack = parseAltStack(text);
      if (stack === null) return fail('EINVAL');
      const set = yield* setAltStack(k, target, stack.sp, stack.size);
      return set.ok ? ok({ returned: text.length, used: text.length, complete: true, overran: true }) : set;
    }
    case 'action':
      return yield* applyActions(k, target, text, (yield* openedAs(file))?.execs ?? 0);
    case 'pending':
    case 'shared_pending':
      return yield* applyPending(k, target, name, text, yield* openedAs(file));
    case 'waiters':
      return fail('EINVAL'); // a wait can only be taken up by the waiter
  }
}

function* applyActions(k: Kernel, target: Task, text: string, execs: number): Steps<Result<Applied>> {
  const { lines, consumed, garbage } = parseActions(k, text);
  if (garbage && k.fixed('G18')) return fail('EINVAL');
  const set = yield* scoped(setActions(k, target, lines, execs));
  if (!set.ok) return set;
  const overran = lines.length > 0 && consumed === text.length;
  return ok({ returned: consumed, used: consumed, complete: !garbage, overran });
}

function* applyPending(
  k: Kernel,
  target: Task,
  name: QueueFile,
  text: string,
  opened: Opened | null,
): Steps<Result<Applied>> {
  const parsed = parsePending(k, text);
  if (parsed === null) return fail('EINVAL');
  if (!parsed.complete && k.fixed('G18')) return fail('EINVAL');
  const set = yield* scoped(setPending(k, target, name, parsed, knownOf(name, opened)));
  if (!set.ok) return set;
  const { returned, complete, overran } = parsed;
  return ok({ returned, used: text.length, complete, overran });
}

const noteWritten = operation(
  'procsig.written',
  (tx: Transaction, k: Kernel, { complete, overran }: Applied, spilt: boolean) => {
    if (spilt) tx.note({ type: 'procsig.spilt', what: 'the word before the mask' });
    if (!complete) tx.note({ type: 'procsig.silent' });
    if (overran && !k.fixed('G9')) tx.note({ type: 'procsig.overrun' });
  },
);

function* write(
  k: Kernel,
  writer: Task,
  file: File,
  name: SigFileName,
  from: Source,
  position: number,
): Steps<Result<Put>> {
  const target = yield* findTask(file);
  if (target === null) return fail('ESRCH');
  const leftover = yield* leftoverOf(k, file);
  if (from.bytes === null) return fail('EFAULT'); // and the leftover is gone with the page
  const text = leftover + from.bytes;
  if (!(yield* admits(k, writer, target))) return fail('EPERM');
  const applied = yield* scoped(apply(k, target, file, name, text));
  if (!applied.ok) return applied;
  yield* noteWritten(k, applied.value, spills(k) && hasMask(name) && text.startsWith('1'));
  const { returned, used } = applied.value;
  // The posted code takes 0, or what is left, for the number of the last byte used (G7).
  const rest = k.fixed('G7')
    ? text.slice(used)
    : 0 <= returned && returned < text.length
      ? text.slice(returned + 1)
      : null;
  if (rest !== null && (rest !== '' || !k.fixed('G7'))) yield* keepLeftover(k, file, rest);
  return ok({ count: from.count, position });
}

/** What an open file of one of the names does. */
export const sigFile = (name: SigFileName): FileOperations =>
  fileOperations(`sig_${name}`, {
    seeking: 'moves',
    open: (k, task, file) => open(k, task, file, name),
    read: (k, task, file, into, position) => read(k, task, file, name, into, position),
    write: (k, task, file, from, position) => write(k, task, file, name, from, position),
    *release(_k, _task, file) {
      yield* endFile(file);
    },
  });
