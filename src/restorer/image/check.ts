/**
 * What must hold across an image, beyond the shape of each part: numbers are unique, references lead somewhere, and the tree of
 * tasks, groups and sessions is one that a kernel could have had. SEMANTICS C5, C6, C7; setsid(2), setpgid(2).
 *
 * A group or session without a living holder is fine: its leader has died, or lives outside the tree.
 */

import { checkIpc } from './check-ipc.ts';
import type { Image } from './image.ts';
import type { Task } from './tasks.ts';

/** One thing that is wrong with an image, at a path of keys and indices. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

/** Every contradiction in an image, in the order of its parts; none means that it can be planned. */
export function checkImage(image: Image): Problem[] {
  const problems: Problem[] = [];
  const report = (message: string, ...path: (string | number)[]) => problems.push({ path, message });
  checkFiles(image, report);
  const tasks = checkNumbers(image, report);
  image.tasks.forEach((task, index) => {
    const at = (message: string, key: string) => report(message, 'tasks', index, key);
    checkParent(task, tasks, at);
    checkGroup(task, tasks, at);
    checkSession(task, tasks, at);
  });
  checkCycles(image.tasks, tasks.byPid, report);
  if (image.ipc) checkIpc(image.ipc, tasks.byPid, report);
  return problems;
}

/** Takes a message and the path it is about. */
export type Report = (message: string, ...path: (string | number)[]) => void;

interface Tasks {
  byPid: Map<number, Task>;
  /** The pid of the task that a thread other than a leader belongs to, by tid. */
  threads: Map<number, number>;
  /** The session of each process group. */
  sessionOf: Map<number, number>;
}

function checkNumbers(image: Image, report: Report): Tasks {
  const tables = new Set(image.descriptorTables.map(({ id }) => id));
  const tasks: Tasks = { byPid: new Map(), threads: new Map(), sessionOf: new Map() };
  const taken = new Set<number>();
  const take = (tid: number, ...path: (string | number)[]) => {
    if (taken.has(tid)) report(`the number ${tid} is already taken by another task or thread`, ...path);
    taken.add(tid);
  };
  image.tasks.forEach((task, index) => {
    take(task.pid, 'tasks', index, 'pid');
    tasks.byPid.set(task.pid, task);
    if (!tasks.sessionOf.has(task.pgid)) tasks.sessionOf.set(task.pgid, task.sid);
    if (task.state === 'zombie') return;
    if (!tables.has(task.descriptors)) {
      report(`there is no descriptor table ${task.descriptors}`, 'tasks', index, 'descriptors');
    }
    task.threads.forEach(({ tid }, place) => {
      const path = ['tasks', index, 'threads', place, 'tid'];
      if (place === 0) {
        if (tid !== task.pid) report(`the first thread of task ${task.pid} must be its leader, not ${tid}`, ...path);
      } else {
        take(tid, ...path);
        tasks.threads.set(tid, task.pid);
      }
    });
    const seen = new Set<number>();
    task.signals.actions.forEach(({ signal }, place) => {
      if (seen.has(signal)) report(`signal ${signal} has two actions`, 'tasks', index, 'signals', 'actions', place);
      seen.add(signal);
    });
  });
  // A session's first group has its number; so has the group of the task with that number, if it is still one.
  for (const { pid, sid } of image.tasks) {
    if (tasks.sessionOf.has(pid)) tasks.sessionOf.set(pid, sid);
  }
  for (const { sid } of image.tasks) {
    if (tasks.sessionOf.has(sid)) tasks.sessionOf.set(sid, sid);
  }
  return tasks;
}

function checkParent(task: Task, { byPid, threads }: Tasks, report: (message: string, key: string) => void) {
  if (task.ppid === 0) return;
  const parent = byPid.get(task.ppid);
  if (threads.has(task.ppid)) {
    report(`the parent ${task.ppid} of task ${task.pid} is a thread of task ${threads.get(task.ppid)}`, 'ppid');
  } else if (!parent) {
    report(`the parent ${task.ppid} of task ${task.pid} is not in the image`, 'ppid');
  } else if (parent.state === 'zombie') {
    // Children are handed on before a task becomes a zombie, so nobody can have seen this.
    report(`the parent ${task.ppid} of task ${task.pid} is a zombie, and zombies have no children`, 'ppid');
  }
}

