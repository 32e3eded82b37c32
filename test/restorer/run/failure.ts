import test from 'ava';
import { findTask } from '../../../src/kernel-sim/pid/pid.ts';
import { checkpoint } from '../../../src/restorer/checkpoint/checkpoint.ts';
import { admitVisitor } from '../../../src/restorer/checkpoint/visitor.ts';
import type { Image } from '../../../src/restorer/image/index.ts';
import { type Restore, restoreImage } from '../../../src/restorer/run/restore.ts';
import { FIXED, live, restore, root, tree, zombie } from '../helpers/tree.ts';
import { ipc, queue, segment, set } from '../image/_images.ts';

/** A tree whose last task opens a file that is a directory, and so can be had by nobody. */
function failing(): Image {
  const objects = {
    msg: [queue(0)],
    sem: [set(0)],
    shm: [segment(0, { attaches: [{ pid: 10, address: 0x7000_0000, flags: 0 }] })],
  };
  const file = { kind: 'regular' as const, id: 1, flags: 2, path: '/tmp', position: 0 };
  return tree(
    [root(), live({ pid: 10, sid: 10 }), zombie({ pid: 11, ppid: 10, sid: 10 }), live({ pid: 12, pgid: 12 })],
    { 12: [[3, 1]] },
    { openFiles: [{ ...file, mode: 'unknown', uid: 'unknown', gid: 'unknown', size: 'unknown' }], ipc: ipc(objects) },
  );
}

test('a restore that fails says which call did what', (t) => {
  const { failure, restored, verified, calls } = restore(failing());
  t.deepEqual(failure, {
    task: 12,
    program: 'task_12_12',
    call: 'open("/tmp", O_RDWR) = 3',
    returned: '-1 EISDIR',
    message: 'open("/tmp", O_RDWR) = 3, but it returned -1 EISDIR',
  });
  t.deepEqual(restored, { tasks: 0, threads: 0, msg: 0, sem: 0, shm: 0, mqueue: 0, fds: 0, signals: 0 });
  t.false(verified);
  t.true(calls > 0);
});

test('a restore that fails leaves nothing behind but pid 1', (t) => {
  let kernel: Restore['kernel'] = null;
  const result = restore(failing(), {
    onStep: (k) => {
      kernel = k;
    },
  });
  t.not(result.failure, null);
  const left = checkpoint(kernel!, { namespaces: failing().namespaces, outside: new Set([0, 1]), ipc: true });
  t.deepEqual(left.tasks, []);
  t.deepEqual([left.ipc!.msg, left.ipc!.sem, left.ipc!.shm], [[], [], []]);
});

test('objects that do not fit into the limits of the image are a failure at the call that finds out', (t) => {
  const image = tree([root()], {}, { ipc: ipc({ limits: { msgmni: 1 }, msg: [queue(0), queue(1)] }) });
  const { failure } = restoreImage(image, { profile: FIXED });
  t.is(failure?.call, 'msgget(IPC_PRIVATE, IPC_CREAT|IPC_EXCL|0600) = 1');
  t.is(failure?.returned, '-1 ENOSPC');
});

test('what a verification reads is taken back where there is a journal', (t) => {
  const objects = { msg: [queue(0, { messages: [{ type: 1, text: 'still there' }] })], shm: [segment(0)] };
  const image = tree([root(), live({ pid: 10 })], {}, { ipc: ipc(objects) });
  const { kernel, verified } = restore(image, { tracking: true });
  t.true(verified);
  const again = checkpoint(kernel!, { namespaces: image.namespaces, outside: new Set([0]), ipc: true });
  t.deepEqual(again.ipc!.msg[0]!.messages, objects.msg[0]!.messages);
  t.is(again.ipc!.shm[0]!.atime, 0);
});

test('a visitor is nobody’s child, has a number of its own, and takes the highest that is free', (t) => {
  const { kernel } = restore(tree([root(), live({ pid: 32_767 })]), { verify: false });
  const { visitor, number } = admitVisitor(kernel!);
  t.is(number, 32_766);
  t.is(findTask(kernel!.machine.store, kernel!.initPidNs, number), visitor);
  t.is(kernel!.machine.store.peek(visitor.parent), null);
});

test('every step of a restore can be watched', (t) => {
  let steps = 0;
  const result = restore(tree([root(), live({ pid: 10 })]), { onStep: () => steps++ });
  t.is(steps, result.steps);
  t.true(result.verified);
});
