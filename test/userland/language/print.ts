import test from 'ava';
import * as fc from 'fast-check';
import { signalNumbers } from '../../../src/kernel-sim/abi/signal-name.ts';
import type { Expr, Field, Program, Statement, StringExpr } from '../../../src/userland/language/ast.ts';
import { printProgram } from '../../../src/userland/language/print.ts';
import { calls, program, withoutSpans } from './helpers/program.ts';

const span = { offset: 0, length: 0, line: 1, column: 1 };
const name = fc.constantFrom('child', 'nsd', 'worker', 'IPC_CREAT', 'repeat');
const setNames = [...signalNumbers.keys()].map((signal) => signal.slice(3));

const number = fc.record({
  kind: fc.constant('number' as const),
  value: fc.oneof(fc.integer(), fc.bigInt({ min: 1n << 53n, max: (1n << 64n) - 1n })),
  radix: fc.constantFrom(8 as const, 10 as const, 16 as const),
  span: fc.constant(span),
});

const part = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => ({
    kind: 'bytes' as const,
    bytes: String.fromCharCode(...bytes),
  })),
  fc.constantFrom('${"n"}', '$p', '\\', '"', '$').map((bytes) => ({ kind: 'bytes' as const, bytes })),
  fc.constant({ kind: 'self' as const, which: 'tid' as const, span }),
  fc.constant({ kind: 'param' as const, name: 'pid', span }),
);

const string: fc.Arbitrary<Expr> = fc
  .tuple(fc.array(part, { maxLength: 4 }), fc.boolean())
  .map(([parts, truncated]) => ({
    kind: 'string',
    parts: parts.filter((one, i) => one.kind !== 'bytes' || parts[i - 1]?.kind !== 'bytes') as StringExpr['parts'],
    truncated,
    span,
  }));

const operators = [
  '*',
  '/',
  '%',
  '+',
  '-',
  '<<',
  '>>',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  '&',
  '^',
  '|',
  '&&',
  '||',
] as const;

const { expr, argument } = fc.letrec<{ expr: Expr; argument: Expr }>((tie) => {
  const inner = tie('expr');
  const items = fc.array(tie('argument'), { maxLength: 3 });
  const named: fc.Arbitrary<Field[]> = fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'sa_handler'), inner), { selector: ([key]) => key, maxLength: 3 })
    .map((fields) => fields.map(([key, value]) => ({ name: key, value })));
  const unnamed: fc.Arbitrary<Field[]> = fc.array(
    inner.map((value) => ({ value })),
    { maxLength: 3 },
  );
  return {
    expr: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      number as fc.Arbitrary<Expr>,
      string,
      name.map((text): Expr => ({ kind: 'name', name: text, span })),
      fc.constantFrom<Expr[]>({ kind: 'any', span }, { kind: 'null', span }, { kind: 'self', which: 'ppid', span }),
      fc.constant<Expr>({ kind: 'param', name: 'n', span }),
      fc
        .array(fc.constantFrom(...setNames), { minLength: 1, maxLength: 3 })
        .map((signals): Expr => ({ kind: 'sigset', signals, span })),
      fc.tuple(items, fc.boolean()).map(([elements, open]): Expr => ({ kind: 'array', elements, open, span })),
      fc
        .tuple(fc.oneof(named, unnamed), fc.boolean())
        .map(([fields, open]): Expr => ({ kind: 'struct', fields, open, span })),
      fc
        .tuple(fc.constantFrom('-' as const, '~' as const, '!' as const), inner)
        .map(([operator, operand]): Expr => ({ kind: 'unary', operator, operand, span })),
      fc
        .tuple(fc.constantFrom(...operators), inner, inner)
        .map(([operator, left, right]): Expr => ({ kind: 'binary', operator, left, right, span })),
      fc.array(inner, { maxLength: 2 }).map((args): Expr => ({ kind: 'apply', callee: 'makedev', args, span })),
      inner.map(
        (right): Expr => ({
          kind: 'predicate',
          test: { kind: 'binary', operator: '==', left: { kind: 'name', name: 's', span }, right, span },
          span,
        }),
      ),
    ),
    argument: fc.oneof(
      inner,
      fc.tuple(name, inner).map(([key, value]): Expr => ({ kind: 'assign', name: key, value, span })),
      fc.tuple(inner, inner).map(([before, after]): Expr => ({ kind: 'change', before, after, span })),
    ),
  };
});

const call: fc.Arbitrary<Statement> = fc
  .record(
    {
      bind: fc.constantFrom('child', 'n', 'repeat'),
      expect: fc.oneof(
        expr.map((value) => ({ kind: 'value' as const, expr: value })),
        fc.constant({ kind: 'errno' as const, errno: 'EBUSY' as const }),
        fc.constant({ kind: 'any' as const }),
      ),
      intent: fc.constantFrom('fork', 'msgget'),
      callee: fc.constantFrom(...calls),
      args: fc.array(argument, { maxLength: 3 }),
    },
    { requiredKeys: ['callee', 'args'] },
  )
  .map((fields): Statement => ({ kind: 'call', ...fields, span }));

const block: fc.Arbitrary<readonly Statement[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: call },
    {
      weight: 1,
      arbitrary: fc
        .tuple(expr, fc.array(call, { maxLength: 2 }))
        .map(([count, body]): Statement => ({ kind: 'repeat', count, body, span })),
    },
  ),
  { maxLength: 4 },
);

test('what is printed reads back as the same program', (t) => {
  fc.assert(
    fc.property(block, (statements) => {
      const made: Program = { name: 'main', statements, source: { file: '', line: 1, column: 1, text: '' } };
      const text = printProgram(made);
      const read = program(text);
      t.deepEqual(withoutSpans(read.statements), withoutSpans(statements), text);
      t.is(printProgram(read), text);
    }),
    { numRuns: 500 },
  );
});

test('a program keeps its spelling: radix, operators, one call per line', (t) => {
  const text = `nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
write(nsd, "LONG1 \${pid}\\n", _)  # intent: fork
repeat \${n} + 1 {
  msgget(0x4d51, IPC_CREAT|0600) = -1 EEXIST
}
rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=~[USR1 RT_2], sa_flags=0}, NULL, 8) = ?
`;
  t.is(printProgram(program(text)), text);
});
