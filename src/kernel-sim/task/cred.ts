/** Credentials of a task; credentials(7), capabilities(7). An immutable value: changing one id makes a new one. */

export interface Credentials {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  /** Effective capabilities, as `CAP_KILL`; `all` stands for every one. */
  readonly capabilities: CapabilitySet;
  /** What may be made effective again. */
  readonly permitted: CapabilitySet;
  readonly inheritable: CapabilitySet;
}

/** Names sorted by number, or every capability there is. */
export type CapabilitySet = readonly string[] | 'all';

/** Every id 0 and every capability. */
export const rootCredentials: Credentials = Object.freeze(ordinaryCredentials(0, 0));

/**
 * The credentials of a user who logged in: every user id `uid`, every group id `gid`.
 *
 * @param capabilities all for uid 0 and none otherwise when left out
 */
export function ordinaryCredentials(
  uid: number,
  gid: number,
  groups: readonly number[] = [],
  capabilities: CapabilitySet = uid === 0 ? 'all' : [],
): Credentials {
  return {
    uid,
    euid: uid,
    suid: uid,
    fsuid: uid,
    gid,
    egid: gid,
    sgid: gid,
    fsgid: gid,
    groups,
    capabilities,
    permitted: capabilities,
    inheritable: [],
  };
}

/** Whether the effective set has a capability. */
export function capable(cred: Credentials, capability: string): boolean {
  return cred.capabilities === 'all' || cred.capabilities.includes(capability);
}

/** Whether 6.x lets somebody choose the numbers of new tasks (clone3's set_tid, ns_last_pid). */
export function mayChoosePids(cred: Credentials): boolean {
  return capable(cred, 'CAP_CHECKPOINT_RESTORE') || capable(cred, 'CAP_SYS_ADMIN');
}

/** Whether what a process may do was changed so that others must not look into it any more: it is no longer dumpable then. */
export function changedIds(before: Credentials, after: Credentials): boolean {
  return (
    before.euid !== after.euid ||
    before.egid !== after.egid ||
    before.fsuid !== after.fsuid ||
    before.fsgid !== after.fsgid
  );
}

/**
 * The credentials of a program that is executed: the saved and file system ids follow the effective ones.
 *
 * @param uid the owner of a set-uid file, else null
 * @param gid the group of a set-gid file, else null
 */
export function withRaisedIds(cred: Credentials, uid: number | null, gid: number | null): Credentials {
  const euid = uid ?? cred.euid;
  const egid = gid ?? cred.egid;
  const root = cred.uid === 0 || euid === 0;
  // Root gets what it had; whoever becomes root by the file gets everything, and anybody else nothing.
  const wasRoot = cred.uid === 0 || cred.euid === 0;
  const capabilities: CapabilitySet = root ? (wasRoot ? cred.permitted : 'all') : [];
  return {
    ...cred,
    euid,
    suid: euid,
    fsuid: euid,
    egid,
    sgid: egid,
    fsgid: egid,
    capabilities: euid === 0 ? capabilities : [],
    permitted: capabilities,
  };
}

/** Credentials whose user ids have changed, with the capabilities that hang on them: security/commoncap.c:cap_task_post_setuid. */
export function withoutLostCapabilities(before: Credentials, after: Credentials): Credentials {
  const isRoot = ({ uid, euid, suid }: Credentials): boolean => uid === 0 || euid === 0 || suid === 0;
  if (isRoot(before) && !isRoot(after)) return { ...after, capabilities: [], permitted: [] }; // no way back
  if (before.euid === 0 && after.euid !== 0) return { ...after, capabilities: [] };
  if (before.euid !== 0 && after.euid === 0) return { ...after, capabilities: after.permitted };
  return after;
}
