// Which variables a program may still read: backward flow analysis. The explorer drops the values of all others, so that two
// runs which differ only in what nobody will look at are one state.
// Assumed of the interpreter: a call assigns its variable whatever it returns; a name in an argument that the kernel fills in
// takes what is there if it has no value, and is compared if it has; a child starts with a copy of its parent's variables; a
// handler runs at any point of any program and sees the variables of the task that it interrupts.

import { constants } from '../../kernel-sim/abi/constants.ts';
import type { Call, Expr, Program, Repeat, Statement } from './ast.ts';
import { childProgram } from './program-reference.ts';
import { assigned, expressionsOf, namesIn, references, statementsOf } from './walk.ts';

/** The variables that may still be read at each point of a program. */
export type Liveness = {
  readonly atStart: ReadonlySet<string>;
  /** Before and while a call is made; for a block, before its count is evaluated. */
  readonly before: ReadonlyMap<Statement, ReadonlySet<string>>;
  /** After a call has returned and its result was compared; for a block, after its last round. */
  readonly after: ReadonlyMap<Statement, ReadonlySet<string>>;
};

type Names = ReadonlySet<string>;

/** What the analysis knows while it runs. */
type Known = {
  readonly programs: ReadonlyMap<string, Program>;
  /** Every name that may be a variable somewhere. */
  readonly variables: Names;
  /** What each program reads before it writes it, as far as is known. */
  readonly atStart: Map<string, Names>;
  /** What handlers read, and so is live at any point of any program. */
  everywhere: Names;
  /** What the body of each block reads before it writes it, under the two assumptions above. */
  readonly rounds: Map<Repeat, Names>;
};

type Sink = { readonly before: Map<Statement, Names>; readonly after: Map<Statement, Names> };

const none: Names = new Set();

/** Liveness in one program that starts no other and has no handlers: the variables live after each statement. */
export function liveAfter(program: Program): ReadonlyMap<Statement, ReadonlySet<string>> {
  return liveness(new Map([[program.name, program]])).get(program.name)!.after;
}

/** Liveness in all programs of a scenario, by program name. */
export function liveness(programs: ReadonlyMap<string, Program>): ReadonlyMap<string, Liveness> {
  const known = settle(programs);
  return new Map(
    [...programs].map(([name, { statements }]) => {
      const before = new Map<Statement, Names>();
      const after = new Map<Statement, Names>();
      return [name, { atStart: flowBlock(statements, known.everywhere, known, { before, after }), before, after }];
    }),
  );
}

/** Iterates until it is known what each program reads. */
function settle(programs: ReadonlyMap<string, Program>): Known {
  const handlers = handlersOf(programs);
  const order = childrenFirst(programs);
  const known: Known = {
    programs,
    variables: variablesOf(programs),
    atStart: new Map(),
    everywhere: none,
    rounds: new Map(),
  };
  for (let settled = false; !settled; ) {
    known.rounds.clear();
    settled = true;
    for (const name of order) {
      const names = flowBlock(programs.get(name)!.statements, known.everywhere, known);
      settled &&= names.size === known.atStart.get(name)?.size;
      known.atStart.set(name, names);
    }
    known.everywhere = handlers.reduce((names, handler) => union(names, known.atStart.get(handler)!), none);
  }
  return known;
}

/** What calls assign, and what is neither a constant nor a program: the kernel may fill that in. */
function variablesOf(programs: ReadonlyMap<string, Program>): Names {
  const variables = new Set<string>();
  for (const program of programs.values()) {
    for (const name of namesIn(program)) if (!constants.has(name) && !programs.has(name)) variables.add(name);
    for (const name of assigned(program)) variables.add(name);
  }
  return variables;
}

/** The programs that some program names other than to start a child: they may run at any time. */
function handlersOf(programs: ReadonlyMap<string, Program>): string[] {
  const handlers = new Set<string>();
  for (const { statements } of programs.values()) {
    for (const statement of statementsOf(statements)) {
      if (statement.kind !== 'call') continue;
      const child = childProgram(statement);
      for (const reference of statement.args.flatMap((arg) => [...references(arg)])) {
        if (reference !== child && programs.has(reference.name)) handlers.add(reference.name);
      }
    }
  }
  return [...handlers];
}

/** The programs, each after those that it starts children with, so that one round settles all but cycles. */
function childrenFirst(programs: ReadonlyMap<string, Program>): string[] {
  const seen = new Set<string>();
  const ordered: string[] = [];
  const pending = [...programs.keys()].reverse().map((name) => ({ name, entered: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { name, entered } = next;
    if (entered) ordered.push(name);
    if (entered || seen.has(name)) continue;
    seen.add(name);
    pending.push({ name, entered: true });
    for (const statement of statementsOf(programs.get(name)!.statements)) {
      const child = statement.kind === 'call' ? childProgram(statement)?.name : undefined;
      if (child !== undefined && programs.has(child)) pending.push({ name: child, entered: false });
    }
  }
  return ordered;
}

/** What is live before a block of statements, given what is live after it. */
function flowBlock(statements: readonly Statement[], after: Names, known: Known, sink?: Sink): Names {
  let live = after;
  for (const statement of statements.toReversed()) {
    sink?.after.set(statement, live);
    live = statement.kind === 'call' ? flowCall(statement, live, known) : flowRepeat(statement, live, known, sink);
    sink?.before.set(statement, live);
  }
  return live;
}

function flowCall(call: Call, after: Names, known: Known): Names {
  const child = childProgram(call)?.name;
  const inherited = child === undefined ? none : (known.atStart.get(child) ?? none);
  const read = union(namesOf(expressionsOf(call), known), union(inherited, known.everywhere));
  return union(without(after, call.bind), read);
}

/** After its last statement a body either ends or starts again, and then needs what it reads before it writes it. */
function flowRepeat(repeat: Repeat, after: Names, known: Known, sink?: Sink): Names {
  let round = known.rounds.get(repeat);
  if (round === undefined) {
    round = flowBlock(repeat.body, known.everywhere, known);
    known.rounds.set(repeat, round);
  }
  const body = flowBlock(repeat.body, union(after, round), known, sink);
  return union(union(namesOf([repeat.count], known), after), body);
}

function namesOf(exprs: readonly Expr[], known: Known): Names {
  const names = new Set<string>();
  for (const expr of exprs) for (const { name } of references(expr)) if (known.variables.has(name)) names.add(name);
  return names;
}

/** Both sets; one of them itself when it holds the other, since most statements change nothing. */
function union(a: Names, b: Names): Names {
  const missing = [...b].filter((name) => !a.has(name));
  if (missing.length === 0) return a;
  return missing.length + a.size === b.size ? b : new Set([...a, ...missing]);
}

function without(names: Names, name: string | undefined): Names {
  return name === undefined || !names.has(name) ? names : new Set([...names].filter((other) => other !== name));
}
