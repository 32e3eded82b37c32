/** The character devices /dev/null, /dev/zero and /dev/full; drivers/char/mem.c, null(4), full(4). */

import { fail, ok } from '../result.ts';
import { type FileFunctions, type FileOperations, fileOperations } from './file.ts';

/** The most bytes that one read gives: a longer one is a short one. */
const MAX_READ = 1 << 20;

const swallow: FileFunctions['write'] = function* (_k, _task, _file, from, position) {
  return ok({ count: from.count, position });
};

const zeros: FileFunctions['read'] = function* (_k, _task, _file, into, position) {
  if (!into.good && into.count > 0) return fail('EFAULT');
  return ok({ bytes: '\0'.repeat(Math.min(into.count, MAX_READ)), position });
};

const nullDevice = fileOperations('null', {
  seeking: 'stays',
  vectored: () => true,
  *read(_k, _task, _file, _into, position) {
    return ok({ bytes: '', position });
  },
  write: swallow,
});

const zeroDevice = fileOperations('zero', { seeking: 'stays', vectored: () => true, read: zeros, write: swallow });

const fullDevice = fileOperations('full', {
  seeking: 'stays',
  read: zeros,
  *write() {
    return fail('ENOSPC'); // that is what it is for
  },
});

/** Minor numbers of major 1. */
const memoryDevices: Readonly<Record<number, FileOperations>> = { 3: nullDevice, 5: zeroDevice, 7: fullDevice };

/** What open makes of a device number that no driver answers to: every call but open's own goes on to fail. */
const noDevice = fileOperations('no_device', {
  seeking: 'none',
  *open() {
    return fail('ENXIO');
  },
});

/** What an open device does, by its numbers [major, minor]. */
export const deviceOperations = ([major, minor]: readonly [number, number]): FileOperations =>
  (major === 1 ? memoryDevices[minor] : undefined) ?? noDevice;
