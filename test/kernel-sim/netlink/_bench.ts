import {
  CR_ATTR_PID,
  GENL_ID_CR,
  NETLINK_GENERIC,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from '../../../src/kernel-sim/abi/netlink.ts';
import { AF_NETLINK, MSG_DONTWAIT, SOCK_RAW } from '../../../src/kernel-sim/abi/socket.ts';
import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import type { Alternative, Base } from '../../../src/kernel-sim/profile.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT, type Struct } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';

/** The descriptor of the socket that {@link wired} opens. */
export const S = 3;

export const KERNEL: Struct = { sa_family: AF_NETLINK, nl_pid: 0, nl_groups: 0 };

/** A message of the family "CR" that wants to be acknowledged. */
export const cr = (
  cmd: number,
  attributes: readonly (readonly [type: number, value: Datum])[],
  head: Struct = {},
): Datum => [
  { nlmsg_type: GENL_ID_CR, nlmsg_flags: NLM_F_REQUEST | NLM_F_ACK, nlmsg_seq: 1, ...head },
  { cmd, version: 1 },
  attributes.map(([nla_type, value]) => [{ nla_type }, value]),
];

/** The attribute that names a task. */
export const pid = (number: Datum): readonly [number, Datum] => [CR_ATTR_PID, number];

export interface Wired extends Lab {
  /** A process of uid 1000, with the socket inherited. */
  readonly user: Task;
  /** Sends a message to the kernel through the socket: what sendto gives. */
  readonly send: (message: Datum, by?: Task) => string;
  /** What one receive gives: the message, or the errno; EAGAIN when there is nothing. */
  readonly receive: (by?: Task, size?: number) => Datum;
  /** Sends a message and receives one: the error of an acknowledgement, negative, or whatever else comes. */
  readonly ask: (message: Datum, by?: Task) => Datum;
}

/** A bench with a generic netlink socket and the series netlink-cr. */
export function wired(
  base: Base = '2.6.26',
  alternatives: readonly Alternative[] = ['netlink-cr'],
  options: InitOptions = {},
): Wired {
  const bed = lab(base, [], options, alternatives);
  bed.call(bed.init, 'socket', AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  const user = bed.fork(bed.init);
  bed.call(user, 'setuid', 1000);
  const send: Wired['send'] = (message, by = bed.init) => bed.outcome(by, 'sendto', S, message, OUT, 0, null, 0);
  const receive: Wired['receive'] = (by = bed.init, size = 8192) => {
    const got = bed.call(by, 'recvfrom', S, OUT, size, MSG_DONTWAIT, null, null);
    return got.ok ? got.value.out!.ubuf! : got.errno;
  };
  return {
    ...bed,
    user,
    send,
    receive,
    ask: (message, by = bed.init) => {
      send(message, by);
      const got = receive(by);
      const second = Array.isArray(got) ? (got as readonly Struct[])[1] : undefined;
      return second !== undefined && 'error' in second ? second.error! : got;
    },
  };
}
