/** Calls of fcntl about record locks: of those that look for a lock, strace shows what they found and not what they asked. */

import {
  F_GETLK,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
} from '../../kernel-sim/abi/open.ts';
import type { Datum, Struct } from '../../syscalls/datum.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { NO_VARIABLES } from './arguments.ts';
import type { Prepared } from './prepare.ts';

const LOOKING: readonly number[] = [F_GETLK, F_OFD_GETLK];
const COMMANDS: readonly number[] = [...LOOKING, F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW];

/** Commands that the simulated kernel does not know. */
const LEFT_OUT = /^F_(NOTIFY|ADD_SEALS|GET_SEALS|.*RW_HINT)$/;

/**
 * What is known of the arguments: a question whose answer was a lock is asked for that lock's range, so that anything stands in its
 * way; one whose answer was "none" for its own range, by a reader. A failed call shows nothing but an address.
 */
export function prepareLock({ args, result }: RecordedCall): Prepared {
  const [, cmd, lock] = args ?? [];
  if (cmd?.kind === 'name' && LEFT_OUT.test(cmd.name)) return 'outside';
  const command = cmd === undefined ? undefined : evaluate(cmd, NO_VARIABLES);
  if (command?.ok !== true || typeof command.value !== 'number' || !COMMANDS.includes(command.value))
    return (given) => given;
  if (lock?.kind !== 'struct') {
    return result.kind === 'errno' && (result.errno === 'EFAULT' || result.errno === 'EBADF')
      ? (given) => given
      : 'outside';
  }
  if (command.value === F_OFD_SETLK && result.kind === 'errno' && result.errno === 'EINVAL') return 'outside'; // l_pid is not shown
  if (!LOOKING.includes(command.value)) return (given) => given;
  if (command.value === F_OFD_GETLK && isOwnOrNone(lock)) return 'outside'; // it may have asked about F_UNLCK
  return ([fd, number, found]) => [fd!, number!, question(found as Struct, command.value === F_OFD_GETLK)];
}

const question = (found: Struct, ofFile: boolean): Datum => ({
  ...found,
  l_type: found.l_type === F_UNLCK ? F_RDLCK : F_WRLCK,
  ...(ofFile ? { l_pid: 0 } : {}),
});

/** Whether the answer is "none", or a lock of an open file, which may be the asking one. */
function isOwnOrNone(lock: Expr): boolean {
  const value = evaluate(lock, NO_VARIABLES);
  if (!value.ok) return true;
  const { l_type, l_pid } = value.value as unknown as Struct;
  return l_type === F_UNLCK || l_pid === -1;
}
