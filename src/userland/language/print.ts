// Writes programs so that they read back as the same tree: the text of a plan, of an imported scenario, of a shrunk one.
// Comments of the original and its line breaks inside a call are gone; parentheses stand only where precedence needs them.

import type { BytesPart, Call, Expectation, Expr, Field, Program, Statement } from './ast.ts';
import { precedences } from './parse-expression.ts';

const unaryPrecedence = 11;

/** The text of a program, every line ended by a newline. */
export function printProgram(program: Program): string {
  return program.statements.map((statement) => printStatement(statement, '')).join('');
}

/** The text of one statement, every line ended by a newline and begun by `indent`. */
export function printStatement(statement: Statement, indent: string): string {
  if (statement.kind === 'call') return `${indent}${printCall(statement)}\n`;
  const body = statement.body.map((inner) => printStatement(inner, `${indent}  `)).join('');
  return `${indent}repeat ${printExpr(statement.count)} {\n${body}${indent}}\n`;
}

/** The text of one call, on one line. */
export function printCall(call: Call): string {
  const bind = call.bind === undefined ? '' : `${call.bind} = `;
  const expect = call.expect === undefined ? '' : ` = ${printExpectation(call.expect)}`;
  const intent = call.intent === undefined ? '' : `  # intent: ${call.intent}`;
  return `${bind}${call.callee}(${call.args.map((arg) => printExpr(arg)).join(', ')})${expect}${intent}`;
}

function printExpectation(expect: Expectation): string {
  switch (expect.kind) {
    case 'any':
      return '?';
    case 'errno':
      return `-1 ${expect.errno}`;
    case 'value':
      return printExpr(expect.expr);
  }
}

/** The text of an expression; in parentheses if its operator binds more loosely than `tighterThan`. */
export function printExpr(expr: Expr, tighterThan = 0): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr.value, expr.radix);
    case 'string':
      return `"${printParts(expr.parts)}"${expr.truncated ? '...' : ''}`;
    case 'name':
      return expr.name;
    case 'self':
      return `$${expr.which}`;
    case 'param':
      return `\${${expr.name}}`;
    case 'any':
      return '_';
    case 'null':
      return 'NULL';
    case 'struct':
      return `{${list(expr.fields.map(printField), expr.open)}}`;
    case 'predicate':
      return `{${printExpr(expr.test)}}`;
    case 'array':
      return `[${list(
        expr.elements.map((element) => printExpr(element)),
        expr.open,
      )}]`;
    case 'sigset':
      return `[${expr.signals.join(' ')}]`;
    case 'unary':
      return `${expr.operator}${printOperand(expr.operand)}`;
    case 'binary': {
      const precedence = precedences.get(expr.operator)!;
      const space = expr.operator === '|' ? '' : ' ';
      const text = `${printExpr(expr.left, precedence)}${space}${expr.operator}${space}${printExpr(expr.right, precedence + 1)}`;
      return precedence < tighterThan ? `(${text})` : text;
    }
    case 'apply':
      return `${expr.callee}(${expr.args.map((arg) => printExpr(arg)).join(', ')})`;
    case 'assign':
      return `${expr.name}=${printExpr(expr.value)}`;
    case 'change':
      return `${printExpr(expr.before)} => ${printExpr(expr.after)}`;
  }
}

/** A minus before a literal would become a part of it, and so it gets parentheses. */
function printOperand(operand: Expr): string {
  return operand.kind === 'number' ? `(${printExpr(operand)})` : printExpr(operand, unaryPrecedence);
}

function printField(field: Field): string {
  return field.name === undefined ? printExpr(field.value) : `${field.name}=${printExpr(field.value)}`;
}

function list(items: readonly string[], open: boolean): string {
  return [...items, ...(open ? ['...'] : [])].join(', ');
}

function printNumber(value: number | bigint, radix: 8 | 10 | 16): string {
  const prefix = { 8: '0', 10: '', 16: '0x' }[radix];
  return value < 0 ? `-${prefix}${(-value).toString(radix)}` : `${prefix}${value.toString(radix)}`;
}

function printParts(parts: readonly (BytesPart | Expr)[]): string {
  return parts
    .map((part, i) =>
      part.kind === 'bytes' ? escapeBytes(part.bytes, parts[i - 1]?.kind === 'self') : printExpr(part),
    )
    .join('');
}

const named: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['$', '\\$'],
]);

/**
 * Bytes as strace prints them, in octal where C has no letter for them; a dollar sign that stays one; and behind `$tid` a
 * letter that does not become a part of that name.
 */
function escapeBytes(bytes: string, afterName: boolean): string {
  return bytes.replace(/^\w|["\\$]|[^ -~]/g, (byte, offset: number) => {
    if (/\w/.test(byte) && !afterName) return byte;
    const short = named.get(byte);
    if (short !== undefined) return short;
    const octal = byte.charCodeAt(0).toString(8);
    return `\\${/[0-7]/.test(bytes[offset + 1] ?? '') ? octal.padStart(3, '0') : octal}`;
  });
}
