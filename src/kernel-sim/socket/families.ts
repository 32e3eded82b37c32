/** socket(2): which family makes the socket; net/socket.c:__sock_create. */

import { AF_NETLINK, SOCK_CLOEXEC, SOCK_MAX, SOCK_NONBLOCK } from '../abi/socket.ts';
import { openAnonymous } from '../fs/anonymous.ts';
import type { File } from '../fs/file.ts';
import type { Kernel } from '../kernel.ts';
import type { Steps } from '../machine/effect.ts';
import { netlinkFamily } from '../netlink/family.ts';
import { fail, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

/** A family of protocols. */
export interface SocketFamily {
  /** What stands against a socket of this type and protocol. */
  readonly check: (type: number, protocol: number) => Result<undefined>;
  /** @param flags status flags of the open file */
  readonly create: (k: Kernel, type: number, flags: number) => Steps<File>;
}

const families: ReadonlyMap<number, SocketFamily> = new Map([[AF_NETLINK, netlinkFamily]]);

/** One more than the highest family that has a number, known here or not. */
const FAMILIES = { '2.6.26': 34, '6.x': 46 };

const TYPE_BITS = 0xf;

/**
 * Makes a socket and gives its descriptor.
 *
 * @returns EAFNOSUPPORT for a family that is not there, EINVAL for an unknown type or flag, what the family says, EMFILE
 */
export function* openSocket(
  k: Kernel,
  task: Task,
  family: number,
  type: number,
  protocol: number,
): Steps<Result<number>> {
  // Flags in the type came with 2.6.27: before, they make it a type that nobody knows.
  const flags = k.is26 ? 0 : type & ~TYPE_BITS;
  if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return fail('EINVAL');
  const plain = k.is26 ? type : type & TYPE_BITS;
  if (family < 0 || family >= FAMILIES[k.profile.base]) return fail('EAFNOSUPPORT');
  if (plain < 0 || plain >= SOCK_MAX) return fail('EINVAL'); // asked even for families that are not there
  const chosen = families.get(family);
  if (chosen === undefined) return fail('EAFNOSUPPORT');
  const checked = chosen.check(plain, protocol);
  if (!checked.ok) return checked;
  const file = chosen.create(k, plain, flags & SOCK_NONBLOCK);
  return yield* openAnonymous(k, task, file, (flags & SOCK_CLOEXEC) !== 0);
}
