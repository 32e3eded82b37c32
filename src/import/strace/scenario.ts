/**
 * Makes a scenario of a recording: one program for each task, one for each handler, recorded results as expectations, and the order in
 * which the calls of different tasks began as constraints.
 *
 * The scenario's pid 1 sets ns_last_pid, so that tasks get the numbers they had. Left out, and counted: calls that thaw does not model,
 * calls that were made again after a signal (programs do that by themselves), and what a handler did after its first time.
 */

import { isRestart } from '../../kernel-sim/abi/errno.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { printExpr } from '../../userland/language/print.ts';
import { argumentTexts } from './argument-text.ts';
import { type Handlers, HandlerTable } from './handlers.ts';
import type { RecordedCall, RecordedEvent, Recording } from './recording.ts';

/** A scenario file's text, and how many calls are not in it. */
export interface ImportedScenario {
  readonly text: string;
  readonly calls: number;
  readonly leftOut: number;
}

/** A program under way: its lines, and how often it has made each call. */
interface Draft {
  readonly name: string;
  readonly lines: string[];
  readonly made: Map<string, number>;
}

const MAX_CONSTRAINTS = 2000;

export function toScenario(recording: Recording): ImportedScenario {
  return new Writer(recording).write();
}

class Writer {
  readonly #recording: Recording;
  readonly #drafts = new Map<number, Draft>();
  readonly #handlers: HandlerTable;
  readonly #order: { program: string; point: string }[] = [];
  #calls = 0;
  #leftOut = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#handlers = new HandlerTable(recording.events);
  }

  write(): ImportedScenario {
    const { events, file } = this.#recording;
    for (const [i, event] of events.entries()) if (event.kind === 'enter') this.#add(event, event.call, i);
    const first = events[0]!.task;
    const text = [
      `title: ${JSON.stringify(`What strace saw of ${file.slice(file.lastIndexOf('/') + 1)}`)}`,
      'kernel:',
      '  profile: 6.x',
      'programs:',
      ...this.#program('init', initLines(first)),
      ...[...this.#handlers.programs()].flatMap(({ name, calls }) => this.#program(name, this.#handlerLines(calls))),
      ...[...this.#drafts.values()].flatMap(({ name, lines }) => this.#program(name, lines)),
      ...this.#schedule(),
      '',
    ].join('\n');
    return { text, calls: this.#calls, leftOut: this.#leftOut };
  }

  #draft(task: number): Draft {
    let draft = this.#drafts.get(task);
    if (draft === undefined) {
      draft = { name: `task_${task}`, lines: [], made: new Map() };
      this.#drafts.set(task, draft);
    }
    return draft;
  }

  #add(event: RecordedEvent, call: RecordedCall, index: number): void {
    const draft = this.#draft(event.task);
    this.#calls += 1;
    if (this.#handlers.isInHandler(index)) return;
    const line = lineOf(call, this.#handlers);
    if (line === null || this.#isMadeAgain(call)) {
      this.#leftOut += 1;
      return;
    }
    draft.lines.push(line.text);
    const made = (draft.made.get(line.callee) ?? 0) + 1;
    draft.made.set(line.callee, made);
    if (isAnchor(call)) this.#order.push({ program: draft.name, point: `${draft.name}@${line.callee}#${made}` });
    if (line.child !== null) this.#draft(line.child);
  }

  /** Whether the program will make the call again by itself, as the kernel has it after a signal. */
  #isMadeAgain({ result }: RecordedCall): boolean {
    return result.kind === 'errno' && isRestart(result.errno);
  }

  #handlerLines(calls: readonly RecordedCall[]): string[] {
    return calls.flatMap((call) => lineOf(call, this.#handlers)?.text ?? []);
  }

  #program(name: string, lines: readonly string[]): string[] {
    if (lines.length === 0) return [`  ${name}: ${name.startsWith('task_') ? 'pause()' : 'getpid()'}`]; // it only waited
    return [`  ${name}: |`, ...lines.map((line) => `    ${line}`)];
  }

  /** The order in which calls began, wherever one task follows another. */
  #schedule(): string[] {
    const constraints: string[] = [];
    for (const [i, { program, point }] of this.#order.entries()) {
      const before = this.#order[i - 1];
      if (before === undefined || before.program === program) continue;
      constraints.push(`  - ${before.point} before ${point}`);
      if (constraints.length === MAX_CONSTRAINTS) break;
    }
    return constraints.length === 0 ? [] : ['schedule:', ...constraints];
  }
}

