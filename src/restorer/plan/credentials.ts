/** Taking the credentials of a task, from those of root; credentials(7), capabilities(7). All that needs a right comes before. */

import { CAP_CHECKPOINT_RESTORE, CAP_MAC_ADMIN } from '../../kernel-sim/abi/capability.ts';
import type { Base } from '../../kernel-sim/profile.ts';
import { type Credentials, isKnown } from '../image/index.ts';
import type { Script } from './script.ts';
import { array, number, struct } from './syntax.ts';

/** _LINUX_CAPABILITY_VERSION_3. */
const VERSION = 0x2008_0522;

/** Every capability that a kernel knows, as bits. */
export const capabilitiesOf = (base: Base): bigint =>
  (2n << BigInt(base === '2.6.26' ? CAP_MAC_ADMIN : CAP_CHECKPOINT_RESTORE)) - 1n;

/** A set of an image as bits. */
export const bitsOf = (set: string): bigint => BigInt(`0x${set}`);

/**
 * Takes `credentials`; nothing is called for what root has anyway.
 *
 * @param known the capabilities that the kernel knows
 */
export function takeCredentials(script: Script, credentials: Credentials, known: bigint): void {
  const { groups, uid, euid, suid, fsuid, gid, egid, sgid, fsgid } = credentials;
  if (groups !== 'unknown' && groups.length > 0) {
    script.call('setgroups', [number(groups.length), array(groups.map((group) => number(group)))]);
  }
  if (gid !== 0 || egid !== 0 || sgid !== 0) script.call('setresgid', [number(gid), number(egid), number(sgid)]);
  if (fsgid !== egid) script.call('setfsgid', [number(fsgid)], { expect: 'anything' });
  if (uid !== 0 || euid !== 0 || suid !== 0) script.call('setresuid', [number(uid), number(euid), number(suid)]);
  if (fsuid !== euid) script.call('setfsuid', [number(fsuid)], { expect: 'anything' });
  takeCapabilities(script, credentials, known);
}

/** Whether every id is another's than root's: such a task has no capabilities left to choose from. */
export const isUnprivileged = ({ uid, euid, suid }: Credentials): boolean => uid !== 0 && euid !== 0 && suid !== 0;

function takeCapabilities(script: Script, credentials: Credentials, known: bigint): void {
  const { capabilities, euid } = credentials;
  if (!isKnown(capabilities) || isUnprivileged(credentials)) return;
  const effective = bitsOf(capabilities.effective) & known;
  const permitted = bitsOf(capabilities.permitted) & known;
  const inheritable = bitsOf(capabilities.inheritable) & known;
  const left = euid === 0 ? known : 0n;
  if (effective === left && permitted === known && inheritable === 0n) return;
  script.call('capset', [
    struct({ version: number(VERSION, 16), pid: number(0) }),
    struct({ effective: bits(effective), permitted: bits(permitted), inheritable: bits(inheritable) }),
  ]);
}

const bits = (set: bigint) => number(set <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(set) : set, 16);
