/** Sockets; decode, delegate to kernel-sim/socket and its families, encode. */

import { SOCKADDR_NL_SIZE } from '../kernel-sim/abi/netlink.ts';
import { O_NONBLOCK } from '../kernel-sim/abi/open.ts';
import { MSG_DONTWAIT } from '../kernel-sim/abi/socket.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { scoped } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { openSocket } from '../kernel-sim/socket/families.ts';
import { type HeldSocket, type Incoming, nameOf, withSocket } from '../kernel-sim/socket/socket.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, integerOf, type Return, type Struct } from './datum.ts';
import { give, succeed } from './file-data.ts';
import { int, out, raw } from './parameter.ts';
import {
  addressIn,
  addressOf,
  headerIn,
  inout,
  isWritable,
  lengthIn,
  optionalAddress,
  outgoing,
  received,
  roomIn,
} from './socket-data.ts';
import { syscall } from './syscall.ts';

/** What is the same in all of these calls. */
const leavesOut = 'families but AF_NETLINK, protocols but NETLINK_GENERIC';

type Outputs = NonNullable<Return['out']>;

function* receive(
  k: Kernel,
  task: Task,
  { socket, operations, flags: status }: HeldSocket,
  buffer: Datum | undefined,
  length: Datum | undefined,
  flags: number,
): Steps<Result<Incoming>> {
  const nonBlocking = (flags & MSG_DONTWAIT) !== 0 || (status & O_NONBLOCK) !== 0;
  const wanted = { size: roomIn(length), good: isWritable(buffer), flags };
  return yield* scoped(operations.receive(k, task, socket, wanted, nonBlocking));
}

export const socketCalls = [
  syscall({
    name: 'socket',
    family: 'sockets',
    leavesOut,
    parameters: { domain: int('socket_family'), type: int('socket_type'), protocol: int('socket_protocol') },
    run: (k, task, { domain, type, protocol }) => give(openSocket(k, task, domain, type, protocol)),
  }),
  syscall({
    name: 'bind',
    family: 'sockets',
    leavesOut,
    parameters: { fd: int('fd'), addr: raw('sockaddr'), addrlen: raw('size') },
    run: (k, task, { fd, addr, addrlen }) =>
      succeed(
        withSocket(k, task, fd, function* ({ socket, operations }) {
          const address = addressIn(addr, addrlen);
          return address.ok ? yield* operations.bind(k, task, socket, address.value) : address;
        }),
      ),
  }),
  syscall({
    name: 'getsockname',
    family: 'sockets',
    leavesOut,
    parameters: { fd: int('fd'), addr: out('sockaddr'), addrlen: inout('size[]') },
    run: (k, task, { fd, addr, addrlen }) =>
      withSocket(k, task, fd, function* (held) {
        const address = yield* nameOf(held);
        if (!isWritable(addrlen)) return fail('EFAULT');
        if (Array.isArray(addrlen) && integerOf(addrlen[0]) < 0) return fail('EINVAL');
        if (!isWritable(addr)) return fail('EFAULT');
        return ok({ value: 0, out: { addr: addressOf(address), addrlen: [address.size] } });
      }),
  }),
  syscall({
    name: 'sendto',
    family: 'sockets',
    leavesOut,
    parameters: {
      fd: int('fd'),
      buff: raw('netlink_message'),
      len: raw('size'),
      flags: int('socket_flags'),
      addr: raw('sockaddr'),
      addrlen: raw('size'),
    },
    run: (k, task, { fd, buff, len, flags, addr, addrlen }) =>
      give(
        withSocket(k, task, fd, function* ({ socket, operations }) {
          const address = optionalAddress(addr, addrlen);
          if (!address.ok) return address;
          return yield* operations.send(k, task, socket, outgoing(buff, lengthIn(len), address.value, flags));
        }),
      ),
  }),
  syscall({
    name: 'sendmsg',
    family: 'sockets',
    leavesOut: `${leavesOut}, control messages, several segments`,
    parameters: { fd: int('fd'), msg: raw('msghdr'), flags: int('socket_flags') },
    run: (k, task, { fd, msg, flags }) =>
      give(
        withSocket(k, task, fd, function* ({ socket, operations }) {
          const header = headerIn(msg);
          if (!header.ok) return header;
          const { name, nameLength, buffer, length } = header.value;
          const address = optionalAddress(name, nameLength);
          if (!address.ok) return address;
          return yield* operations.send(k, task, socket, outgoing(buffer, lengthIn(length), address.value, flags));
        }),
      ),
  }),
  syscall({
    name: 'recvfrom',
    family: 'sockets',
    leavesOut,
    parameters: {
      fd: int('fd'),
      ubuf: out('netlink_message'),
      len: raw('size'),
      flags: int('socket_flags'),
      addr: out('sockaddr'),
      addrlen: inout('size[]'),
    },
    run: (k, task, { fd, ubuf, len, flags, addr, addrlen }) =>
      withSocket(k, task, fd, function* (held) {
        const message = yield* receive(k, task, held, ubuf, len, flags);
        if (!message.ok) return message;
        const { count, from } = message.value;
        const out: Outputs = { ubuf: received(message.value) };
        if (addr === null) return ok({ value: count, out });
        if (!isWritable(addr) || !isWritable(addrlen)) return fail('EFAULT'); // the message is lost
        return ok({ value: count, out: { ...out, addr: addressOf(from), addrlen: [from.size] } });
      }),
  }),
  syscall({
    name: 'recvmsg',
    family: 'sockets',
    leavesOut: `${leavesOut}, control messages, several segments`,
    parameters: { fd: int('fd'), msg: inout('msghdr'), flags: int('socket_flags') },
    run: (k, task, { fd, msg, flags }) =>
      withSocket(k, task, fd, function* (held) {
        const header = headerIn(msg);
        if (!header.ok) return header;
        const { name, buffer, length } = header.value;
        const message = yield* receive(k, task, held, buffer, length, flags);
        return message.ok ? ok(withHeader(message.value, name, roomIn(length))) : message;
      }),
  }),
];

/** What recvmsg gives back: the header that it was given, filled in. */
function withHeader(message: Incoming, name: Datum | undefined, room: number): Return {
  const segment: Struct = { iov_base: received(message), iov_len: room };
  const msg: Struct = {
    msg_name: name === null ? null : addressOf(message.from),
    msg_namelen: name === null ? 0 : SOCKADDR_NL_SIZE,
    msg_iov: [segment],
    msg_iovlen: 1,
    msg_controllen: 0,
    msg_flags: message.flags,
  };
  return { value: message.count, out: { msg } };
}
