/** Credentials in a dump; credentials(7), capabilities(7). */
import type { Credentials } from '../../restorer/image/index.ts';
import type { CredentialsEntry } from './schema.ts';

const NOBODY: CredentialsEntry = {
  uid: 0,
  gid: 0,
  euid: 0,
  egid: 0,
  suid: 0,
  sgid: 0,
  fsuid: 0,
  fsgid: 0,
  inheritable: [],
  permitted: [],
  effective: [],
  groups: [],
};

/** The credentials of one thread. */
export function credentialsOf(entry: CredentialsEntry = NOBODY): Credentials {
  const { uid, euid, suid, fsuid, gid, egid, sgid, fsgid, groups } = entry;
  const capabilities = {
    effective: capabilitySet(entry.effective),
    permitted: capabilitySet(entry.permitted),
    inheritable: capabilitySet(entry.inheritable),
  };
  return { uid, euid, suid, fsuid, gid, egid, sgid, fsgid, groups, capabilities };
}

/** Whether two threads have the same credentials. */
export function sameCredentials(a: Credentials, b: Credentials): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** 32-bit words, the lowest first, as the 16 hexadecimal digits of /proc/pid/status. */
function capabilitySet([low = 0, high = 0]: readonly number[]): string {
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
}
