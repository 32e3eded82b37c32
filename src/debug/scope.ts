/**
 * What names mean in the debugger's expressions: the kernel's own objects, the task looked at and its program's variables, and at a
 * stop the call that is under way or has just returned.
 */

import { errnoNames } from '../kernel-sim/abi/errno.ts';
import { slotOfId } from '../kernel-sim/ipc/ids.ts';
import { idsOf } from '../kernel-sim/ipc/namespace.ts';
import type { IpcKind } from '../kernel-sim/ipc/object.ts';
import type { Remark } from '../kernel-sim/machine/note.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { findPid, findTask, numberIn } from '../kernel-sim/pid/pid.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Debuggee } from './debuggee.ts';
import { ABSENT, type Found, type Scope } from './expression/evaluate.ts';
import { viewOf } from './view.ts';

/** What is looked at, and by whom. */
interface Look {
  readonly debuggee: Debuggee;
  readonly tx: Transaction;
  readonly focus: Task | null;
}

/** A name, or a function of one argument, and what it stands for. */
export interface Meaning {
  readonly usage: string;
  readonly about: string;
}

interface NameMeaning extends Meaning {
  find(look: Look): unknown;
}

interface FunctionMeaning extends Meaning {
  /** A text says what is wrong with the argument. */
  find(look: Look, argument: unknown): { readonly value: unknown } | string;
}

const ofFocus =
  (find: (look: Look, focus: Task) => unknown) =>
  (look: Look): unknown =>
    look.focus === null ? ABSENT : find(look, look.focus);

function numberOf({ tx, debuggee }: Look, task: Task | null): unknown {
  const pid = task === null ? null : tx.read(task.pid);
  return pid === null ? ABSENT : numberIn(tx, pid, debuggee.k.initPidNs);
}

/** What the task looked at said of its call in the step that led here. */
function returned({ debuggee, focus }: Look): Remark | undefined {
  const { timeline, position } = debuggee.session;
  return timeline.notes(position).find((note): note is Remark => note.type === 'call.exit' && note.task === focus);
}

function resultOf(look: Look): unknown {
  const outcome = returned(look)?.outcome as { ok: boolean; value?: { value: unknown }; errno?: string } | undefined;
  if (outcome === undefined) return ABSENT;
  return outcome.ok ? outcome.value?.value : -1;
}

const names: Readonly<Record<string, NameMeaning>> = {
  tid: { usage: 'tid', about: 'number of the task looked at', find: ofFocus(numberOf) },
  pid: {
    usage: 'pid',
    about: 'number of its process',
    find: ofFocus((look, focus) => {
      const process = look.tx.read(focus.process);
      return process === null ? ABSENT : numberOf(look, look.tx.read(process.leader));
    }),
  },
  ppid: {
    usage: 'ppid',
    about: 'number of its parent',
    find: ofFocus((look, focus) => numberOf(look, look.tx.read(focus.parent))),
  },
  self: { usage: 'self', about: 'the task looked at itself', find: ofFocus((_look, focus) => focus) },
  label: {
    usage: 'label',
    about: 'its name, "restorer/2"',
    find: ofFocus(({ debuggee }, focus) => debuggee.labelOf(focus)),
  },
  program: {
    usage: 'program',
    about: 'the program it runs',
    find: ofFocus(({ debuggee }, focus) => debuggee.pointOf(focus)?.code.name ?? ABSENT),
  },
  line: {
    usage: 'line',
    about: 'the line of the scenario it is at',
    find: ofFocus(({ debuggee }, focus) => debuggee.pointOf(focus)?.line ?? ABSENT),
  },
  call: {
    usage: 'call',
    about: 'the call it is in',
    find: ofFocus(({ tx }, focus) => tx.read(focus.frame)?.call.name ?? ABSENT),
  },
  args: {
    usage: 'args',
    about: 'the arguments of that call, args[0] the first',
    find: (look) => ofFocus(({ tx }, focus) => tx.read(focus.frame)?.call.args)(look) ?? returned(look)?.args ?? ABSENT,
  },
  effect: {
    usage: 'effect',
    about: 'what its next step does',
    find: ofFocus(({ tx }, focus) => tx.read(focus.frame)?.next?.op.name ?? ABSENT),
  },
  result: { usage: 'result', about: 'what the call that has just returned gave, -1 for an error', find: resultOf },
  errno: {
    usage: 'errno',
    about: 'its errno: errno == EAGAIN',
    find: (look) => (returned(look)?.outcome as { errno?: string } | undefined)?.errno ?? ABSENT,
  },
  step: { usage: 'step', about: 'how many steps led here', find: ({ debuggee }) => debuggee.session.position },
  now: { usage: 'now', about: 'the virtual clock, in ns', find: ({ debuggee }) => debuggee.k.machine.clock.now },
  pidmap: { usage: 'pidmap[N]', about: 'whether a pid is taken', find: ({ debuggee }) => debuggee.k.initPidNs.map },
  last_pid: {
    usage: 'last_pid',
    about: 'the pid given out last',
    find: ({ debuggee }) => debuggee.k.initPidNs.lastPid,
  },
  pid_ns: { usage: 'pid_ns', about: 'the initial pid namespace', find: ({ debuggee }) => debuggee.k.initPidNs },
  ipc_ns: { usage: 'ipc_ns', about: 'the initial IPC namespace', find: ({ debuggee }) => debuggee.k.initIpcNs },
  system: {
    usage: 'system',
    about: 'limits and counts of the whole system',
    find: ({ debuggee }) => debuggee.k.system,
  },
};

