import test from 'ava';
import type { Image } from '../../../src/restorer/image/index.ts';
import { complaints, lines, live, MODES, plan, restore, root, tree, zombie } from '../helpers/tree.ts';

/** What each task of a plan is created by: the call, and the program that makes it. */
function creators(image: Image): Record<string, string> {
  const all = plan(image);
  const made = all.names.flatMap((name) =>
    lines(all, name).flatMap((line): [string, string][] => {
      const [, call, child] = /^(fork|clone)\((?:CLONE_PARENT\|SIGCHLD, )?(\w+)\)/.exec(line) ?? [];
      return child === undefined ? [] : [[child, `${call} by ${name}`]];
    }),
  );
  return Object.fromEntries(made);
}

const table: [string, Image, Record<string, string>][] = [
  [
    'a child in the session that its parent has left is forked before the parent makes its own',
    tree([root(), live({ pid: 10, sid: 10 }), live({ pid: 11, ppid: 10, sid: 1 })]),
    { task_10_10: 'fork by init', task_11_11: 'fork by task_10_10' },
  ],
  [
    'a leader is born in the session that its own children need, over two generations',
    tree([
      root(),
      live({ pid: 10, sid: 10 }),
      live({ pid: 20, ppid: 10, sid: 20 }),
      live({ pid: 30, ppid: 20, sid: 30 }),
      live({ pid: 40, ppid: 30, sid: 10 }),
    ]),
    {
      task_10_10: 'fork by init',
      task_20_20: 'fork by task_10_10',
      task_30_30: 'fork by task_20_20',
      task_40_40: 'fork by task_30_30',
    },
  ],
  [
    'an orphan of a dead leader is made by a helper with the number of the leader, as its sibling',
    tree([root(), live({ pid: 10 }), live({ pid: 12, ppid: 10, sid: 11 })]),
    { task_10_10: 'fork by init', leader_11: 'fork by task_10_10', task_12_12: 'clone by leader_11' },
  ],
  [
    'orphans of one dead leader below init and below another task come from one helper',
    tree([root(), live({ pid: 10 }), live({ pid: 12, ppid: 10, sid: 11 }), live({ pid: 13, sid: 11 })]),
    {
      task_10_10: 'fork by init',
      leader_11: 'fork by task_10_10',
      task_12_12: 'clone by leader_11',
      task_13_13: 'fork by leader_11',
    },
  ],
  [
    'an orphan of a living leader that init has adopted comes by a courier',
    tree([root(), live({ pid: 9 }), live({ pid: 10, ppid: 9, sid: 10 }), live({ pid: 12, sid: 10 })]),
    {
      task_9_9: 'fork by init',
      task_10_10: 'fork by task_9_9',
      courier_300: 'fork by task_10_10',
      task_12_12: 'fork by courier_300',
    },
  ],
  [
    'a task in the session of its living sibling is made by that sibling',
    tree([root(), live({ pid: 10, sid: 10 }), live({ pid: 12, sid: 10 })]),
    { task_10_10: 'fork by init', task_12_12: 'clone by task_10_10' },
  ],
  [
    'an orphan of a leader who is a zombie is made by the zombie before its end',
    tree([root(), live({ pid: 9 }), zombie({ pid: 10, ppid: 9, sid: 10 }, 0x700), live({ pid: 12, sid: 10 })]),
    { task_9_9: 'fork by init', gone_10: 'fork by task_9_9', task_12_12: 'fork by gone_10' },
  ],
  [
    'a tree in a namespace that is not its own is forked by init, its session leader from outside stood in for',
    tree([live({ pid: 500, ppid: 0, sid: 400 })], {}, { namespaces: { pid: 'shared', ipc: 'shared' } }),
    { leader_400: 'fork by init', task_500_500: 'clone by leader_400' },
  ],
];

for (const [title, image, expected] of table) {
  test(title, (t) => {
    t.deepEqual(creators(image), expected);
    for (const mode of MODES) t.deepEqual(complaints(restore(image, { mode })), [], mode);
  });
}

test('a task that only a subreaper can have brought to its parent is an obstacle', (t) => {
  const image = tree([
    root(),
    live({ pid: 10 }, { subreaper: true }),
    live({ pid: 11, ppid: 10 }),
    live({ pid: 12, ppid: 11, sid: 12 }),
    live({ pid: 13, ppid: 10, sid: 12 }),
  ]);
  t.deepEqual(plan(image).obstacles, [
    { hazard: null, message: 'a task of session 12 cannot be made a child of task 10', tasks: [13] },
  ]);
  t.is(restore(image).kernel, null);
});

test('a chain of a thousand tasks is planned without running out of stack', (t) => {
  const tasks = Array.from({ length: 1000 }, (_, n) => live({ pid: 300 + n, ppid: n === 0 ? 1 : 299 + n }));
  const all = plan(tree([root(), ...tasks]));
  t.true(lines(all, 'task_1299_1299').length > 0, 'the last program is asked for first');
});
