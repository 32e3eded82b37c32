/**
 * Sockets as open files: what all families have in common; struct socket and struct sock, net/socket.c, socket(2).
 *
 * A socket is an object of its family's own layout that begins with {@link SocketFields}, and its family does the work through
 * {@link SocketOperations}. families.ts lists the families.
 * Left out on purpose: connections, socket pairs, shutdown, control messages, timeouts, and read and write: there is no user memory,
 * and what is sent is a structure, not bytes.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { O_RDWR } from '../abi/open.ts';
import { File, fileOperations } from '../fs/file.ts';
import { withFile } from '../fs/files.ts';
import { type Named, named } from '../fs/operations.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Handle } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Message } from '../netlink/message.ts';
import { fail, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

/** An address of some family; what else is in it is the family's. */
export interface SocketAddress {
  readonly family: number;
  /** Bytes of it that the caller passed. */
  readonly size: number;
}

/** What programs send, one datagram at a time; a family that comes adds its own kind. */
type Payload = Message;

/** A datagram on its way out; send(2). */
export interface Outgoing {
  /** Null when the caller names none. */
  readonly address: SocketAddress | null;
  /** Null where memory cannot be read. */
  readonly payload: Payload | null;
  /** Bytes; null for as many as the payload has. */
  readonly size: number | null;
  /** MSG_* */
  readonly flags: number;
}

/** How a datagram is asked for; recv(2). */
export interface Wanted {
  /** Bytes of the buffer, and whether it can be written to. */
  readonly size: number;
  readonly good: boolean;
  /** MSG_* */
  readonly flags: number;
}

/** A datagram that has come. */
export interface Incoming {
  readonly payload: Payload;
  /** Bytes that the call returns. */
  readonly count: number;
  /** Bytes of it that there was room for. */
  readonly room: number;
  readonly from: SocketAddress;
  /** MSG_* that the kernel says. */
  readonly flags: number;
}

/** What a family does with its sockets. */
export interface SocketFunctions {
  readonly bind: (k: Kernel, task: Task, socket: Socket, address: SocketAddress) => Steps<Result<undefined>>;
  readonly send: (k: Kernel, task: Task, socket: Socket, message: Outgoing) => Steps<Result<number>>;
  /** @param nonBlocking O_NONBLOCK or MSG_DONTWAIT: EAGAIN instead of waiting */
  readonly receive: (
    k: Kernel,
    task: Task,
    socket: Socket,
    wanted: Wanted,
    nonBlocking: boolean,
  ) => Steps<Result<Incoming>>;
  /** The address that it is bound to; for operations. */
  readonly address: (tx: Transaction, socket: Socket) => SocketAddress;
  /** POLL* bits that hold now; for operations. */
  readonly poll: (tx: Transaction, socket: Socket) => number;
  /** Runs when the last holder lets go; for operations. */
  readonly release: (tx: Transaction, k: Kernel, socket: Socket) => void;
}

export type SocketOperations = SocketFunctions & Named;

/** Declares what a family does with its sockets. */
export function socketOperations(name: string, functions: SocketFunctions): SocketOperations {
  return named(name, functions);
}

/** What every socket has, whatever its family. */
export interface SocketFields {
  operations: SocketOperations;
  /** SOCK_* */
  type: number;
  /** SO_RCVBUF and SO_SNDBUF as the kernel keeps them: twice what was asked for. Bytes. */
  receiveLimit: number;
  sendLimit: number;
  /** What the next receive fails with, once (SO_ERROR). */
  error: ErrnoName | null;
  /** Who waits for a datagram. */
  waiters: readonly Task[];
}

export type Socket = Handle<SocketFields>;

const socketOf = (tx: Transaction, file: File): Socket => tx.read(file.data) as Socket;

const release = operation('socket.release', (tx: Transaction, k: Kernel, file: File): void => {
  const socket = socketOf(tx, file);
  tx.read(socket.operations).release(tx, k, socket);
  tx.free(socket);
});

const socketFile = fileOperations('socket', {
  seeking: 'none',
  poll: (tx, _k, file) => tx.read(socketOf(tx, file).operations).poll(tx, socketOf(tx, file)),
  label: () => 'socket:',
  release: (k, _task, file) => release(k, file),
});

/** The open file of a new socket; `flags` are status flags such as O_NONBLOCK. For operations. */
export const fileOfSocket = (tx: Transaction, socket: Socket, flags: number): File =>
  tx.create(File, { flags: O_RDWR | flags, operations: socketFile, data: socket });

/** A socket while a call uses it. */
export interface HeldSocket {
  readonly socket: Socket;
  readonly operations: SocketOperations;
  /** Status flags of the open file. */
  readonly flags: number;
}

const follow = operation('socket.of_file', (tx: Transaction, file: File) => {
  const socket = socketOf(tx, file);
  return { socket, operations: tx.read(socket.operations) };
});

/** Runs `use` on the socket behind a descriptor: EBADF without one, ENOTSOCK for another kind of file. sockfd_lookup(). */
export const withSocket = <T>(
  k: Kernel,
  task: Task,
  fd: number,
  use: (held: HeldSocket) => Steps<Result<T>>,
): Steps<Result<T>> =>
  withFile(k, task, fd, function* ({ file, operations, flags }) {
    if (operations !== socketFile) return fail('ENOTSOCK');
    return yield* use({ ...(yield* follow(file)), flags });
  });

/** The socket's own address; getsockname(2). */
export const nameOf = operation('socket.name', (tx: Transaction, { socket, operations }: HeldSocket) =>
  operations.address(tx, socket),
);
