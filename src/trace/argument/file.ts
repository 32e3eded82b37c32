/** Arguments of the calls on files and descriptors. */

import * as descriptor from '../../kernel-sim/abi/descriptor.ts';
import * as mode from '../../kernel-sim/abi/mode.ts';
import * as mount from '../../kernel-sim/abi/mount.ts';
import * as open from '../../kernel-sim/abi/open.ts';
import { type Datum, integerOf } from '../../syscalls/datum.ts';
import { choice, flags, namesOf } from './flags.ts';
import { hexText, integerIn, integers, octalText, type Printer } from './printer.ts';
import { signal } from './signal.ts';

const plainOpenFlags = flags(
  namesOf(
    open,
    `O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_DSYNC O_DIRECT O_LARGEFILE O_NOFOLLOW O_NOATIME O_CLOEXEC \
O_PATH O_TMPFILE O_DIRECTORY O_ASYNC`.replaceAll(/\s+/g, ' '),
  ),
  'O',
);

const accessModes = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'];

/** Flags of open: the access mode, which is always there, and the others. */
export const openFlags: Printer = (value, context) => {
  const integer = integerIn(value);
  if (integer === undefined) return undefined;
  const access = Number(integer & 3n);
  const others = integer & ~3n;
  const rest = others === 0n ? '' : `|${plainOpenFlags(others, context)?.replace(/ \/\*.*/, '')}`;
  return `${accessModes[access]}${rest}`;
};

/** Calls that take flags of open(2) without an access mode. */
const withoutAccess = new Set(['dup3', 'pipe2']);

const types = namesOf(mode, 'S_IFSOCK S_IFLNK S_IFREG S_IFBLK S_IFDIR S_IFCHR S_IFIFO');

/** Permission bits, behind a file type where there is one. */
const modeText = (value: bigint): string => {
  const type = value & BigInt(mode.S_IFMT);
  const permissions = octalText(value & ~BigInt(mode.S_IFMT) & 0xffff_ffffn);
  if (type === 0n) return permissions;
  return `${types.find(([, bits]) => bits === type)?.[0] ?? octalText(type)}|${permissions}`;
};

export const fdFlags = flags(namesOf(open, 'FD_CLOEXEC'), 'FD');

const fcntlCommands = choice(
  namesOf(
    open,
    'F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_SETOWN F_GETOWN F_SETSIG F_GETSIG F_SETOWN_EX ' +
      'F_GETOWN_EX F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_SETLEASE F_GETLEASE F_NOTIFY F_DUPFD_QUERY ' +
      'F_CREATED_QUERY F_DUPFD_CLOEXEC F_SETPIPE_SZ ' +
      'F_GETPIPE_SZ F_ADD_SEALS F_GET_SEALS',
  ),
  'F',
);

const byCommand: ReadonlyMap<number, Printer> = new Map([
  [open.F_SETFL, openFlags],
  [open.F_SETFD, fdFlags],
  [open.F_SETSIG, signal],
]);

const atNames = (call: string) =>
  call.startsWith('faccessat')
    ? 'AT_SYMLINK_NOFOLLOW AT_EACCESS AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH'
    : 'AT_SYMLINK_NOFOLLOW AT_REMOVEDIR AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH';

/** A device number as makedev(3) takes it apart. */
const device = integers((value) => {
  const major = (value >> 8n) & 0xfffn;
  const minor = (value & 0xffn) | ((value >> 12n) & 0xfff_ff00n);
  return `makedev(${hexText(major)}, ${hexText(minor)})`;
});

export const filePrinters: Readonly<Record<string, Printer>> = {
  dirfd: integers((value) => (value === BigInt(open.AT_FDCWD) ? 'AT_FDCWD' : value.toString())),
  open_flags: (value, context) => (withoutAccess.has(context.call) ? plainOpenFlags : openFlags)(value, context),
  mode: integers(modeText),
  whence: choice(namesOf(open, 'SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE'), 'SEEK'),
  lock_operation: flags(namesOf(open, 'LOCK_SH LOCK_EX LOCK_NB LOCK_UN'), 'LOCK'),
  lock_type: choice(namesOf(open, 'F_RDLCK F_WRLCK F_UNLCK'), 'F'),
  fcntl_command: fcntlCommands,
  fcntl_argument: (value, context) => byCommand.get(integerOf(context.args[1]))?.(value, context),
  access_mode: (value, context) =>
    integerIn(value) === 0n ? 'F_OK' : flags(namesOf(open, 'R_OK W_OK X_OK'), '?_OK')(value, context),
  at_flags: (value, context) => flags(namesOf(open, atNames(context.call)), 'AT')(value, context),
  eventfd_flags: flags(namesOf(descriptor, 'EFD_SEMAPHORE EFD_CLOEXEC EFD_NONBLOCK'), 'EFD'),
  signalfd_flags: flags(namesOf(descriptor, 'SFD_CLOEXEC SFD_NONBLOCK'), 'SFD'),
  pidfd_flags: flags(namesOf(descriptor, 'PIDFD_NONBLOCK'), 'PIDFD'),
  close_range_flags: flags(namesOf(descriptor, 'CLOSE_RANGE_UNSHARE CLOSE_RANGE_CLOEXEC'), 'CLOSE_RANGE'),
  kcmp_type: choice(
    namesOf(descriptor, 'KCMP_FILE KCMP_VM KCMP_FILES KCMP_FS KCMP_SIGHAND KCMP_IO KCMP_SYSVSEM'),
    'KCMP',
  ),
  ioctl_request: choice(namesOf(descriptor, 'FIONREAD FIONBIO FIOCLEX FIONCLEX'), 'FIO'),
  poll_events: flags(
    namesOf(descriptor, 'POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDNORM POLLWRNORM'),
    'POLL',
  ),
  device,
  mq_flags: plainOpenFlags,
  fd_set: (value) => (Array.isArray(value) ? `[${(value as readonly Datum[]).map(integerOf).join(' ')}]` : undefined),
  mount_flags: flags(
    namesOf(
      mount,
      'MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC MS_REMOUNT MS_NOATIME MS_BIND MS_MOVE MS_REC MS_SILENT MS_UNBINDABLE ' +
        'MS_PRIVATE MS_SLAVE MS_SHARED',
    ),
    'MS',
  ),
  umount_flags: flags(namesOf(mount, 'MNT_FORCE MNT_DETACH MNT_EXPIRE UMOUNT_NOFOLLOW'), 'MNT'),
};
