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
  /** Effective capabilities, sorted, as `CAP_KILL`; `all` stands for every one. */
  readonly capabilities: readonly string[] | 'all';
}

/** Every id 0 and every capability. */
export const rootCredentials: Credentials = Object.freeze(ordinaryCredentials(0, 0));

/** The credentials of a user who logged in: every user id `uid`, every group id `gid`, all capabilities for uid 0 and none otherwise. */
export function ordinaryCredentials(uid: number, gid: number): Credentials {
  return {
    uid,
    euid: uid,
    suid: uid,
    fsuid: uid,
    gid,
    egid: gid,
    sgid: gid,
    fsgid: gid,
    groups: [],
    capabilities: uid === 0 ? 'all' : [],
  };
}

/** Whether the effective set has a capability. */
export function capable(cred: Credentials, capability: string): boolean {
  return cred.capabilities === 'all' || cred.capabilities.includes(capability);
}

/** Whether the effective or a supplementary group is `gid`. */
export function inGroup(cred: Credentials, gid: number): boolean {
  return cred.egid === gid || cred.groups.includes(gid);
}
