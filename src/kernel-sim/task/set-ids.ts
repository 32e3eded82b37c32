/**
 * Changing user and group ids; kernel/sys.c, credentials(7), setuid(2) and its relatives.
 *
 * What a call may set follows from the ids a task has, so it is worked out on credentials alone; {@link changeIds} stores the
 * result with everything that hangs on it: the count of the user's processes, capabilities, whether the process is dumpable.
 */

import { NGROUPS_MAX } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { type Credentials, capable, changedIds, withoutLostCapabilities } from './cred.ts';
import type { Task } from './task.ts';

/** "Leave it as it is", as C's (uid_t)-1. */
const KEEP = 0xffff_ffff;

/** What a call makes of credentials: EPERM for ids that the caller may not have. */
export type IdChange = (cred: Credentials, is26: boolean) => Result<Credentials>;

/** The four ids of a kind; both kinds follow the same rules. */
interface Ids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly fs: number;
}

export interface IdKind {
  /** What lets a task take any id. */
  readonly capability: string;
  of(cred: Credentials): Ids;
  into(cred: Credentials, ids: Ids): Credentials;
}

export const userIds: IdKind = {
  capability: 'CAP_SETUID',
  of: ({ uid, euid, suid, fsuid }) => ({ real: uid, effective: euid, saved: suid, fs: fsuid }),
  into: (cred, { real, effective, saved, fs }) => ({ ...cred, uid: real, euid: effective, suid: saved, fsuid: fs }),
};

export const groupIds: IdKind = {
  capability: 'CAP_SETGID',
  of: ({ gid, egid, sgid, fsgid }) => ({ real: gid, effective: egid, saved: sgid, fs: fsgid }),
  into: (cred, { real, effective, saved, fs }) => ({ ...cred, gid: real, egid: effective, sgid: saved, fsgid: fs }),
};

/** setuid and setgid: every id with the capability, else the effective one to the real or saved one. EINVAL (6.x) for -1. */
export const setOne =
  (kind: IdKind, id: number): IdChange =>
  (cred, is26) => {
    if (id === KEEP && !is26) return fail('EINVAL'); // no id: it means "keep" elsewhere
    const { real, saved } = kind.of(cred);
    if (capable(cred, kind.capability)) return ok(kind.into(cred, { real: id, effective: id, saved: id, fs: id }));
    if (id !== real && id !== saved) return fail('EPERM');
    return ok(kind.into(cred, { real, effective: id, saved, fs: id }));
  };

/** setreuid and setregid. A new real id, or an effective one that is not the real one, becomes the saved one as well. */
export const setRealEffective =
  (kind: IdKind, real: number, effective: number): IdChange =>
  (cred) => {
    const old = kind.of(cred);
    const privileged = capable(cred, kind.capability);
    if (real !== KEEP && !privileged && ![old.real, old.effective].includes(real)) return fail('EPERM');
    const allowed = [old.real, old.effective, old.saved];
    if (effective !== KEEP && !privileged && !allowed.includes(effective)) return fail('EPERM');
    const now = kept(effective, old.effective);
    const saves = real !== KEEP || (effective !== KEEP && effective !== old.real);
    const ids = { real: kept(real, old.real), effective: now, saved: saves ? now : old.saved, fs: now };
    return ok(kind.into(cred, ids));
  };

/** setresuid and setresgid: without the capability each has to be one of the three there are. */
export const setAll =
  (kind: IdKind, real: number, effective: number, saved: number): IdChange =>
  (cred) => {
    const old = kind.of(cred);
    const allowed = [KEEP, old.real, old.effective, old.saved];
    const privileged = capable(cred, kind.capability);
    if (!privileged && ![real, effective, saved].every((id) => allowed.includes(id))) return fail('EPERM');
    const now = kept(effective, old.effective);
    const ids = { real: kept(real, old.real), effective: now, saved: kept(saved, old.saved), fs: now };
    return ok(kind.into(cred, ids));
  };

/** setfsuid and setfsgid: what may not be set is left, without an error. */
export const setFileSystem =
  (kind: IdKind, id: number): IdChange =>
  (cred) => {
    const ids = kind.of(cred);
    const allowed = Object.values(ids).includes(id) || capable(cred, kind.capability);
    return ok(allowed && id !== KEEP ? kind.into(cred, { ...ids, fs: id }) : cred);
  };

const kept = (wanted: number, old: number): number => (wanted === KEEP ? old : wanted);

/**
 * Changes the ids of the calling thread.
 *
 * @returns the credentials before; EPERM as the change says, EAGAIN (2.6.26) when the new user has too many processes
 */
export const changeIds = operation(
  'cred.change_ids',
  (tx: Transaction, k: Kernel, task: Task, change: IdChange): Result<Credentials> => {
    const before = tx.read(task.cred);
    const changed = change(before, k.is26);
    if (!changed.ok) return changed;
    const after = withoutLostCapabilities(before, changed.value);
    if (after.uid !== before.uid) {
      const moved = moveToUser(tx, k, task, before.uid, after.uid);
      if (!moved.ok) return moved;
    }
    store(tx, k, task, before, after);
    return ok(before);
  },
);

function moveToUser(tx: Transaction, k: Kernel, task: Task, from: number, to: number): Result<undefined> {
  const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_NPROC.soft;
  const full = tx.read(k.users.processes.at(to)) >= limit && to !== 0;
  if (full && k.is26) return fail('EAGAIN');
  // Programs that do not look at the result would go on as root: since 3.1 execve fails instead.
  tx.write(task.overNproc, full);
  tx.add(k.users.processes.at(from), -1);
  tx.add(k.users.processes.at(to), 1);
  return done;
}

function store(tx: Transaction, k: Kernel, task: Task, before: Credentials, after: Credentials): void {
  tx.write(task.cred, after);
  if (!changedIds(before, after)) return;
  tx.write(tx.read(task.process)!.dumpable, 0);
  if (!k.is26) tx.write(task.parentDeathSignal, 0);
}

/** The credentials of a task; one load, since only the task itself changes them. */
export const credentialsOf = operation('cred.read', (tx: Transaction, task: Task): Credentials => tx.read(task.cred));

/**
 * Replaces the supplementary groups; setgroups(2).
 *
 * @param groups null when they cannot be read
 * @returns EPERM without CAP_SETGID, EINVAL for more than there is room for, EFAULT
 */
export const setGroups = operation(
  'cred.set_groups',
  (tx: Transaction, task: Task, count: number, groups: readonly number[] | null): Result<undefined> => {
    const cred = tx.read(task.cred);
    if (!capable(cred, 'CAP_SETGID')) return fail('EPERM');
    if (count < 0 || count > NGROUPS_MAX) return fail('EINVAL');
    if (groups === null) return fail('EFAULT');
    tx.write(task.cred, { ...cred, groups: [...groups].sort((a, b) => a - b) }); // kept sorted, to be searched
    return done;
  },
);
