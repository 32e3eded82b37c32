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

/** Whether the effective or a supplementary group is `gid`. */
export function inGroup(cred: Credentials, gid: number): boolean {
  return cred.egid === gid || cred.groups.includes(gid);
}
