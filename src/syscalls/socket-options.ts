/** setsockopt and getsockopt; decode, delegate to kernel-sim/socket, encode. */

import { SOL_SOCKET } from '../kernel-sim/abi/socket.ts';
import { fail, ok } from '../kernel-sim/result.ts';
import { getOption, setOption } from '../kernel-sim/socket/options.ts';
import { withSocket } from '../kernel-sim/socket/socket.ts';
import { type Datum, integerOf } from './datum.ts';
import { succeed } from './file-data.ts';
import { int, out, raw } from './parameter.ts';
import { inout, isWritable } from './socket-data.ts';
import { syscall } from './syscall.ts';

const INT = 4;

const leavesOut = 'options but SO_RCVBUF, SO_SNDBUF, SO_TYPE, SO_ERROR';

/** The length that a program passes by pointer. */
const lengthAt = (datum: Datum | undefined): number => (Array.isArray(datum) ? integerOf(datum[0]) : INT);

export const socketOptionCalls = [
  syscall({
    name: 'setsockopt',
    family: 'sockets',
    leavesOut,
    parameters: {
      fd: int('fd'),
      level: int('socket_level'),
      optname: int('socket_option'),
      optval: raw('int[]'),
      optlen: int('size'),
    },
    *run(k, task, { fd, level, optname, optval, optlen }) {
      if (k.is26 && optlen < 0) return fail('EINVAL'); // 2.6.26 asks before it looks at the descriptor
      return yield* succeed(
        withSocket(k, task, fd, function* ({ socket }) {
          if (optlen < 0) return fail('EINVAL');
          if (level !== SOL_SOCKET) return fail('ENOPROTOOPT'); // no family here has options of its own
          if (optlen < INT) return fail('EINVAL');
          if (!Array.isArray(optval)) return fail('EFAULT');
          return yield* setOption(k, socket, optname, integerOf(optval[0]));
        }),
      );
    },
  }),
  syscall({
    name: 'getsockopt',
    family: 'sockets',
    leavesOut,
    parameters: {
      fd: int('fd'),
      level: int('socket_level'),
      optname: int('socket_option'),
      optval: out('int[]'),
      optlen: inout('size[]'),
    },
    run: (k, task, { fd, level, optname, optval, optlen }) =>
      withSocket(k, task, fd, function* ({ socket }) {
        if (level !== SOL_SOCKET) return fail('ENOPROTOOPT');
        if (!isWritable(optlen)) return fail('EFAULT');
        const length = lengthAt(optlen);
        if (length < 0) return fail('EINVAL');
        const value = yield* getOption(socket, optname);
        if (!value.ok) return value;
        if (length > 0 && !isWritable(optval)) return fail('EFAULT');
        return ok({ value: 0, out: { optval: [value.value], optlen: [Math.min(length, INT)] } });
      }),
  }),
];
