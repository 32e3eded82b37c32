// Integer arithmetic with the range of a system call's argument: -2^63 (a long) to 2^64-1 (an unsigned long).
// Values are JavaScript numbers while they are safe integers and bigints beyond, so that each value has one form.

import type { BinaryOperator, UnaryOperator } from './ast.ts';

export type Integer = number | bigint;

const lowest = -(1n << 63n);
const highest = (1n << 64n) - 1n;

/** The one form of a value: a number when it is a safe integer. */
export function narrow(value: bigint): Integer {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Whether the value can be an argument of a system call. */
export function fits64(value: Integer): boolean {
  return value >= lowest && value <= highest;
}

/** The result of an operator on integers, or what is wrong; comparisons and logic are evaluated elsewhere. */
export function binaryInteger(
  operator: Exclude<BinaryOperator, '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'>,
  left: Integer,
  right: Integer,
): Integer | string {
  const short = typeof left === 'number' && typeof right === 'number' ? narrowResult(operator, left, right) : undefined;
  if (short !== undefined) return short;
  const result = wide(operator, BigInt(left), BigInt(right));
  if (typeof result === 'string') return result;
  return fits64(result) ? narrow(result) : `the result of ${operator} does not fit into 64 bits`;
}

/** The result where it is certain to be that of `wide`: sums that stay safe, and flags without a sign. */
function narrowResult(operator: Parameters<typeof binaryInteger>[0], left: number, right: number): number | undefined {
  if (operator === '+' && Number.isSafeInteger(left + right)) return left + right;
  if (operator === '-' && Number.isSafeInteger(left - right)) return left - right;
  const flags = left >= 0 && right >= 0 && left <= 0x7fffffff && right <= 0x7fffffff;
  if (operator === '|' && flags) return left | right;
  return operator === '&' && flags ? left & right : undefined;
}

function wide(operator: Parameters<typeof binaryInteger>[0], left: bigint, right: bigint): bigint | string {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? 'division by zero' : left / right;
    case '%':
      return right === 0n ? 'division by zero' : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return right < 0n || right > 63n ? 'a shift is by 0 to 63 bits' : left << right;
    case '>>':
      return right < 0n || right > 63n ? 'a shift is by 0 to 63 bits' : left >> right;
  }
}

/** The result of `-` or `~` on an integer, or what is wrong. */
export function unaryInteger(operator: Exclude<UnaryOperator, '!'>, operand: Integer): Integer | string {
  const result = operator === '-' ? -BigInt(operand) : ~BigInt(operand);
  return fits64(result) ? narrow(result) : `the result of ${operator} does not fit into 64 bits`;
}
