import test from 'ava';
import { parseProgram, parseRecordedCall, parseRecordedValue } from '../../../src/userland/language/parse.ts';
import { printCall, printExpr } from '../../../src/userland/language/print.ts';
import { calls, expression, program, statements, withoutSpans } from './helpers/program.ts';

const here = { file: 'log', line: 1, column: 1 };

test('a call has a variable, arguments, an expectation and an intent', (t) => {
  t.deepEqual(statements('n = write(nsd, "LONG1 ${pid}", _) = 10  # intent: fork') as unknown, [
    {
      kind: 'call',
      bind: 'n',
      callee: 'write',
      args: [
        { kind: 'name', name: 'nsd' },
        {
          kind: 'string',
          parts: [
            { kind: 'bytes', bytes: 'LONG1 ' },
            { kind: 'param', name: 'pid' },
          ],
          truncated: false,
        },
        { kind: 'any' },
      ],
      expect: { kind: 'value', expr: { kind: 'number', value: 10, radix: 10 } },
      intent: 'fork',
    },
  ]);
});

test('a failure is expected as -1 and its name, with or without an explanation', (t) => {
  const expected = { kind: 'errno', errno: 'EEXIST' };
  for (const text of ['getpid() = -1 EEXIST', 'getpid() = -1 EEXIST (File exists)']) {
    const [call] = statements(text);
    t.deepEqual(call?.kind === 'call' && call.expect, expected as never);
  }
  t.like(statements('getpid() = ?')[0], { expect: { kind: 'any' } });
  t.like(statements('getpid() = -1 EWOULDBLOCK')[0], { expect: { kind: 'errno', errno: 'EAGAIN' } });
});

test('statements end with a line or a semicolon, comments and empty lines do not count', (t) => {
  const text = 'fork(a); fork(b)\n\n  # nothing\nfork(c) # a remark\n/* over\ntwo lines */ fork(d);';
  t.is(program(text).statements.length, 4);
});

test('a call may go on over several lines inside its parentheses', (t) => {
  t.deepEqual(statements('kill(\n  5000, # whom\n  SIGKILL\n)'), statements('kill(5000, SIGKILL)'));
});

test('a block is repeated a computed number of times, on one line or on several', (t) => {
  const one = statements('repeat ${n} + 1 { wait4(-1, _, 0, NULL); exit(0) }');
  t.deepEqual(one, statements('repeat ${n} + 1 {\n  wait4(-1, _, 0, NULL)\n  exit(0)\n}'));
  t.like(one[0], { kind: 'repeat', count: { kind: 'binary', operator: '+' } });
  t.like(statements('repeat 2 { repeat 3 { exit(0) } }')[0], { body: [{ kind: 'repeat' }] });
});

test('numbers are decimal, hexadecimal or octal, and bigints only where they must be', (t) => {
  t.like(expression('0600'), { value: 0o600, radix: 8 });
  t.like(expression('0x4D51'), { value: 0x4d51, radix: 16 });
  t.like(expression('-1'), { kind: 'number', value: -1, radix: 10 });
  t.like(expression('9007199254740991'), { value: 9007199254740991 });
  t.like(expression('9007199254740993'), { value: 9007199254740993n });
  t.like(expression('0xffffffffffffffff'), { value: 0xffff_ffff_ffff_ffffn });
});

test('strings are bytes: escapes of C, and UTF-8 for what is not ASCII', (t) => {
  const bytes = (text: string): unknown => {
    const expr = expression(text);
    return expr.kind === 'string' && expr.parts;
  };
  t.deepEqual(bytes('"a\\n\\t\\0\\33\\x7f\\"\\\\"'), [{ kind: 'bytes', bytes: 'a\n\t\0\x1b\x7f"\\' }]);
  t.deepEqual(bytes('"\\0011"'), [{ kind: 'bytes', bytes: '\x011' }]);
  t.deepEqual(bytes('"é\\377"'), [{ kind: 'bytes', bytes: '\xc3\xa9\xff' }]);
  t.deepEqual(bytes('""'), []);
  t.like(expression('"abc"...'), { truncated: true });
});

