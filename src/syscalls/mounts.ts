/** mount, umount2; decode, delegate to kernel-sim/fs/mount.ts. */

import { mount, unmount } from '../kernel-sim/fs/mount.ts';
import { FAULT } from './datum.ts';
import { succeed } from './file-data.ts';
import { int, long, path, raw } from './parameter.ts';
import { syscall } from './syscall.ts';

const readable = (text: string | null | typeof FAULT): string | null => (text === FAULT ? null : text);

export const mountCalls = [
  syscall({
    name: 'mount',
    family: 'namespaces',
    leavesOut: 'bind mounts, remounting, mount options',
    parameters: {
      source: path(),
      target: path(),
      filesystemtype: path('string'),
      mountflags: long('mount_flags'),
      data: raw('string'),
    },
    run: (k, task, { target, filesystemtype, mountflags }) =>
      succeed(mount(k, task, readable(target), readable(filesystemtype), mountflags)),
  }),
  syscall({
    name: 'umount2',
    family: 'namespaces',
    parameters: { target: path(), flags: int('umount_flags') },
    run: (k, task, { target, flags }) => succeed(unmount(k, task, readable(target), flags)),
  }),
];
