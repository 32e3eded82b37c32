import test from 'ava';
import { CLONE_NEWPID } from '../../src/kernel-sim/abi/clone.ts';
import { MNT_DETACH, MS_BIND, MS_PRIVATE, MS_REC } from '../../src/kernel-sim/abi/mount.ts';
import { SIGCHLD } from '../../src/kernel-sim/abi/signal.ts';
import { FAULT } from '../../src/syscalls/datum.ts';
import { linkText, names, O_RDWR, open, readOnce, runTable, value } from '../kernel-sim/fs/_bench.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

runTable(test, [
  ['mount', 'init', 'mount', ['proc', '/d/empty', 'proc', 0, null], '= 0'],
  ['mount of an unknown type', 'init', 'mount', ['x', '/d', 'nofs', 0, null], 'ENODEV'],
  ['mount of no type', 'init', 'mount', ['x', '/d', null, 0, null], 'EINVAL'],
  ['mount on a file', 'init', 'mount', ['proc', '/d/f', 'proc', 0, null], 'ENOTDIR'],
  ['mount on what is not there', 'init', 'mount', ['proc', '/none', 'proc', 0, null], 'ENOENT'],
  ['mount on a path that cannot be read', 'init', 'mount', ['proc', FAULT, 'proc', 0, null], 'EFAULT'],
  ['mount on a mount point', 'init', 'mount', ['proc', '/proc', 'proc', 0, null], 'EBUSY'],
  ['mount on the root', 'init', 'mount', ['proc', '/', 'proc', 0, null], 'EBUSY'],
  ['mount without CAP_SYS_ADMIN', 'user', 'mount', ['proc', '/d', 'proc', 0, null], 'EPERM'],
  ['mount of a directory elsewhere', 'init', 'mount', ['/d', '/tmp', null, MS_BIND, null], 'EINVAL'],
  ['a mount that others are not to see', 'init', 'mount', [null, '/', null, MS_REC | MS_PRIVATE, null], '= 0'],
  ['a directory that others are not to see', 'init', 'mount', [null, '/d', null, MS_PRIVATE, null], 'EINVAL'],
  ['umount2', 'init', 'umount2', ['/proc', 0], '= 0'],
  ['umount2 of what is no mount point', 'init', 'umount2', ['/d', 0], 'EINVAL'],
  ['umount2 below a mount point', 'init', 'umount2', ['/proc/sys', 0], 'EINVAL'],
  ['umount2 with an unknown flag', 'init', 'umount2', ['/proc', 64], 'EINVAL'],
  ['umount2 without CAP_SYS_ADMIN', 'user', 'umount2', ['/proc', 0], 'EPERM'],
]);

test('procfs shows the pid namespace of whoever mounted it, and a task of that one arms itself there', (t) => {
  const bed = lab();
  value(bed, bed.init, 'clone', CLONE_NEWPID | SIGCHLD, null);
  const inner = bed.task(2);
  bed.call(inner, 'mkdir', '/tmp/proc', 0o755);
  t.is(bed.outcome(inner, 'mount', 'proc', '/tmp/proc', 'proc', 0, null), '= 0');
  t.is(linkText(bed, inner, '/tmp/proc/self'), '1');
  t.is(linkText(bed, inner, '/proc/self'), '2');
  t.is(linkText(bed, bed.init, '/tmp/proc/self'), 'ENOENT', 'init cannot be seen in there');
  t.deepEqual(
    names(bed, inner, '/tmp/proc').filter((name) => /^\d/.test(name)),
    ['1'],
  );
  const fd = open(bed, inner, '/tmp/proc/self/task/1/next_syscall_data', O_RDWR);
  t.is(bed.outcome(inner, 'write', fd, 'LONG1 500', 9), '= 9');
  t.is(readOnce(bed, bed.init, open(bed, bed.init, '/proc/2/task/2/next_syscall_data')), 'LONG1 500\n');
});

test('a mount that is in use cannot be taken away, but taken out of sight', (t) => {
  const bed = lab();
  bed.call(bed.init, 'mkdir', '/mnt', 0o755);
  bed.call(bed.init, 'mount', 'proc', '/mnt', 'proc', 0, null);
  const fd = open(bed, bed.init, '/mnt/1/status');
  t.is(bed.outcome(bed.init, 'umount2', '/mnt', 0), 'EBUSY');
  t.is(bed.outcome(bed.init, 'rmdir', '/mnt'), 'EBUSY');
  t.is(bed.outcome(bed.init, 'umount2', '/mnt', MNT_DETACH), '= 0');
  t.is(bed.outcome(bed.init, 'open', '/mnt/1/status', 0, 0), 'ENOENT');
  t.true(readOnce(bed, bed.init, fd).startsWith('Name:\tinit'));
  t.is(bed.outcome(bed.init, 'rmdir', '/mnt'), '= 0');
});

test('a mount can be taken away once the last who used it is gone', (t) => {
  const bed = lab();
  bed.call(bed.init, 'chdir', '/proc/sys');
  t.is(bed.outcome(bed.init, 'umount2', '/proc', 0), 'EBUSY');
  bed.call(bed.init, 'chdir', '..');
  t.is(bed.outcome(bed.init, 'umount2', '/proc', 0), 'EBUSY');
  bed.call(bed.init, 'chdir', '..');
  t.is(bed.outcome(bed.init, 'umount2', '/proc', 0), '= 0');
  t.deepEqual(names(bed, bed.init, '/proc'), ['.', '..']);
});
