import test from 'ava';
import type { Program } from '../../../src/userland/language/ast.ts';
import { liveAfter, liveness } from '../../../src/userland/language/liveness.ts';
import { printCall } from '../../../src/userland/language/print.ts';
import { statementsOf } from '../../../src/userland/language/walk.ts';
import { program } from './helpers/program.ts';

/** For each call of a program, in order: the variables live after it. */
function after(text: string): Record<string, string[]> {
  const parsed = program(text);
  const live = liveAfter(parsed);
  const calls = [...statementsOf(parsed.statements)].filter((statement) => statement.kind === 'call');
  return Object.fromEntries(calls.map((call) => [printCall(call), [...live.get(call)!].sort()]));
}

function all(texts: Readonly<Record<string, string>>): ReadonlyMap<string, Program> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, program(text, name)]));
}

test('a variable lives from its call to the last one that reads it', (t) => {
  t.deepEqual(after('a = getpid()\nb = getpid()\nkill(a, 9)\nexit(b)\nexit(0)'), {
    'a = getpid()': ['a'],
    'b = getpid()': ['a', 'b'],
    'kill(a, 9)': ['b'],
    'exit(b)': [],
    'exit(0)': [],
  });
});

test('what a call assigns is dead before it, unless the call itself reads it', (t) => {
  t.deepEqual(after('a = getpid()\nread(0)\na = getpid()\nexit(a)'), {
    'a = getpid()': ['a'],
    'read(0)': [],
    'exit(a)': [],
  });
  t.deepEqual(after('a = getpid()\na = wait4(a) = a\nexit(0)')['a = getpid()'], ['a']);
});

test('expectations, tests, strings and the count of a block read variables too', (t) => {
  t.deepEqual(after('a = getpid()\ngetpid() = a')['a = getpid()'], ['a']);
  t.deepEqual(after('a = getpid()\nwait4(-1, [{s == a}])')['a = getpid()'], ['a']);
  t.deepEqual(after('a = getpid()\nopen("/proc/${a}/stat")')['a = getpid()'], ['a']);
  t.deepEqual(after('a = getpid()\nrepeat a { exit(0) }')['a = getpid()'], ['a']);
  t.deepEqual(after('a = getpid()\nrepeat a { exit(0) }')['exit(0)'], []);
});

test('in a block the next round counts as well as what follows', (t) => {
  t.deepEqual(after('a = getpid()\nrepeat 3 { kill(a, 0); a = getpid(); pause() }\nexit(0)'), {
    'a = getpid()': ['a'],
    'kill(a, 0)': [],
    'pause()': ['a'],
    'exit(0)': [],
  });
});

test('a block may be left out, and so it does not end the life of what it assigns', (t) => {
  t.deepEqual(after('a = getpid()\npause()\nrepeat ${n} { a = getpid() }\nexit(a)')['pause()'], ['a']);
});

test('constants, parameters and programs are no variables', (t) => {
  const live = liveness(all({ init: 'a = getpid()\nopen("${pid}", O_RDWR, worker)', worker: '' }));
  for (const names of live.get('init')!.after.values()) t.is(names.size, 0);
});

test('what the kernel fills in is a variable like one that a call assigns', (t) => {
  t.deepEqual(after('read(3, [r, w], 8)\nkill(w, 0)\nexit(0)'), {
    'read(3, [r, w], 8)': ['w'],
    'kill(w, 0)': [],
    'exit(0)': [],
  });
});

test('a child reads what its parent assigned before the fork', (t) => {
  const live = liveness(all({ init: 'a = getpid()\nb = getpid()\nfork(w)\nexit(0)', w: 'fork(v)', v: 'exit(a)' }));
  const [first, second, fork] = [...live.get('init')!.after.values()].reverse();
  t.deepEqual(
    [first, second, fork].map((names) => [...names!]),
    [['a'], ['a'], []],
  );
  t.deepEqual([...live.get('w')!.atStart], ['a']);
});

test('what a handler reads lives everywhere, since the handler may run at any time', (t) => {
  const handler = 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1}, NULL, 8)';
  const live = liveness(all({ init: `a = getpid()\n${handler}\na = getpid()\nexit(0)`, on_usr1: 'exit(a)' }));
  for (const names of live.get('init')!.after.values()) t.deepEqual([...names], ['a']);
});

test('the names that a call reads live until it has returned', (t) => {
  const parsed = program('a = getpid()\nb = kill(a, 9) = a');
  const { before } = liveness(new Map([['main', parsed]])).get('main')!;
  t.deepEqual([...before.get(parsed.statements[1]!)!], ['a']);
});

test('blocks inside blocks cost no more than their calls', (t) => {
  const depth = 50;
  const text = `a = getpid()\n${'repeat 2 { '.repeat(depth)}kill(a, 0)${' }'.repeat(depth)}`;
  t.deepEqual(after(text)['a = getpid()'], ['a']);
});

test('programs that start each other are settled too', (t) => {
  const live = liveness(all({ init: 'a = getpid()\nfork(v)', v: 'fork(w)', w: 'kill(a, 0)\nfork(v)' }));
  t.deepEqual([...live.get('v')!.atStart], ['a']);
  t.deepEqual([...live.get('w')!.atStart], ['a']);
});

test('a chain of a thousand programs is settled at once', (t) => {
  const texts = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`p${i}`, `fork(p${i + 1})`]));
  const live = liveness(all({ ...texts, p0: 'a = getpid()\nfork(p1)', p1000: 'exit(a)' }));
  t.deepEqual([...live.get('p1')!.atStart], ['a']);
});
