/**
 * The world in which a log was recorded, as far as one can tell: fresh pid and ipc namespaces, pid 1 a shell that leads session and
 * group 1 and waits for orphans, the first task of the log as its child; umask 022; root without CAP_SYS_RESOURCE.
 */

import { constants } from '../../kernel-sim/abi/constants.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel-sim/abi/open.ts';
import { SIG_IGN, SIGCHLD, SIGPIPE } from '../../kernel-sim/abi/signal.ts';
import { boot, createInit } from '../../kernel-sim/boot.ts';
import { populate } from '../../kernel-sim/fs/file-system.ts';
import { setCwd } from '../../kernel-sim/fs/fs-context.ts';
import { ipcSysctls } from '../../kernel-sim/ipc/limits.ts';
import type { Kernel, Userland } from '../../kernel-sim/kernel.ts';
import { Frame } from '../../kernel-sim/machine/frame.ts';
import type { Behaviour } from '../../kernel-sim/machine/machine.ts';
import { findTask, groupMembers, Pid, sessionMembers } from '../../kernel-sim/pid/pid.ts';
import { profileOf } from '../../kernel-sim/profile.ts';
import { setAction } from '../../kernel-sim/signal/action.ts';
import { DEFAULT_ACTION } from '../../kernel-sim/signal/state.ts';
import { rootCredentials } from '../../kernel-sim/task/cred.ts';
import { defaultLimits } from '../../kernel-sim/task/limits.ts';
import { leaveGroups } from '../../kernel-sim/task/release.ts';
import { Task } from '../../kernel-sim/task/task.ts';
import { invoke } from '../../syscalls/invoke.ts';
import type { RecordedCall, RecordedEvent, Recording } from '../strace/recording.ts';
import { installOutside } from './outside.ts';

/** What differs from one recording to the next. */
export interface Setting {
  /** The number of the first task. */
  readonly first: number;
  /** The number of its parent: pid 1, or the tracer that started it. */
  readonly parent: number;
  /** Descriptors 1 and 2 lead to a file, not to /dev/null. */
  readonly output: 'file' | 'null';
  readonly ignoresSigpipe: boolean;
  /** RLIMIT_NOFILE 64, msgmni and shmmni 32, kernel.sem "32 1024 32 16". */
  readonly small: boolean;
  /** The log leaves calls out: only some families were recorded. */
  readonly filtered: boolean;
  /** The group and session of the first task lie outside its pid namespace, where they have no number. */
  readonly detached: boolean;
  /** Descriptors besides 0, 1 and 2 that lead somewhere. */
  readonly inherited: readonly number[];
  /** For calls whose arguments strace does not show, which guess at them is used. */
  readonly guesses: ReadonlyMap<RecordedCall, number>;
  /** seconds since the epoch at the first line. */
  readonly start: number;
}

/** Bytes of the directory that programs start in. */
export const HOME = '/recorded';

/** Tells the setting from the log and its name; see shared traces' README and docs/conformance.md. */
export function settingOf({ file, events }: Recording): Setting {
  const [first] = events;
  const whole = first?.kind === 'enter' && first.call.name === 'execve';
  return {
    first: first?.task ?? 2,
    parent: parentOf(events, first?.task ?? 2),
    output: whole ? 'file' : 'null',
    ignoresSigpipe: !whole,
    detached: !whole,
    inherited: [],
    guesses: new Map(),
    filtered: whole && !showsStartUp(events),
    small: /\.small(\.|$)/.test(file),
    start: first?.time ?? 1_700_000_000,
  };
}

/** Whether the log has what every program does first: then it leaves nothing out. */
const showsStartUp = (events: readonly RecordedEvent[]): boolean =>
  events.slice(0, START_UP).some((event) => event.kind === 'enter' && event.call.name === 'brk');

/** Events among which a program's first calls are. */
const START_UP = 40;

/** Every capability but CAP_SYS_RESOURCE. */
const lessPrivileged = [...constants.keys()].filter((name) => name.startsWith('CAP_') && name !== 'CAP_SYS_RESOURCE');