test('a dollar sign in a string means a number of the task or a parameter, or else itself', (t) => {
  const expr = withoutSpans(expression('"/$pid/$pids/${n}/\\${n}/$5"'));
  t.deepEqual(expr.kind === 'string' && expr.parts, [
    { kind: 'bytes', bytes: '/' },
    { kind: 'self', which: 'pid' },
    { kind: 'bytes', bytes: '/$pids/' },
    { kind: 'param', name: 'n' },
    { kind: 'bytes', bytes: '/${n}/$5' },
  ] as never);
});

test('brackets hold arrays, or signals with blanks between them', (t) => {
  t.like(expression('[3, 4]'), { kind: 'array', open: false });
  t.like(expression('[3, ...]'), { kind: 'array', open: true });
  t.like(expression('[]'), { kind: 'array' });
  t.like(expression('[child]'), { kind: 'array' });
  t.deepEqual(withoutSpans(expression('~[USR1 RT_2]')), {
    kind: 'unary',
    operator: '~',
    operand: { kind: 'sigset', signals: ['USR1', 'RT_2'] },
  } as never);
  t.like(expression('[CHLD]'), { kind: 'sigset' });
});

test('braces hold fields, positions, or a test of the value s', (t) => {
  t.like(expression('{sem_num=0, sem_op=-1, ...}'), { kind: 'struct', open: true });
  t.like(expression('{1, 2}'), { kind: 'struct', open: false });
  t.like(expression('{WIFEXITED(s) && WEXITSTATUS(s) == 0}'), { kind: 'predicate', test: { operator: '&&' } });
});

test('operators bind as in C', (t) => {
  t.is(printExpr(expression('1 + 2 * 3')), '1 + 2 * 3');
  t.is(printExpr(expression('(1 + 2) * 3')), '(1 + 2) * 3');
  t.is(printExpr(expression('(1 - 2) - 3')), '1 - 2 - 3');
  t.is(printExpr(expression('1 - (2 - 3)')), '1 - (2 - 3)');
  t.is(printExpr(expression('(a|b) == c')), '(a|b) == c');
  t.is(printExpr(expression('!(a && b) || ~c')), '!(a && b) || ~c');
});

test('every node knows its place in the file, not only in the program', (t) => {
  const text = 'exit(0)\n kill(child, 9)';
  const parsed = parseProgram('p', text, { file: 'x.yaml', line: 10, column: 5 }, calls);
  const [, call] = parsed.ok ? parsed.value.statements : [];
  t.deepEqual(call?.span, { offset: 9, length: 14, line: 11, column: 6 });
  t.deepEqual(call?.kind === 'call' && call.args[0]?.span, { offset: 14, length: 5, line: 11, column: 11 });
});

test('a line of a trace is a call: any callee, names before arguments, plain dollar signs', (t) => {
  const recorded = [
    ['clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD) = 5', 'clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD) = 5'],
    ['frobnicate("$pid ${x}"..., 0x7ffd) = ?', 'frobnicate("\\$pid \\${x}"..., 0x7ffd) = ?'],
    [
      'semop(0, [{sem_num=0, sem_op=-1}], 1) = -1 EAGAIN (Resource ...)',
      'semop(0, [{sem_num=0, sem_op=-1}], 1) = -1 EAGAIN',
    ],
    ['pause() = ? ERESTARTNOHAND (To be restarted if no handler)', 'pause() = -1 ERESTARTNOHAND'],
    ["fcntl(4, F_GETFL) = 0x801 (flags O_WRONLY|O_NONBLOCK, isn't it)", 'fcntl(4, F_GETFL) = 0x801'],
    ['lseek(7, 6, 0x9 /* SEEK_??? */) = 105 /* 3 here */', 'lseek(7, 6, 0x9) = 105'],
    ['clone3({flags=0} => {parent_tid=[9]}, 88) = 9', 'clone3({flags=0} => {parent_tid=[9]}, 88) = 9'],
  ] as const;
  for (const [line, printed] of recorded) {
    const parsed = parseRecordedCall(line, here);
    t.is(parsed.ok ? printCall(parsed.value) : parsed.diagnostics[0]!.message, printed);
  }
});

test('a value of a trace can stand alone', (t) => {
  const parsed = parseRecordedValue('{si_signo=SIGCHLD, si_code=CLD_EXITED, si_status=27}', here);
  t.is(parsed.ok && printExpr(parsed.value), '{si_signo=SIGCHLD, si_code=CLD_EXITED, si_status=27}');
  t.false(parseRecordedValue('{si_signo=SIGCHLD} 3', here).ok);
});
