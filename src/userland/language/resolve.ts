// Looks up the names in the programs of one scenario: variables, programs, parameters, constants. What is unknown is a mistake
// with a place and, where a known name is near, a suggestion.
// A variable that some program binds is known to all: children and handlers see what their parent and their task have bound.

import { constants } from '../../kernel-sim/abi/constants.ts';
import type { Call, Expr, NameExpr, ParamExpr, Program, Span } from './ast.ts';
import { type Diagnostic, diagnosticAt } from './diagnostic.ts';
import { childProgram, createsTask } from './program-reference.ts';
import { didYouMean } from './suggest.ts';
import { expressionsOf, references, statementsOf } from './walk.ts';

/** What a name may stand for. */
type Scope = {
  readonly variables: ReadonlySet<string>;
  readonly programs: ReadonlySet<string>;
  readonly params: ReadonlySet<string>;
};

type Report = (span: Span, message: string) => void;

/** What is wrong with the names in each of a scenario's programs, by program, in the order of their lines. */
export function resolveNames(programs: readonly Program[], params: Iterable<string>): Map<string, Diagnostic[]> {
  const scope: Scope = {
    variables: new Set(programs.flatMap(bindings)),
    programs: new Set(programs.map(({ name }) => name)),
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

function bindings({ statements }: Program): string[] {
  return [...statementsOf(statements)].flatMap((one) =>
    one.kind === 'call' && one.bind !== undefined ? [one.bind] : [],
  );
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