/** Families whose calls do something to the kernel's state when they succeed; a schedule can name no other. */
const ANCHORING: ReadonlySet<string> = new Set(['process', 'wait', 'sysvipc', 'signals', 'sessions', 'descriptors']);
const EFFECTLESS = /^(set_robust_list|set_tid_address|rseq)$/;

/** Whether the order of a call can be pinned: a constraint waits for the first effect of a call, and a failing one may have none. */
const isAnchor = ({ name, result }: RecordedCall): boolean =>
  (result.kind === 'value' || /^exit(_group)?$/.test(name)) &&
  !EFFECTLESS.test(name) &&
  ANCHORING.has(syscalls.get(name)?.family ?? '');

/** Pid 1: chooses the number of the first task, makes it and waits for every orphan. */
const initLines = (first: number): string[] => [
  'last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY)',
  `write(last, "${first - 1}", ${String(first - 1).length})`,
  'close(last)',
  `fork(task_${first}) = ${first}`,
  `wait4(${first}, _, 0, NULL) = ${first}`,
];

interface CallLine {
  readonly text: string;
  readonly callee: string;
  /** The number of the child that it makes. */
  readonly child: number | null;
}

/** A call as a line of a program; null when it has no place in one. */
function lineOf(call: RecordedCall, handlers: Handlers): CallLine | null {
  const { name, result } = call;
  if (name === 'rt_sigreturn' || name === 'execve' || call.resumes !== null) return null;
  const child = /^(clone3?|v?fork)$/.test(name) && result.kind === 'value' ? Number(result.value) : null;
  if (child !== null) return forkLine(call, child);
  const syscall = syscalls.get(name);
  if (syscall === undefined || call.args === null) return null;
  const args = argumentTexts(call, syscall, (expr: Expr) => handlers.nameOf(expr) ?? printExpr(expr));
  return args === null ? null : { text: `${name}(${args.join(', ')})${expectation(call)}`, callee: name, child: null };
}

/** The flags that a C library adds and that change nothing for a program. */
const LIBRARY_FLAGS = /\|?CLONE_(CHILD_CLEARTID|CHILD_SETTID|PARENT_SETTID|SETTLS)\b/g;

function forkLine(call: RecordedCall, child: number): CallLine {
  const flags = flagsOf(call);
  const program = `task_${child}`;
  if (call.name === 'vfork') return { text: `vfork(${program}) = ${child}`, callee: 'vfork', child };
  if (flags === 'SIGCHLD') return { text: `fork(${program}) = ${child}`, callee: 'fork', child };
  return { text: `clone(${flags}, ${program}) = ${child}`, callee: 'clone', child };
}

function flagsOf({ args }: RecordedCall): string {
  const [first] = args ?? [];
  const fields = first?.kind === 'struct' ? first.fields : [];
  const named = (args ?? []).find((arg) => arg.kind === 'assign' && arg.name === 'flags');
  const flags = named ?? fields.find(({ name }) => name === 'flags')?.value;
  const signal = fields.find(({ name }) => name === 'exit_signal')?.value;
  const text = [flags, signal]
    .flatMap((expr) => (expr === undefined ? [] : [printExpr(expr.kind === 'assign' ? expr.value : expr)]))
    .filter((part) => part !== '0')
    .join('|')
    .replace(LIBRARY_FLAGS, '')
    .replace(/^\|/, '');
  return text === '' ? 'SIGCHLD' : text;
}

function expectation({ result, name }: RecordedCall): string {
  if (result.kind === 'none' || /^exit(_group)?$/.test(name)) return '';
  return result.kind === 'errno' ? ` = -1 ${result.errno}` : ` = ${result.value}`;
}
