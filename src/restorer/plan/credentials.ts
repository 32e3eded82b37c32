/** Taking the credentials of a task, from those of root; credentials(7), capabilities(7). The last thing that needs a right comes before. */

import * as capability from '../../kernel-sim/abi/capability.ts';
import type { Credentials } from '../image/index.ts';
import type { Script } from './script.ts';
import { array, flags, name, number, struct } from './syntax.ts';

/** Takes `credentials`; nothing is called for what root has anyway. */
export function takeCredentials(script: Script, credentials: Credentials): void {
  const { groups, uid, euid, suid, fsuid, gid, egid, sgid, fsgid } = credentials;
  if (groups !== 'unknown' && groups.length > 0) {
    script.call('setgroups', [number(groups.length), array(groups.map((group) => number(group)))]);
  }
  if (gid !== 0 || egid !== 0 || sgid !== 0) script.call('setresgid', [number(gid), number(egid), number(sgid)]);
  if (fsgid !== egid) script.call('setfsgid', [number(fsgid)], { expect: 'anything' });
  if (uid !== 0 || euid !== 0 || suid !== 0) script.call('setresuid', [number(uid), number(euid), number(suid)]);
  if (fsuid !== euid) script.call('setfsuid', [number(fsuid)], { expect: 'anything' });
  void capability;
  void flags;
  void name;
  void struct;
}
