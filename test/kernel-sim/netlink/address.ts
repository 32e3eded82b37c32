import test from 'ava';
import { CLONE_NEWPID } from '../../../src/kernel-sim/abi/clone.ts';
import { NETLINK_GENERIC } from '../../../src/kernel-sim/abi/netlink.ts';
import { SIGCHLD } from '../../../src/kernel-sim/abi/signal.ts';
import { AF_NETLINK, SOCK_RAW } from '../../../src/kernel-sim/abi/socket.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { OUT } from '../../../src/syscalls/datum.ts';
import { KERNEL, S, type Wired, wired } from './_bench.ts';

/** The port that a new socket of a task gets. */
function anyPort(bed: Wired, task: Task): unknown {
  const made = bed.call(task, 'socket', AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  if (!made.ok) return made.errno;
  bed.call(task, 'bind', made.value.value, KERNEL, 12);
  return portOf(bed, task, Number(made.value.value));
}

function portOf(bed: Wired, task: Task, fd: number): unknown {
  const got = bed.call(task, 'getsockname', fd, OUT, OUT);
  return got.ok ? (got.value.out!.addr as { nl_pid: number }).nl_pid : got.errno;
}

for (const base of ['2.6.26', '6.x'] as const) {
  test(`${base}: a socket has no port until it is bound, or sends`, (t) => {
    const bed = wired(base);
    t.is(portOf(bed, bed.init, S), 0);
    bed.send('abc', bed.user);
    t.is(portOf(bed, bed.init, S), 2, 'the number of the process that sent first');
  });

  test(`${base}: a second socket of a process gets a port below zero`, (t) => {
    const bed = wired(base);
    t.is(anyPort(bed, bed.init), 1);
    t.is(anyPort(bed, bed.init), -4097);
    t.is(anyPort(bed, bed.init), -4098);
  });

  test(`${base}: a port is free again once its socket is closed`, (t) => {
    const bed = wired(base);
    anyPort(bed, bed.init);
    bed.call(bed.init, 'close', 4);
    t.is(anyPort(bed, bed.init), 1);
  });

  test(`${base}: the port of a container's init is the number that it has ${base === '6.x' ? 'inside' : 'outside'}`, (t) => {
    const bed = wired(base);
    bed.call(bed.init, 'clone', CLONE_NEWPID | SIGCHLD, null, null, null, null, null);
    t.is(anyPort(bed, bed.task(3)), base === '6.x' ? 1 : 3);
  });
}
