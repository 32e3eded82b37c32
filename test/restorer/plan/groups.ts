import test from 'ava';
import type { Image } from '../../../src/restorer/image/index.ts';
import { complaints, lines, live, MODES, plan, restore, root, tree, zombie } from '../helpers/tree.ts';

/** The setpgid calls of each program that has any. */
function setpgids(image: Image): Record<string, string[]> {
  const all = plan(image);
  const calls = all.names.map((name) => [name, lines(all, name).filter((line) => line.startsWith('setpgid'))] as const);
  return Object.fromEntries(calls.filter(([, own]) => own.length > 0));
}

const table: [string, Image, Record<string, string[]>][] = [
  [
    'a task that leads its group makes it, and its children are born in it',
    tree([root(), live({ pid: 10, pgid: 10 }), live({ pid: 11, ppid: 10, pgid: 10 })]),
    { task_10_10: ['setpgid(0, 0) = 0'] },
  ],
  [
    'a task joins the group of a sibling that comes after it',
    tree([root(), live({ pid: 10, pgid: 11 }), live({ pid: 11, pgid: 11 })]),
    { task_10_10: ['setpgid(0, 11) = 0'], task_11_11: ['setpgid(0, 0) = 0'] },
  ],
  [
    'the first member of a dead group makes it again, and the others join',
    tree([root(), live({ pid: 10, pgid: 9 }), live({ pid: 12, pgid: 9 }), live({ pid: 13, ppid: 10, pgid: 9 })]),
    { task_10_10: ['setpgid(9, 9) = 0', 'setpgid(0, 9) = 0'], task_12_12: ['setpgid(0, 9) = 0'] },
  ],
  [
    'a zombie makes a dead group again, and another joins it',
    tree([root(), zombie({ pid: 10, pgid: 9 }), zombie({ pid: 12, pgid: 9 }, 0x100)]),
    { gone_10: ['setpgid(9, 9) = 0', 'setpgid(0, 9) = 0'], gone_12: ['setpgid(0, 9) = 0'] },
  ],
  [
    'a child of a session leader that was born before goes back to the group that it was born in',
    tree([root(), live({ pid: 10, sid: 10 }), live({ pid: 11, ppid: 10, sid: 1, pgid: 1 })]),
    {},
  ],
  [
    'a member of a dead session makes a group of its own',
    tree([root(), live({ pid: 12, sid: 11, pgid: 12 }), live({ pid: 13, sid: 11, pgid: 12 })]),
    { task_12_12: ['setpgid(0, 0) = 0'], task_13_13: ['setpgid(0, 12) = 0'] },
  ],
];

for (const [title, image, expected] of table) {
  test(title, (t) => {
    t.deepEqual(setpgids(image), expected);
    for (const mode of MODES) t.deepEqual(complaints(restore(image, { mode })), [], mode);
  });
}

test('a group whose leader has gone to another one is a loss that is said', (t) => {
  const image = tree([root(), live({ pid: 10, pgid: 1 }), live({ pid: 11, pgid: 10 })]);
  t.deepEqual(plan(image).losses, [
    { hazard: null, message: 'group 10, whose leader is in another group by now', tasks: [11] },
  ]);
  t.deepEqual(restore(image).differences, [{ path: '/tasks/11/pgid', image: 10, restored: 1 }]);
});