function checkGroup(task: Task, tasks: Tasks, report: (message: string, key: string) => void) {
  if (task.pgid === 0) return;
  if (tasks.threads.has(task.pgid)) {
    report(`group ${task.pgid} names a thread of task ${tasks.threads.get(task.pgid)}`, 'pgid');
    return;
  }
  const session = tasks.sessionOf.get(task.pgid);
  if (session !== task.sid) {
    // setpgid(2) keeps a group within one session, and setsid(2) refuses the leader of a group.
    report(
      `group ${task.pgid} belongs to session ${session}, so task ${task.pid} of session ${task.sid} cannot be in it`,
      'pgid',
    );
  }
}

function checkSession(task: Task, tasks: Tasks, report: (message: string, key: string) => void) {
  const { pid, sid } = task;
  if (sid === 0) return;
  if (tasks.threads.has(sid)) {
    report(`session ${sid} names a thread of task ${tasks.threads.get(sid)}`, 'sid');
    return;
  }
  if (sid === pid) {
    if (task.pgid !== pid)
      report(`task ${pid} leads its session, so it must lead its group and not be in ${task.pgid}`, 'pgid');
    return;
  }
  const holder = tasks.byPid.get(sid);
  if (holder && holder.sid !== sid) {
    // A session keeps its number busy, so the task with that number is its leader.
    report(`session ${sid} cannot be rebuilt: task ${sid} is itself in session ${holder.sid}`, 'sid');
    return;
  }
  const parent = tasks.byPid.get(task.ppid);
  if (parent && !canHaveChildIn(sid, parent, tasks)) {
    report(
      `session ${sid} of task ${pid} cannot be rebuilt: its parent ${parent.pid} can never have been in it`,
      'sid',
    );
  }
}

/**
 * Whether `parent` can have a child in session `sid`: it is in that session itself, or led it into a session of its own since, or
 * adopts orphans, or the child came by CLONE_PARENT from a living sibling.
 */
function canHaveChildIn(sid: number, parent: Task, { byPid }: Tasks): boolean {
  if (parent.sid === sid || parent.sid === parent.pid || parent.ppid === 0) return true;
  if (parent.state === 'zombie' || parent.subreaper !== false) return true;
  return byPid.get(sid)?.ppid === parent.pid;
}

function checkCycles(all: readonly Task[], byPid: Map<number, Task>, report: Report) {
  const rooted = new Set<number>([0]);
  all.forEach((task, index) => {
    const trail: number[] = [];
    const onTrail = new Set<number>();
    let pid = task.pid;
    while (!rooted.has(pid) && !onTrail.has(pid)) {
      trail.push(pid);
      onTrail.add(pid);
      pid = byPid.get(pid)?.ppid ?? 0;
    }
    if (onTrail.has(pid)) report(`task ${pid} is its own ancestor`, 'tasks', index, 'ppid');
    for (const seen of trail) rooted.add(seen);
  });
}

function checkFiles(image: Image, report: Report) {
  const pipes = uniqueIds(image.pipes, 'pipes', 'pipe', report);
  const files = uniqueIds(image.openFiles, 'openFiles', 'open file', report);
  uniqueIds(image.descriptorTables, 'descriptorTables', 'descriptor table', report);
  image.openFiles.forEach((file, index) => {
    if (file.kind === 'pipe' && !pipes.has(file.pipe)) {
      report(`there is no pipe ${file.pipe}`, 'openFiles', index, 'pipe');
    }
  });
  image.descriptorTables.forEach(({ id, descriptors }, index) => {
    const taken = new Set<number>();
    descriptors.forEach(({ fd, file }, place) => {
      const path = ['descriptorTables', index, 'descriptors', place];
      if (taken.has(fd)) report(`descriptor ${fd} is twice in table ${id}`, ...path, 'fd');
      taken.add(fd);
      if (!files.has(file))
        report(`descriptor ${fd} refers to open file ${file}, which is not in the image`, ...path, 'file');
    });
  });
}

/** The ids of `list`; reports those that are there twice. */
export function uniqueIds(list: readonly { id: number }[], key: string, name: string, report: Report, ...at: string[]) {
  const ids = new Set<number>();
  list.forEach(({ id }, index) => {
    if (ids.has(id)) report(`there are two ${name}s with id ${id}`, ...at, key, index, 'id');
    ids.add(id);
  });
  return ids;
}
