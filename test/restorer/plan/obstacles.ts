import test from 'ava';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Image } from '../../../src/restorer/image/index.ts';
import { planImage } from '../../../src/restorer/plan/plan.ts';
import { complaints, live, plan, restore, root, tree } from '../helpers/tree.ts';

const obstacles = (image: Image, profile = profileOf('2.6.26')) =>
  planImage(image, { profile }).obstacles.map(({ hazard, tasks }) => [hazard, ...tasks]);

test('pids below 300 are an obstacle without the fix of P3, those of helpers among them', (t) => {
  const image = tree([root(), live({ pid: 10 }), live({ pid: 400, pgid: 11 }), live({ pid: 401, sid: 12 })]);
  t.deepEqual(obstacles(image), [['P3', 10, 11, 12]]);
  t.deepEqual(plan(image).obstacles, []);
});

test('a tree of pids from 300 up is restored as the interface was posted', (t) => {
  const image = tree([root(), live({ pid: 300, sid: 300 }), live({ pid: 302, ppid: 300, sid: 301 })]);
  t.deepEqual(obstacles(image), []);
  t.deepEqual(complaints(restore(image, { profile: profileOf('2.6.26') })), []);
});

test('a pid that only a raised pid_max allows is had by raising it, and one beyond every kernel is an obstacle', (t) => {
  const image = tree([root(), live({ pid: 2_000_000 })]);
  t.deepEqual(obstacles(image), []);
  t.deepEqual(complaints(restore(image)), []);
  t.deepEqual(obstacles(tree([root(), live({ pid: 4_194_304 })])), [['P8', 4_194_304]]);
});

test('a descriptor beyond what a kernel can hold is an obstacle', (t) => {
  const openFiles: Image['openFiles'] = [{ kind: 'null', id: 1, flags: 0, path: '/dev/null', position: 0 }];
  t.deepEqual(obstacles(tree([root()], { 1: [[1_048_575, 1]] }, { openFiles })), [['F4']]);
});

test('a kernel that does not have the interface is an obstacle', (t) => {
  t.deepEqual(obstacles(tree([root()]), profileOf('6.x')), [[null]]);
});
