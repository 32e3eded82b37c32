/** Addresses and message headers of the socket calls, as strace prints them: struct sockaddr, struct msghdr. */

import { SOCKADDR_NL_SIZE } from '../kernel-sim/abi/netlink.ts';
import { AF_NETLINK } from '../kernel-sim/abi/socket.ts';
import type { NetlinkAddress } from '../kernel-sim/netlink/address.ts';
import { cut } from '../kernel-sim/netlink/message.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Incoming, Outgoing, SocketAddress } from '../kernel-sim/socket/socket.ts';
import { type Datum, FAULT, integerOf, OUT, type Struct } from './datum.ts';
import { isStruct, lengthOf, messageIn, messageOf } from './netlink-data.ts';
import { type Parameter, raw } from './parameter.ts';

/** sizeof(struct sockaddr_storage). */
const LONGEST = 128;

const INT_MAX = 0x7fff_ffff;

/** What a receive asks for whose length is left open. */
const ORDINARY_BUFFER = 8192;

/** UIO_MAXIOV. */
const MOST_SEGMENTS = 1024;

/** Memory that the kernel reads and writes, as the program gave it. */
export const inout = (kind: string): Parameter<Datum | undefined> => ({ ...raw(kind), direction: 'inout' });

/** Whether an argument is memory that can be written to; programs write `_`, or what they expect there. */
export const isWritable = (datum: Datum | undefined): boolean =>
  datum !== null && datum !== undefined && datum !== FAULT && typeof datum !== 'number' && typeof datum !== 'bigint';

/** A length, null where a program leaves it open, cut to what the kernel looks at. */
export const lengthIn = (datum: Datum | undefined): number | null => {
  if (typeof datum === 'symbol' || datum === undefined) return null;
  const length = integerOf(datum);
  return length < 0 || length > INT_MAX ? INT_MAX : length;
};

/** An address that the kernel reads: EINVAL for a length that no address has, EFAULT. move_addr_to_kernel(). */
export function addressIn(datum: Datum | undefined, length: Datum | undefined): Result<SocketAddress> {
  const size = typeof length === 'symbol' ? SOCKADDR_NL_SIZE : integerOf(length);
  if (size < 0 || size > LONGEST) return fail('EINVAL');
  if (size === 0) return ok({ family: 0, size });
  if (!isStruct(datum)) return fail('EFAULT');
  const family = integerOf(datum.sa_family);
  if (family !== AF_NETLINK) return ok({ family, size });
  const address: NetlinkAddress = {
    family,
    size,
    port: integerOf(datum.nl_pid) | 0,
    groups: integerOf(datum.nl_groups) >>> 0,
  };
  return ok(address);
}

/** The address behind a pointer that may be null, and of no bytes: then there is none. */
export function optionalAddress(datum: Datum | undefined, length: Datum | undefined): Result<SocketAddress | null> {
  if (datum === null || datum === undefined) return ok(null);
  const address = addressIn(datum, length);
  return address.ok && address.value.size === 0 ? ok(null) : address;
}

export function addressOf(address: SocketAddress): Struct {
  const { family: sa_family, port: nl_pid, groups: nl_groups } = address as NetlinkAddress;
  return { sa_family, nl_pid, nl_groups };
}

/** What is to be sent. */
export function outgoing(
  buffer: Datum | undefined,
  size: number | null,
  address: SocketAddress | null,
  flags: number,
): Outgoing {
  const payload = messageIn(buffer);
  return { address, payload, size: size ?? lengthOf(buffer, payload), flags };
}

/** What a receive has put into its buffer. */
export function received({ payload, room }: Incoming): Datum {
  const message = cut(payload, room);
  return message === null ? [] : messageOf(message);
}

/** The length of a buffer, where the program leaves it open an ordinary one. */
export const roomIn = (length: Datum | undefined): number => lengthIn(length) ?? ORDINARY_BUFFER;

/** A message header with the one segment that a datagram of structures is in. */
export interface MessageHeader {
  readonly name: Datum | undefined;
  readonly nameLength: Datum | undefined;
  readonly buffer: Datum | undefined;
  readonly length: Datum | undefined;
}

const OPEN: MessageHeader = { name: OUT, nameLength: OUT, buffer: OUT, length: OUT };

/** struct msghdr, or `_` for one with room for everything: EFAULT, EMSGSIZE for too many segments. */
export function headerIn(datum: Datum | undefined): Result<MessageHeader> {
  if (datum === OUT) return ok(OPEN);
  if (!isStruct(datum)) return fail('EFAULT');
  const { msg_name: name = null, msg_namelen: nameLength, msg_iov, msg_iovlen } = datum;
  if (integerOf(msg_iovlen) > MOST_SEGMENTS) return fail('EMSGSIZE');
  if (!Array.isArray(msg_iov)) return msg_iovlen === 0 ? ok({ ...OPEN, name, nameLength, length: 0 }) : fail('EFAULT');
  const [segment] = msg_iov as readonly Datum[];
  if (segment === undefined) return ok({ name, nameLength, buffer: null, length: 0 });
  if (!isStruct(segment)) return fail('EFAULT');
  return ok({ name, nameLength, buffer: segment.iov_base, length: segment.iov_len ?? OUT });
}
