import test from 'ava';
import { checkImage, type Image, type Task } from '../../../src/restorer/image/index.ts';
import { image, ipc, queue, segment, set, task, thread } from './_images.ts';

const zombie = (pid: number, rest: Partial<Task> = {}): Task =>
  ({
    state: 'zombie',
    pid,
    ppid: 0,
    pgid: pid,
    sid: pid,
    comm: 'z',
    status: 0,
    credentials: 'unknown',
    ...rest,
  }) as Task;

const wrong: [title: string, image: Image, path: string, message: RegExp][] = [
  ['two tasks have one pid', image([task(1), task(1)]), 'tasks.1.pid', /1 is already taken/],
  [
    'a thread has the pid of a task',
    image([task(1), task(2, { ppid: 1, threads: [thread(2), thread(1)] })]),
    'tasks.1.threads.1.tid',
    /1 is already taken/,
  ],
  [
    'the leader is not the first thread',
    image([task(1, { threads: [thread(2), thread(1)] })]),
    'tasks.0.threads.0.tid',
    /leader/,
  ],
  ['the parent is not there', image([task(2, { ppid: 9 })]), 'tasks.0.ppid', /parent 9 of task 2 is not in the image/],
  [
    'the parent is a thread',
    image([task(1, { threads: [thread(1), thread(2)] }), task(3, { ppid: 2 })]),
    'tasks.1.ppid',
    /is a thread of task 1/,
  ],
  ['the parent is a zombie', image([zombie(1), task(2, { ppid: 1 })]), 'tasks.1.ppid', /zombies have no children/],
  ['a task is its own parent', image([task(1, { ppid: 1 })]), 'tasks.0.ppid', /its own ancestor/],
  [
    'parents go round in a circle',
    image([task(1, { ppid: 3 }), task(2, { ppid: 1 }), task(3, { ppid: 2 })]),
    'tasks.0.ppid',
    /its own ancestor/,
  ],
  [
    'the group is a thread',
    image([task(1, { threads: [thread(1), thread(2)] }), task(3, { ppid: 1, sid: 1, pgid: 2 })]),
    'tasks.1.pgid',
    /group 2 names a thread of task 1/,
  ],
  [
    'a group spans sessions',
    image([task(1), task(2, { ppid: 1, pgid: 1, sid: 9 }), task(3, { ppid: 1, pgid: 1, sid: 1 })]),
    'tasks.1.pgid',
    /group 1 belongs to session 1/,
  ],
  [
    'the session is a thread',
    image([task(1, { threads: [thread(1), thread(2)] }), task(3, { ppid: 1, pgid: 3, sid: 2 })]),
    'tasks.1.sid',
    /session 2 names a thread/,
  ],
  [
    'the session has the number of a task that does not lead it',
    image([task(1), task(2, { ppid: 1, sid: 1, pgid: 2 }), task(3, { ppid: 1, sid: 2, pgid: 3 })]),
    'tasks.2.sid',
    /session 2 cannot be rebuilt: task 2 is itself in session 1/,
  ],
  [
    'a session leader is in another group',
    image([task(1), task(2, { ppid: 1, pgid: 7 })]),
    'tasks.1.pgid',
    /must lead its group/,
  ],
  [
    'the session is that of neither the parent nor of anybody whose orphan the parent could adopt',
    image([task(1), task(2, { ppid: 1, sid: 1, pgid: 1 }), task(3, { ppid: 2, sid: 9, pgid: 9 })]),
    'tasks.2.sid',
    /session 9 of task 3 cannot be rebuilt: its parent 2 can never have been in it/,
  ],
  [
    'the descriptor table is not there',
    image([task(1, { descriptors: 5 })]),
    'tasks.0.descriptors',
    /no descriptor table 5/,
  ],
  [
    'a descriptor refers to nothing',
    image([], { descriptorTables: [{ id: 1, descriptors: [{ fd: 3, file: 8, cloexec: false }] }] }),
    'descriptorTables.0.descriptors.0.file',
    /descriptor 3 refers to open file 8/,
  ],
  [
    'a descriptor is there twice',
    image([], {
      openFiles: [{ kind: 'null', id: 8, flags: 0, path: '/dev/null', position: 0 }],
      descriptorTables: [{ id: 1, descriptors: [3, 3].map((fd) => ({ fd, file: 8, cloexec: false })) }],
    }),
    'descriptorTables.0.descriptors.1.fd',
    /descriptor 3 is twice/,
  ],
  [
    'the end of a pipe has no pipe',
    image([], { openFiles: [{ kind: 'pipe', id: 8, flags: 1, pipe: 4 }] }),
    'openFiles.0.pipe',
    /no pipe 4/,
  ],
  [
    'a signal has two actions',
    image([
      task(1, {
        signals: {
          pending: [],
          actions: [10, 10].map((signal) => ({ signal, handler: 'SIG_IGN', flags: 0, mask: [] }) as const),
        },
      }),
    ]),
    'tasks.0.signals.actions.1',
    /signal 10 has two actions/,
  ],
  [
    'two queues have one id',
    image([], { ipc: ipc({ msg: [queue(3), queue(3)] }) }),
    'ipc.msg.1.id',
    /two msg objects with id 3/,
  ],
  [
    'two queues have one key',
    image([], { ipc: ipc({ msg: [queue(3, { key: 7 }), queue(4, { key: 7 })] }) }),
    'ipc.msg.1.key',
    /two msg objects have the key 7/,
  ],
  [
    'two sets need one slot',
    image([], { ipc: ipc({ sem: [set(1), set(32_769)] }) }),
    'ipc.sem.1.id',
    /need the same slot 1/,
  ],
  [
    'a set has more pids than values',
    image([], { ipc: ipc({ sem: [set(0, { pids: [1, 2, 3] })] }) }),
    'ipc.sem.0.pids',
    /2 values and 3 pids/,
  ],
  [
    'contents reach beyond a segment',
    image([], { ipc: ipc({ shm: [segment(0, { contents: [{ offset: 8190, bytes: 'abc' }] })] }) }),
    'ipc.shm.0.contents.0',
    /beyond its 8192 bytes/,
  ],
  [
    'contents of a segment overlap',
    image([], {
      ipc: ipc({
        shm: [
          segment(0, {
            contents: [
              { offset: 0, bytes: 'abc' },
              { offset: 2, bytes: 'd' },
            ],
          }),
        ],
      }),
    }),
    'ipc.shm.0.contents.1.offset',
    /overlap/,
  ],
  [
    'a zombie has a segment attached',
    image([zombie(1)], { ipc: ipc({ shm: [segment(0, { attaches: [{ pid: 1, address: 4096, flags: 0 }] })] }) }),
    'ipc.shm.0.attaches.0.pid',
    /no living task 1/,
  ],
  [
    'an undo list is about a set that is not there',
    image([task(1)], { ipc: ipc({ undo: [{ tasks: [1], entries: [{ semid: 5, adjust: [1] }] }] }) }),
    'ipc.undo.0.entries.0.semid',
    /no semaphore set 5/,
  ],
  [
    'an undo list has too few adjustments',
    image([task(1)], { ipc: ipc({ sem: [set(5)], undo: [{ tasks: [1], entries: [{ semid: 5, adjust: [1] }] }] }) }),
    'ipc.undo.0.entries.0.adjust',
    /2 semaphores and 1 adjustments/,
  ],
];

