// Walks over programs: the parts of an expression, the names in it, and the calls of a program in textual order.

import type { Call, Expr, NameExpr, ParamExpr, Program, Statement } from './ast.ts';

/** The expressions directly inside an expression, from left to right. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'string':
      return expr.parts.filter((part) => part.kind !== 'bytes');
    case 'struct':
      return expr.fields.map((field) => field.value);
    case 'predicate':
      return [expr.test];
    case 'array':
      return expr.elements;
    case 'unary':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    case 'apply':
      return expr.args;
    case 'assign':
      return [expr.value];
    case 'change':
      return [expr.before, expr.after];
    default:
      return [];
  }
}

/** The names that an expression refers to, in order; `s` inside a predicate is the value under test and not one of them. */
export function* references(expr: Expr, tested = false): Generator<NameExpr | ParamExpr> {
  if (expr.kind === 'param' || (expr.kind === 'name' && !(tested && expr.name === 's'))) yield expr;
  for (const child of children(expr)) yield* references(child, tested || expr.kind === 'predicate');
}

/** The expressions of a call: its arguments, then what it is expected to return. */
export function expressionsOf(call: Call): readonly Expr[] {
  return call.expect?.kind === 'value' ? [...call.args, call.expect.expr] : call.args;
}

/** Every statement of a program in textual order, a block before its body. */
export function* statementsOf(statements: readonly Statement[]): Generator<Statement> {
  for (const statement of statements) {
    yield statement;
    if (statement.kind === 'repeat') yield* statementsOf(statement.body);
  }
}

/** The variables that a program's calls assign, in textual order. */
export function* assigned(program: Program): Generator<string> {
  for (const statement of statementsOf(program.statements)) {
    if (statement.kind === 'call' && statement.bind !== undefined) yield statement.bind;
  }
}

/** Every bare name in a program's expressions, in textual order: variables, constants and programs, not `${name}`. */
export function* namesIn(program: Program): Generator<string> {
  for (const statement of statementsOf(program.statements)) {
    const exprs = statement.kind === 'call' ? expressionsOf(statement) : [statement.count];
    for (const { kind, name } of exprs.flatMap((expr) => [...references(expr)])) if (kind === 'name') yield name;
  }
}

/** The names in an expression that can take the value in their place: those that no operator, test or function uses. */
export function* placeholders(expr: Expr): Generator<NameExpr> {
  switch (expr.kind) {
    case 'name':
      yield expr;
      break;
    case 'assign':
    case 'array':
    case 'struct':
      for (const child of children(expr)) yield* placeholders(child);
      break;
    case 'change':
      yield* placeholders(expr.after);
  }
}