/** Names that are cells of their own; a number among the others is a number. */
const places: ReadonlySet<string> = new Set(['now', 'last_pid']);

const object =
  (kind: IpcKind): FunctionMeaning['find'] =>
  ({ tx, debuggee, focus }, id) => {
    if (typeof id !== 'number') return `${kind}(ID) takes a number`;
    const ns = (focus === null ? null : tx.read(focus.ipcNs)) ?? debuggee.k.initIpcNs;
    return { value: tx.read(idsOf(tx, ns, kind).slots.at(slotOfId(id))) };
  };

const functions: Readonly<Record<string, FunctionMeaning>> = {
  task: {
    usage: 'task(5000), task("restorer/2")',
    about: 'a task by its number or its name; NULL when there is none',
    find: ({ tx, debuggee }, which) => {
      if (typeof which === 'string') return { value: debuggee.find(which) ?? null };
      return typeof which === 'number'
        ? { value: findTask(tx, debuggee.k.initPidNs, which) }
        : 'task() takes a number or a name';
    },
  },
  pid: {
    usage: 'pid(5000)',
    about: 'the struct pid that a number stands for',
    find: ({ tx, debuggee }, number) =>
      typeof number === 'number' ? { value: findPid(tx, debuggee.k.initPidNs, number) } : 'pid() takes a number',
  },
  msg: { usage: 'msg(ID)', about: 'a message queue', find: object('msg') },
  sem: { usage: 'sem(ID)', about: 'a semaphore set', find: object('sem') },
  shm: { usage: 'shm(ID)', about: 'a shared memory segment', find: object('shm') },
  fd: {
    usage: 'fd(3)',
    about: 'the open file behind a descriptor of the task looked at',
    find: ({ tx, focus }, fd) => {
      if (typeof fd !== 'number') return 'fd() takes a number';
      const files = focus === null ? null : tx.read(focus.files);
      return { value: files === null ? null : tx.read(files.slots.at(fd)) };
    },
  },
};

const errnos: ReadonlySet<string> = new Set(errnoNames);

/** Everything that has a meaning in an expression, for help and completion. */
export const meanings: readonly Meaning[] = [...Object.values(names), ...Object.values(functions)];
export const meaningfulNames: readonly string[] = [
  ...Object.keys(names),
  ...Object.keys(functions).map((name) => `${name}(`),
];

/**
 * The scope of expressions in the present state.
 *
 * @param focus whose numbers, variables and descriptors are meant
 * @param onRead is told of each cell that was read
 */
export function scopeOf(debuggee: Debuggee, focus: Task | null, onRead: (cell: number) => void = () => {}): Scope {
  const tx = viewOf(debuggee.k.machine.store, onRead);
  const look: Look = { debuggee, tx, focus };
  const read = (cell: number): unknown => tx.read(cell as never);
  const variable = (name: string): Found | undefined => {
    const context = focus === null ? undefined : debuggee.pointOf(focus)?.context;
    const variables = context === undefined ? {} : tx.read(context.variables);
    if (Object.hasOwn(variables, name)) return { value: variables[name] };
    return debuggee.scenario.params.has(name) ? { value: debuggee.scenario.params.get(name) } : undefined;
  };
  return {
    read,
    variable,
    name: (name) => {
      if (Object.hasOwn(names, name)) {
        const value = names[name]?.find(look);
        return places.has(name) ? { value: read(value as number), cell: value as number } : { value };
      }
      if (errnos.has(name)) return { value: name };
      const known = variable(name);
      if (known !== undefined) return known;
      const task = debuggee.find(name);
      return task === undefined ? undefined : { value: task };
    },
    apply: (callee, args) => {
      const meaning = Object.hasOwn(functions, callee) ? functions[callee] : undefined;
      if (meaning === undefined) return undefined;
      return args.length === 1 ? meaning.find(look, args[0]) : `${callee}() takes one argument`;
    },
    names: [...Object.keys(names), ...Object.keys(functions)],
  };
}
