/**
 * next_syscall_data: one value, armed by writing `LONG1 <value>` to the task's own procfs file, that the next call which knows of it
 * takes as the number of what it makes. SEMANTICS A0-A7; kernel/next_syscall_data.c of the posted series.
 *
 * As posted the structure hangs off the task by a bare pointer that readers follow without any lock, so the steps of a change are
 * steps here too. Each defect has a name in SEMANTICS B1 and is repaired by it. Procfs owns the file (fs/), this room its contents.
 */

import type { Kernel } from '../kernel.ts';
import { load, operation, type Steps, scoped, store } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import type { Armed } from './armed-text.ts';
import { type ParsedWrite, parseSetting, type Setting } from './armed-text.ts';
import type { Task } from './task.ts';

/** The calls that take an armed value. */
export type Consumer = 'fork' | 'msgget' | 'semget' | 'shmget' | 'ipc_set' | 'open';

interface NextSyscallDataFields {
  ndata: number;
  /** A C long: 64 bits, two's complement. */
  data: bigint;
  /** What the program that armed it says it is for: no kernel knows this, detectors and the repaired N13 do. */
  intent: string | null;
}

export type NextSyscallData = Handle<NextSyscallDataFields>;

export const NextSyscallData = layout<NextSyscallDataFields>(
  'next_syscall_data',
  { ndata: 0, data: 0n, intent: null },
  { heap: true, shadow: ['intent'] },
);

/** Allocates the structure and attaches it to the task at once, contents not written (N2). */
const attachFresh = operation(
  'nsd.attach',
  (tx: Transaction, task: Task, intent: string | null): NextSyscallData => {
    const nsd = tx.create(NextSyscallData, { intent });
    tx.write(task.nsd, nsd);
    return nsd;
  },
  { plain: true },
);

const detach = operation('nsd.detach', (tx: Transaction, task: Task): void => tx.write(task.nsd, null), {
  plain: true,
});

const free = operation('nsd.free', (tx: Transaction, nsd: NextSyscallData): void => tx.free(nsd), { plain: true });

/** Detaches and frees with every reader kept out: what a lock around the pointer amounts to (fix N1). */
const dropLocked = operation('nsd.drop', (tx: Transaction, task: Task): void => {
  const nsd = tx.read(task.nsd);
  tx.write(task.nsd, null);
  if (nsd !== null) tx.free(nsd);
});

/** Builds the structure aside and publishes it whole (fix N2, and the only kind of change under fix N4). */
const replaceWhole = operation(
  'nsd.publish',
  (tx: Transaction, task: Task, setting: Setting, intent: string | null): void => {
    const old = tx.read(task.nsd);
    tx.write(task.nsd, tx.create(NextSyscallData, { ndata: setting.count, data: setting.value ?? 0n, intent }));
    if (old !== null) tx.free(old);
  },
);

/** What is armed, as the task itself sees it: nobody else changes it, so one step is enough. */
const armedBy = operation(
  'nsd.armed',
  (tx: Transaction, task: Task): { value: bigint; intent: string | null } | null => {
    const nsd = tx.read(task.nsd);
    if (nsd === null || tx.read(nsd.ndata) === 0) return null;
    return { value: tx.read(nsd.data), intent: tx.read(nsd.intent) };
  },
);

/** Says what a write has come to, for whoever watches: what was armed before it, and what is now. */
const noteSet = operation(
  'nsd.note_set',
  (tx: Transaction, task: Task, before: bigint | null, parsed: ParsedWrite['kind'], ok: boolean): void => {
    const nsd = tx.read(task.nsd);
    const armed = nsd !== null && tx.read(nsd.ndata) !== 0;
    const after = armed ? tx.read(nsd.data) : null;
    tx.note({ type: 'nsd.set', task, before, after, intent: armed ? tx.read(nsd.intent) : null, parsed, ok });
  },
);

/** Whether a value armed with this intent (`fork`, or `fork#2` for the program's second fork) is meant for a kind of call. */
export const isMeantFor = (intent: string | null, by: Consumer): boolean =>
  intent === null || intent.split('#')[0] === by;

/** Drops the armed value, if any; reset_next_syscall_data. */
export function* reset(k: Kernel, task: Task): Steps<void> {
  if (k.fixed('N1')) return yield* dropLocked(task);
  const nsd = yield* load(task.nsd);
  if (nsd === null) return;
  yield* detach(task);
  yield* free(nsd); // a reader that loaded the pointer before still holds it (N1)
}

/**
 * Sets what a write to the file says; set_next_syscall_data. SEMANTICS A2.
 *
 * @param text the bytes written, up to the first NUL
 * @returns EINVAL for text it does not take; whether the old value survives that depends on where it was refused (N4)
 */
export function* set(k: Kernel, task: Task, text: string, intent: string | null): Steps<Result<undefined>> {
  const setting = parseSetting(text);
  const before = yield* armedBy(task);
  const result = yield* scoped(apply(k, task, setting, intent));
  yield* noteSet(task, before === null ? null : before.value, setting.kind, result.ok);
  return result;
}

function* apply(k: Kernel, task: Task, setting: ParsedWrite, intent: string | null): Steps<Result<undefined>> {
  switch (setting.kind) {
    case 'reset':
      yield* reset(k, task);
      return done;
    case 'refused':
      return fail('EINVAL'); // before the structure is touched: an armed value is kept
    case 'fill':
      if (setting.count !== 1 && k.fixed('N5')) return fail('EINVAL');
      if (setting.value !== undefined && k.fixed('N15') && !(0n <= setting.value && setting.value <= 0x7fff_ffffn)) {
        return fail('EINVAL');
      }
      return yield* fill(k, task, setting, intent);
  }
}