for (const [title, broken, path, message] of wrong) {
  test(`an image is refused when ${title}`, (t) => {
    const problems = checkImage(broken);
    const found = problems.find((problem) => problem.path.join('.') === path);
    t.truthy(found, JSON.stringify(problems));
    t.regex(found!.message, message);
  });
}

const fine: [title: string, image: Image][] = [
  ['it is empty', image()],
  [
    'the leader of a session is dead and the root has its orphan',
    image([task(1), task(6, { ppid: 1, pgid: 5, sid: 5 })]),
  ],
  [
    'a subreaper has adopted the orphan of a dead session leader',
    image([task(1), task(2, { ppid: 1, sid: 1, pgid: 1, subreaper: true }), task(4, { ppid: 2, sid: 3, pgid: 3 })]),
  ],
  [
    'a child was born before its parent made a session',
    image([task(1), task(2, { ppid: 1 }), task(3, { ppid: 2, sid: 1, pgid: 1 })]),
  ],
  [
    'a child is the sibling of its session leader, by CLONE_PARENT',
    image([
      task(1),
      task(2, { ppid: 1, sid: 1, pgid: 1 }),
      task(3, { ppid: 2 }),
      task(4, { ppid: 2, sid: 3, pgid: 3 }),
    ]),
  ],
  [
    'the founder of a group has gone to another',
    image([task(1), task(2, { ppid: 1, sid: 1, pgid: 1 }), task(3, { ppid: 1, sid: 1, pgid: 2 })]),
  ],
  ['group and session are outside of the pid namespace', image([task(1, { pgid: 0, sid: 0 })])],
  [
    'a zombie leads a session that lives on',
    image([task(1), zombie(2, { ppid: 1 }), task(3, { ppid: 1, sid: 2, pgid: 2 })]),
  ],
];

for (const [title, good] of fine) {
  test(`an image is fine when ${title}`, (t) => {
    t.deepEqual(checkImage(good), []);
  });
}
