/** A program under construction: calls with remarks between them. */

import type { Call, Expectation, Expr, Program } from '../../userland/language/ast.ts';
import { printStatement } from '../../userland/language/print.ts';
import { nowhere, number } from './syntax.ts';

/** What else there is to say of a call. */
export interface Details {
  /** The variable that takes the result. */
  readonly bind?: string;
  /** What it has to return: a number, an expression, or anything; 0 when nothing is said. */
  readonly expect?: number | Expr | 'anything';
  /** What a value armed here is meant for. */
  readonly intent?: string;
}

/** A planned program: its calls, and the remarks for people that stand before some of them. */
export interface PlannedProgram {
  readonly program: Omit<Program, 'statements'> & { readonly statements: readonly Call[] };
  /** One line on whose program it is. */
  readonly about: string;
  /** Remarks by the index of the statement that they precede. */
  readonly remarks: ReadonlyMap<number, string>;
  /** Every variable that it, or somebody that it creates, may look at. */
  readonly variables: ReadonlySet<string>;
}

export class Script {
  readonly #calls: Call[] = [];
  readonly #remarks = new Map<number, string>();
  readonly #locals = new Set<string>();
  #remark: string | null = null;

  /** Says something to readers, before the next call if there is one. */
  say(remark: string): this {
    this.#remark = remark;
    return this;
  }

  /** Adds a call. */
  call(callee: string, args: readonly Expr[], { bind, expect = 0, intent }: Details = PLAIN): this {
    if (this.#remark !== null) this.#remarks.set(this.#calls.length, this.#remark);
    this.#remark = null;
    const call: Call = { kind: 'call', callee, args, expect: expectation(expect), span: nowhere };
    if (bind === undefined && intent === undefined) this.#calls.push(call);
    else this.#calls.push({ ...call, ...(bind !== undefined && { bind }), ...(intent !== undefined && { intent }) });
    return this;
  }

  /** Says that it looks at a variable of its own. */
  local(variable: string): this {
    this.#locals.add(variable);
    return this;
  }

  /** What was written so far, as the program `name`. */
  finish(name: string, about: string, variables: ReadonlySet<string> = NONE): PlannedProgram {
    return {
      variables: this.#locals.size === 0 ? variables : new Set([...variables, ...this.#locals]),
      program: { name, statements: this.#calls, source: { file: 'plan', line: 1, column: 1, text: '' } },
      about,
      remarks: this.#remarks,
    };
  }
}

const NONE: ReadonlySet<string> = new Set();
const PLAIN: Details = {};
const ANYTHING: Expectation = { kind: 'any' };
const SUCCESS: Expectation = { kind: 'value', expr: number(0) };

function expectation(expect: NonNullable<Details['expect']>): Expectation {
  if (expect === 'anything') return ANYTHING;
  if (expect === 0) return SUCCESS;
  return { kind: 'value', expr: typeof expect === 'number' ? number(expect) : expect };
}

/** The text of a planned program with its remarks, every line begun by `indent`. */
export function printPlanned({ program, remarks }: PlannedProgram, indent: string): string {
  return program.statements
    .map((statement, at) => {
      const remark = remarks.get(at);
      return (remark === undefined ? '' : `${indent}# ${remark}\n`) + printStatement(statement, indent);
    })
    .join('');
}
