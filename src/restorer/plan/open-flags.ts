/** Flags of open(2) by their names. */

import * as open from '../../kernel-sim/abi/open.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { either, flags, name } from './syntax.ts';

const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'];

/** O_SYNC holds the bit of O_DSYNC, so it comes first. */
const NAMED = {
  O_SYNC: open.O_SYNC,
  O_APPEND: open.O_APPEND,
  O_NONBLOCK: open.O_NONBLOCK,
  O_DSYNC: open.O_DSYNC,
  O_ASYNC: open.O_ASYNC,
  O_DIRECT: open.O_DIRECT,
  O_DIRECTORY: open.O_DIRECTORY,
  O_NOFOLLOW: open.O_NOFOLLOW,
  O_NOATIME: open.O_NOATIME,
  O_CLOEXEC: open.O_CLOEXEC,
};

/** `O_RDWR|O_APPEND`. */
export function nameOpenFlags(value: number): Expr {
  const access = value & open.O_ACCMODE;
  const rest = (value & ~open.O_ACCMODE) >>> 0;
  const first = name(ACCESS[access] ?? 'O_ACCMODE');
  return rest === 0 ? first : either([first, nameStatusFlags(rest)]);
}

/** `O_APPEND|O_NONBLOCK`: flags without an access mode. */
export const nameStatusFlags = (value: number): Expr => flags(value, NAMED, 8);
