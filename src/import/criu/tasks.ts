/**
 * The tasks of a dump: pstree.img for the tree, ids-*, core-* and fs-* for each task, core-* for each further thread.
 *
 * The threads of a dead task's entry mean nothing (CRIU dumps memory that it never set), and it has no ids and no fs.
 */
import { type LiveTask, RLIMITS, type Rlimits, type Task, type Thread, UNKNOWN } from '../../restorer/image/index.ts';
import { credentialsOf, sameCredentials } from './credentials.ts';
import type { Directory } from './directory.ts';
import { ImageFile } from './image-file.ts';
import type { Ids, TaskCore, ThreadCore, TreeEntry } from './schema.ts';
import { resourceLimit, signalActions, signalQueue, signalSet, signalStack } from './signals.ts';

/** task_state of a core image. A zombie is dumped as dead. */
const STATES: Record<number, Task['state']> = { 1: 'running', 2: 'zombie', 3: 'stopped', 6: 'zombie' };

/** The tasks of a dump with the ids of what each shares, by pid; zombies share nothing. */
export interface Tree {
  tasks: Task[];
  ids: Map<number, Ids>;
}

/** Reads every task; what is broken is in the directory's diagnostics, and left out. */
export async function readTree(directory: Directory, paths: ReadonlyMap<number, string>): Promise<Tree> {
  const tree: Tree = { tasks: [], ids: new Map() };
  const pstree = await ImageFile.open(directory, 'pstree', 'pstree.img');
  for (const entry of pstree?.all('TreeEntry') ?? []) {
    if (directory.diagnostics.full) break;
    const core = await ImageFile.open(directory, 'core', `core-${entry.pid}.img`);
    const record = core?.single('Core');
    if (!core || !record) continue;
    const { task, thread } = record;
    const state = task && STATES[task.state];
    if (!task || !state) core.reject(task ? `unknown task state ${task.state}` : 'the core of a task has no task part');
    else if (state === 'zombie') tree.tasks.push(zombie(entry, task));
    else if (!thread) core.reject('the core of a living task has no thread part');
    else {
      const ids = await readIds(directory, entry.pid);
      if (ids) tree.ids.set(entry.pid, ids);
      const place = await readFs(directory, entry.pid, paths);
      const live = liveTask(entry, task, thread, core);
      const threads = await readThreads(directory, entry, live);
      if (ids && place) tree.tasks.push({ ...live, state, threads, descriptors: ids.files, ...place });
    }
  }
  return tree;
}

const placeOf = ({ pid, ppid, pgid, sid }: TreeEntry, { comm }: TaskCore) => ({ pid, ppid, pgid, sid, comm });

function zombie(entry: TreeEntry, task: TaskCore): Task {
  return { state: 'zombie', ...placeOf(entry, task), status: task.exit_code, credentials: UNKNOWN };
}

function liveTask(entry: TreeEntry, task: TaskCore, thread: ThreadCore, core: ImageFile): LiveTask {
  if (!thread.credentials) core.reject('the core of a living task has no credentials');
  const leader: Thread = { tid: entry.pid, ...threadState({ blocked: task.blocked, ...thread }, core) };
  return {
    state: 'running',
    ...placeOf(entry, task),
    credentials: credentialsOf(thread.credentials),
    threads: [leader],
    signals: { pending: signalQueue(task.pending, core), actions: signalActions(task.actions, core) },
    descriptors: 0,
    subreaper: task.child_subreaper ?? UNKNOWN,
    umask: 0,
    cwd: '/',
    rlimits: task.limits ? limitsOf(task.limits.limits) : UNKNOWN,
  };
}

function threadState(thread: ThreadCore, core: ImageFile): Omit<Thread, 'tid'> {
  return {
    blocked: signalSet(thread.blocked ?? 0n),
    pending: signalQueue(thread.pending, core),
    ...signalStack(thread.stack),
    // CRIU writes the field only where a signal is set.
    pdeathsig: thread.pdeath_signal ?? 0,
  };
}

async function readThreads(directory: Directory, entry: TreeEntry, leader: LiveTask): Promise<Thread[]> {
  const threads = [...leader.threads];
  for (const tid of entry.threads) {
    if (tid === entry.pid || directory.diagnostics.full) continue;
    const core = await ImageFile.open(directory, 'core', `core-${tid}.img`);
    const thread = core?.single('Core')?.thread;
    if (!core || !thread) {
      core?.reject('the core of a thread has no thread part');
      continue;
    }
    const credentials = thread.credentials && credentialsOf(thread.credentials);
    threads.push({
      tid,
      ...(thread.comm !== undefined && thread.comm !== leader.comm && { comm: thread.comm }),
      ...(credentials && !sameCredentials(credentials, leader.credentials) && { credentials }),
      ...threadState(thread, core),
    });
  }
  return threads;
}

async function readIds(directory: Directory, pid: number): Promise<Ids | undefined> {
  return (await ImageFile.open(directory, 'ids', `ids-${pid}.img`))?.single('Ids');
}

async function readFs(directory: Directory, pid: number, paths: ReadonlyMap<number, string>) {
  const file = await ImageFile.open(directory, 'fs', `fs-${pid}.img`);
  const fs = file?.single('Fs');
  if (!file || !fs) return undefined;
  const cwd = paths.get(fs.cwd);
  if (cwd !== undefined) return { cwd, umask: fs.umask ?? 0 };
  file.reject(`the working directory is file ${fs.cwd}, which files.img does not have`);
  return undefined;
}

function limitsOf(limits: readonly { soft: bigint; hard: bigint }[]): Rlimits {
  return Object.fromEntries(
    RLIMITS.slice(0, limits.length).map((name, index) => {
      const { soft, hard } = limits[index]!;
      return [name, { soft: resourceLimit(soft), hard: resourceLimit(hard) }];
    }),
  );
}