/** What the first task is told of its parent, 1 when it never asks. */
function parentOf(events: readonly RecordedEvent[], first: number): number {
  for (const event of events) {
    if (event.kind !== 'leave' || event.task !== first || event.call.name !== 'getppid') continue;
    const { result } = event.call;
    return result.kind === 'value' && result.value > 1 && result.value < first ? Number(result.value) : 1;
  }
  return 1;
}

/** Boots the world of a recording; its first task is there and in user mode. */
export function bootWorld(setting: Setting, userland: Userland, behaviour: Behaviour): Kernel {
  const k = boot({ profile: profileOf('6.x'), userland, traced: true });
  const { machine } = k;
  const { store } = machine;
  machine.setBehaviour(Task, behaviour);
  store.recording = false;
  store.write(k.system.bootTime, Math.floor(setting.start));
  const files = setting.small ? { soft: 64, hard: 64 } : defaultLimits.RLIMIT_NOFILE;
  const init = createInit(k, {
    cred: { ...rootCredentials, capabilities: lessPrivileged, permitted: lessPrivileged },
    limits: { ...defaultLimits, RLIMIT_NOFILE: files },
    comm: 'sh',
  });
  if (setting.small) shrink(k);
  // Test programs open their directory to everybody, with a call that filtered logs leave out.
  populate(store, k, [{ path: HOME, type: 'directory', mode: setting.filtered ? 0o777 : 0o700 }]);
  const parent = setting.parent > 1 ? forkAs(k, init, setting.parent) : init;
  if (setting.first > 1) forkAs(k, parent, setting.first);
  const first = findTask(store, k.initPidNs, setting.first)!;
  const home = store.read(store.read(k.fs.root)!.entries.at(HOME.slice(1)))!;
  setCwd(store, first, home);
  if (setting.output === 'file') openOutput(k, first);
  for (const fd of setting.inherited) installOutside(store, first, fd);
  if (setting.detached) detach(k, first);
  if (setting.ignoresSigpipe) setAction(store, first, SIGPIPE, { ...DEFAULT_ACTION, handler: SIG_IGN });
  if (first !== init) setAction(store, init, SIGCHLD, { ...DEFAULT_ACTION, handler: SIG_IGN });
  return k;
}

/** Forks a task that gets the number `pid`. */
function forkAs(k: Kernel, parent: Task, pid: number): Task {
  const { machine } = k;
  machine.store.write(k.initPidNs.lastPid, pid - 1);
  machine.store.write(parent.frame, Frame.begin(invoke(k, parent, 'clone', [SIGCHLD, null, null, null, null, null])));
  while (machine.store.peek(parent.frame) !== null) machine.step(parent);
  return findTask(machine.store, k.initPidNs, pid)!;
}

function shrink(k: Kernel): void {
  const { store } = k.machine;
  const set = (name: string, ...values: bigint[]): void =>
    void ipcSysctls(k).get(name)!.write(store, k, k.initIpcNs, values);
  set('msgmni', 32n);
  set('shmmni', 32n);
  set('sem', 32n, 1024n, 32n, 16n);
}

/** Puts a task into a group and session without a number. */
function detach(k: Kernel, task: Task): void {
  const { store } = k.machine;
  const outside = store.create(Pid, { upids: [] });
  const process = store.read(task.process)!;
  leaveGroups(store, process, task);
  store.write(process.group, outside);
  groupMembers.append(store, outside, task);
  store.write(process.session, outside);
  sessionMembers.append(store, outside, task);
}

/** Opens /dev/null for reading as descriptor 0 and a file as 1 and 2. */
function openOutput(k: Kernel, task: Task): void {
  const { machine } = k;
  const run = (name: string, ...args: (string | number)[]): void => {
    machine.store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    while (machine.store.peek(task.frame) !== null) machine.step(task);
  };
  run('close', 0);
  run('open', '/dev/null', O_RDONLY);
  run('close', 1);
  run('open', '/recorded.out', O_WRONLY | O_CREAT | O_TRUNC, 0o644);
  run('dup2', 1, 2);
}
