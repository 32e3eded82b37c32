// Looks up the names in the programs of one scenario: variables, programs, parameters, constants. What is unknown is a mistake
// with a place and, where a known name is near, a suggestion.
// A variable that some program assigns is known to all: children and handlers see what their parent and their task have.

import { constants } from '../../kernel-sim/abi/constants.ts';
import type { Call, Expr, NameExpr, ParamExpr, Program, Span } from './ast.ts';
import { type Diagnostic, diagnosticAt } from './diagnostic.ts';
import { childProgram, createsTask } from './program-reference.ts';
import { didYouMean } from './suggest.ts';
import { assigned, expressionsOf, placeholders, references, statementsOf } from './walk.ts';

/** Whether the kernel fills in an argument of a call, counted from 0: names there take what it leaves. */
export type FillsIn = (call: string, argument: number) => boolean;

/** The siginfo of the signal that a handler runs for. */
const handlerVariables = ['siginfo'];

/** What a name may stand for. */
type Scope = {
  readonly variables: ReadonlySet<string>;
  readonly programs: ReadonlySet<string>;
  readonly params: ReadonlySet<string>;
};

type Report = (span: Span, message: string) => void;

/** What is wrong with the names in each of a scenario's programs, by program, in the order of their lines. */
export function resolveNames(
  programs: readonly Program[],
  params: Iterable<string>,
  fillsIn: FillsIn,
): Map<string, Diagnostic[]> {
  const names = new Set(programs.map(({ name }) => name));
  const filled = programs.flatMap((program) => [...filledIn(program, fillsIn)]);
  const scope: Scope = {
    variables: new Set([
      ...programs.flatMap((program) => [...assigned(program)]),
      ...filled.filter((name) => !constants.has(name) && !names.has(name)),
      ...handlerVariables,
    ]),
    programs: names,
    params: new Set(params),
  };
  const mistakes = new Map<string, Diagnostic[]>();
  for (const program of programs) {
    const diagnostics: Diagnostic[] = [];
    const report: Report = (span, message) => diagnostics.push(diagnosticAt(program.source, span, message));
    for (const statement of statementsOf(program.statements)) {
      if (statement.kind === 'call') resolveCall(statement, scope, report);
      else resolveExpr(statement.count, scope, report);
    }
    if (diagnostics.length > 0) mistakes.set(program.name, diagnostics);
  }
  return mistakes;
}

/** The names that stand where the kernel fills something in, as r and w in pipe([r, w]). */
function* filledIn({ statements }: Program, fillsIn: FillsIn): Generator<string> {
  for (const statement of statementsOf(statements)) {
    if (statement.kind !== 'call') continue;
    for (const [i, arg] of statement.args.entries()) {
      if (fillsIn(statement.callee, i)) for (const { name } of placeholders(arg)) yield name;
    }
  }
}

function resolveCall(call: Call, scope: Scope, report: Report): void {
  if (call.bind !== undefined && (constants.has(call.bind) || call.bind === 'NULL')) {
    report({ ...call.span, length: call.bind.length }, `"${call.bind}" is a constant and cannot be assigned`);
  }
  const child = childProgram(call);
  if (createsTask(call) && child === undefined && call.args.length < 1) {
    report(call.span, `${call.callee} needs the name of the program that the child runs`);
  }
  for (const expr of expressionsOf(call)) {
    if (expr === child) resolveProgram(child, scope, report);
    else resolveExpr(expr, scope, report);
  }
}

function resolveProgram({ name, span }: NameExpr, { programs }: Scope, report: Report): void {
  if (!programs.has(name)) report(span, `unknown program "${name}"${didYouMean(name, programs)}`);
}

function resolveExpr(expr: Expr, scope: Scope, report: Report): void {
  for (const reference of references(expr)) {
    if (reference.kind === 'param') resolveParam(reference, scope, report);
    else resolveName(reference, scope, report);
  }
}

function resolveParam({ name, span }: ParamExpr, { params, variables }: Scope, report: Report): void {
  if (params.has(name) || variables.has(name)) return;
  report(span, `unknown parameter "${name}"${didYouMean(name, [...params, ...variables])}`);
}

function resolveName({ name, span }: NameExpr, { params, programs, variables }: Scope, report: Report): void {
  if (variables.has(name) || programs.has(name) || constants.has(name)) return;
  const hint = params.has(name)
    ? `; the parameter is written \${${name}}`
    : didYouMean(name, [...variables, ...programs, ...constants.keys()]);
  report(span, `unknown name "${name}"${hint}`);
}
