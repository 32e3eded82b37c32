/** The options of SOL_SOCKET that setsockopt(2) and getsockopt(2) know; net/core/sock.c, socket(7). */

import { errnoNumber } from '../abi/errno.ts';
import { SO_ERROR, SO_RCVBUF, SO_SNDBUF, SO_TYPE } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Socket } from './socket.ts';

/** The most that a program may ask for, which is also what a socket starts with: net.core.rmem_max and wmem_max. Bytes. */
export const BUFFER_MAX = { '2.6.26': 126_976, '6.x': 212_992 };

/** The least that the kernel keeps, whatever is asked for. Bytes. */
const RECEIVE_MIN = { '2.6.26': 256, '6.x': 2304 };
const SEND_MIN = { '2.6.26': 2048, '6.x': 4608 };

/** The kernel keeps twice of what is asked for, as its own bookkeeping counts as well; a negative number counts as a large one. */
const doubled = (asked: number, most: number, least: number): number =>
  Math.max(2 * (asked < 0 || asked > most ? most : asked), least);

/** Changes an option; ENOPROTOOPT for one that is not there, or not to be changed. */
export const setOption = operation(
  'socket.set_option',
  (tx: Transaction, k: Kernel, socket: Socket, name: number, value: number): Result<undefined> => {
    const { base } = k.profile;
    if (name === SO_RCVBUF) tx.write(socket.receiveLimit, doubled(value, BUFFER_MAX[base], RECEIVE_MIN[base]));
    else if (name === SO_SNDBUF) tx.write(socket.sendLimit, doubled(value, BUFFER_MAX[base], SEND_MIN[base]));
    else return fail('ENOPROTOOPT');
    return done;
  },
);

/** Reads an option; reading SO_ERROR takes the error away. ENOPROTOOPT. */
export const getOption = operation(
  'socket.get_option',
  (tx: Transaction, socket: Socket, name: number): Result<number> => {
    switch (name) {
      case SO_RCVBUF:
        return ok(tx.read(socket.receiveLimit));
      case SO_SNDBUF:
        return ok(tx.read(socket.sendLimit));
      case SO_TYPE:
        return ok(tx.read(socket.type));
      case SO_ERROR: {
        const error = tx.read(socket.error);
        tx.write(socket.error, null);
        return ok(error === null ? 0 : errnoNumber(error));
      }
      default:
        return fail('ENOPROTOOPT');
    }
  },
);