function* fill(k: Kernel, task: Task, setting: Setting, intent: string | null): Steps<Result<undefined>> {
  if (k.fixed('N4') || k.fixed('N2')) {
    if (setting.complete) {
      yield* replaceWhole(task, setting, intent);
      return done;
    }
    if (!k.fixed('N4')) yield* reset(k, task);
    return fail('EINVAL');
  }
  let nsd = yield* load(task.nsd);
  if (nsd === null) nsd = yield* attachFresh(task, intent);
  else yield* store(nsd.intent, intent);
  yield* store(nsd.ndata, setting.count);
  if (setting.value !== undefined) yield* store(nsd.data, setting.value);
  if (setting.complete) return done;
  // The old value goes with the bad new one, and is freed before it is detached (N4, N1).
  yield* free(nsd);
  yield* detach(task);
  return fail('EINVAL');
}

const noteTaken = operation(
  'nsd.note_taken',
  (tx: Transaction, task: Task, by: Consumer, value: bigint, intent: string | null): void =>
    tx.note({ type: 'nsd.taken', task, by, value, intent }),
);

/**
 * Whether a value is tied to the call that it is meant for: only that one is offered it, however often it fails before. That is what
 * the repair of N8 comes to when another repair keeps values through failures (N9, F3), as clearing them after the next call would not
 * leave the retry anything. By itself N8's repair clears.
 */
export const isTied = (k: Kernel): boolean => k.fixed('N8') && (k.fixed('N9') || k.fixed('F3'));

/**
 * What a consumer may take; null for nothing. As posted that is whatever is armed. A kernel that ties the value to the call it is
 * meant for takes it for no other: one of another kind (N13), one inside a signal handler (N11), one that comes before it (N12).
 */
const offered = operation(
  'nsd.armed',
  (tx: Transaction, k: Kernel, task: Task, by: Consumer): { value: bigint; intent: string | null } | null => {
    const nsd = tx.read(task.nsd);
    if (nsd === null || tx.read(nsd.ndata) === 0) return null;
    const intent = tx.read(nsd.intent);
    if ((k.fixed('N13') || isTied(k)) && !isMeantFor(intent, by)) return null;
    if (k.fixed('N11') && tx.read(tx.read(task.signals)!.frames).length > 0) return null;
    if ((k.fixed('N12') || k.fixed('N19') || isTied(k)) && !k.userland.isMeantCall(tx, task, intent)) return null;
    return { value: tx.read(nsd.data), intent };
  },
);

/** The value armed for a consumer, left armed; null if there is none that it may take. */
export function* peekFor(k: Kernel, task: Task, by: Consumer): Steps<bigint | null> {
  return (yield* offered(k, task, by))?.value ?? null;
}

/** Whether a value goes only when the call that takes it has succeeded: with N9 repaired, or F3 for open. */
const keepsUntilDone = (k: Kernel, by: Consumer): boolean => k.fixed('N9') || (by === 'open' && k.fixed('F3'));

/** Takes the armed value for a consumer: from here on it is gone, whatever becomes of the call (N9). Null if there is none. */
export function* takeFor(k: Kernel, task: Task, by: Consumer): Steps<bigint | null> {
  const armed = yield* offered(k, task, by);
  if (armed === null) return null;
  yield* noteTaken(task, by, armed.value, armed.intent);
  if (!keepsUntilDone(k, by)) yield* reset(k, task);
  return armed.value;
}

/** Ends what {@link takeFor} began, once the call can no longer fail: with N9 repaired the value goes only now. */
export function* confirmTaken(k: Kernel, task: Task, by: Consumer): Steps<void> {
  if (keepsUntilDone(k, by)) yield* reset(k, task);
}

const readWhole = operation('nsd.read', (tx: Transaction, task: Task): Armed => {
  const nsd = tx.read(task.nsd);
  if (nsd === null || tx.read(nsd.ndata) === 0) return null;
  return { count: tx.read(nsd.ndata), value: tx.read(nsd.data) };
});

/** Follows the task's pointer, with a word to whoever watches. */
const loadPointer = operation(
  'nsd.load_pointer',
  (tx: Transaction, task: Task): NextSyscallData | null => {
    const nsd = tx.read(task.nsd);
    if (nsd !== null) tx.note({ type: 'nsd.seen', task, by: tx.actor });
    return nsd;
  },
  { plain: true },
);

/** What a reader of the file finds: pointer, count and value in three unlocked steps (N1, N2). SEMANTICS A4. */
export function* inspect(k: Kernel, task: Task): Steps<Armed> {
  if (k.fixed('N1')) return yield* readWhole(task);
  const nsd = yield* loadPointer(task);
  if (nsd === null) return null;
  const count = yield* load(nsd.ndata);
  if (count === 0) return null;
  return { count, value: yield* load(nsd.data) };
}

/** Whether fork, exec and exit have anything to drop. */
export const isArmed = operation('nsd.is_set', (tx: Transaction, task: Task): boolean => {
  const nsd = tx.read(task.nsd);
  return nsd !== null && tx.read(nsd.ndata) !== 0;
});

/** The value as fork and the IPC calls use it: cut to a C int (N15). */
export const asInt = (value: bigint): number => Number(BigInt.asIntN(32, value));
