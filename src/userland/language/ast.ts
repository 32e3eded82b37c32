// Programs as data: what a task runs, in strace syntax (strace(1)), as a tree. Programs of scenario files, plans of the
// restorer and lines of recorded traces all have this one shape.
// Left out on purpose: branches. A program is a straight list of calls with counted repetition; what differs between two
// runs of it is the schedule and the kernel's answers.

import type { ErrnoName } from '../../kernel-sim/abi/errno.ts';

/** Where a node stands: offset and length in the program's own text, line and column (both from 1) in its file. */
export type Span = {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
};

/** Where a program's text begins in its file; every line of it is indented by `column` - 1. */
export type Origin = { readonly file: string; readonly line: number; readonly column: number };

/** A text together with its place in a file. */
export type Source = Origin & { readonly text: string };

/** What one task, or one signal handler, runs. */
export type Program = {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly source: Source;
};

export type Statement = Call | Repeat;

/** `bind = callee(args) = expect  # intent: …`. */
export type Call = {
  readonly kind: 'call';
  readonly bind?: string;
  readonly callee: string;
  readonly args: readonly Expr[];
  readonly expect?: Expectation;
  /** The call that a value written to next_syscall_data is meant for. */
  readonly intent?: string;
  readonly span: Span;
};

/** `repeat count { body }`; the count is evaluated once, on entry. */
export type Repeat = {
  readonly kind: 'repeat';
  readonly count: Expr;
  readonly body: readonly Statement[];
  readonly span: Span;
};

/** What the program expects a call to return: a value, `-1 ERRNO`, or `?` for anything. */
export type Expectation =
  | { readonly kind: 'value'; readonly expr: Expr }
  | { readonly kind: 'errno'; readonly errno: ErrnoName }
  | { readonly kind: 'any' };

export type Expr =
  | NumberExpr
  | StringExpr
  | NameExpr
  | SelfExpr
  | ParamExpr
  | AnyExpr
  | NullExpr
  | StructExpr
  | PredicateExpr
  | ArrayExpr
  | SignalSetExpr
  | UnaryExpr
  | BinaryExpr
  | ApplyExpr
  | AssignExpr
  | ChangeExpr;

/** `42`, `0x2a`, `052`, `-1`; a bigint when it is not a safe integer. The radix is kept for printing. */
export type NumberExpr = {
  readonly kind: 'number';
  readonly value: number | bigint;
  readonly radix: 8 | 10 | 16;
  readonly span: Span;
};

/** `"LONG1 ${pid}\n"`; `truncated` is strace's `"abc"...`: the real string goes on. */
export type StringExpr = {
  readonly kind: 'string';
  readonly parts: readonly (BytesPart | SelfExpr | ParamExpr)[];
  readonly truncated: boolean;
  readonly span: Span;
};

/** The literal part of a string, one character U+0000..U+00FF per byte. */
export type BytesPart = { readonly kind: 'bytes'; readonly bytes: string };

/** A variable, a constant such as IPC_CREAT, or the name of a program. */
export type NameExpr = { readonly kind: 'name'; readonly name: string; readonly span: Span };

/** `$pid`, `$tid`, `$ppid`: the task's own numbers as it sees them. */
export type SelfExpr = { readonly kind: 'self'; readonly which: 'pid' | 'tid' | 'ppid'; readonly span: Span };

/** `${name}`: a parameter of the scenario, else a variable. */
export type ParamExpr = { readonly kind: 'param'; readonly name: string; readonly span: Span };

/** `_`: what the kernel fills in, not compared. */
export type AnyExpr = { readonly kind: 'any'; readonly span: Span };

/** `NULL`. */
export type NullExpr = { readonly kind: 'null'; readonly span: Span };

/** `{sem_num=0, sem_op=1}`, or `{1, 2}` without names; `open` is strace's `{st_mode=…, ...}`: fields were left out. */
export type StructExpr = {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
  readonly open: boolean;
  readonly span: Span;
};

export type Field = { readonly name?: string; readonly value: Expr };

/** `{WIFEXITED(s) && WEXITSTATUS(s) == 0}`: a test of the value `s` found in its place. */
export type PredicateExpr = { readonly kind: 'predicate'; readonly test: Expr; readonly span: Span };

/** `[3, 4]`; `open` is strace's `[3, 4, ...]`: elements were left out. */
export type ArrayExpr = {
  readonly kind: 'array';
  readonly elements: readonly Expr[];
  readonly open: boolean;
  readonly span: Span;
};

/** `[USR1 RT_2]`, names without SIG; `[]` is an empty array, and `~[USR1]` a unary `~` over this. */
export type SignalSetExpr = { readonly kind: 'sigset'; readonly signals: readonly string[]; readonly span: Span };

export type UnaryOperator = '-' | '~' | '!';

export type UnaryExpr = {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expr;
  readonly span: Span;
};

export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||';

/** An operation with C's meaning and precedence, on 64-bit integers. */
export type BinaryExpr = {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
};

/** `WIFEXITED(s)`, `makedev(8, 1)`. */
export type ApplyExpr = {
  readonly kind: 'apply';
  readonly callee: string;
  readonly args: readonly Expr[];
  readonly span: Span;
};

/** `flags=CLONE_VM|SIGCHLD`: an argument with the name that strace gives it. */
export type AssignExpr = { readonly kind: 'assign'; readonly name: string; readonly value: Expr; readonly span: Span };

/** `{…} => {…}`: what went into an argument and what the kernel left there. */
export type ChangeExpr = { readonly kind: 'change'; readonly before: Expr; readonly after: Expr; readonly span: Span };
