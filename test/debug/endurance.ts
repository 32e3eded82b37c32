import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { commands } from '../../src/debug/repl/commands.ts';
import { completionsOf } from '../../src/debug/repl/completion.ts';
import { promptText } from '../../src/debug/repl/place-text.ts';
import { TestConsole } from './helpers/console.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync('scenarios/**/*.yaml', { cwd: root }).sort();

const topics =
  'tasks nsd pids ipc msg sem shm undo mqueue fds signals locals locks rcu ns hazards choices breakpoints clock'.split(
    ' ',
  );
const expressions = [
  'self',
  'pidmap[5000]',
  'task(1).nsd',
  'task(2).signals',
  'last_pid',
  'msg(0)',
  'sem(0)',
  'shm(0)',
  'fd(3)',
  'args',
  'errno == EAGAIN',
  'task(1).nsd.data',
  'now',
  'system',
  'self.process.limits',
];
const places = [
  'fork',
  'return write',
  'hazard',
  'N10',
  'EINVAL',
  'SIGUSR1',
  'load',
  'effect load',
  '12',
  'init:1',
  'line 9',
];

const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...commands.map(({ example: [typed] }) => typed)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...commands.map(({ names: [name] }) => name)).filter((name) => name !== 'quit'),
  },
  fc.constantFrom(...topics).map((topic) => `info ${topic}`),
  fc
    .tuple(fc.constantFrom('print', 'x', 'watch', 'why'), fc.constantFrom(...expressions))
    .map((words) => words.join(' ')),
  fc.tuple(fc.constantFrom('break', 'tbreak'), fc.constantFrom(...places)).map((words) => words.join(' ')),
  fc.nat(400).map((step) => `jump ${step}`),
  fc.tuple(fc.nat(200), fc.nat(200)).map(([a, b]) => `diff ${a} ${b}`),
  fc.constantFrom('init', 'killer', 'neighbour', '1', '2', '3').map((task) => `choose ${task}`),
  fc.constantFrom(
    'thread 1',
    'thread 2',
    'branch main',
    'branch branch1',
    'branch compare main',
    'restart 1',
    'trace 40',
    'trace 0',
    'trace 900 950',
    'trace 30 20',
    'steps 3',
    'list init',
    'info locals',
  ),
  fc.string({ maxLength: 20 }),
);

test('whatever is typed, in whatever order, the session answers and stays where it says it is', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(line, { minLength: 5, maxLength: 40 }),
      async (file, lines) => {
        const console = new TestConsole(readFileSync(join(root, file), 'utf8'));
        if (!(await console.console.load())) return;
        for (const typed of lines.filter((each) => !each.startsWith('q') && !each.startsWith('ex'))) {
          const said = await console.run(typed);
          t.false(/\bundefined\b|\[object |NaN/.test(said), `${typed}: ${said}`);
          promptText(console.console);
          completionsOf(console.console, typed);
        }
        const { session } = console.console.debuggee!;
        t.is(session.timeline.mark(session.position), session.machine.store.mark());
      },
    ),
    { numRuns: 80 },
  );
});

test('every command has an example that can be typed, and help for it', async (t) => {
  for (const { names, example, about } of commands) {
    const console = new TestConsole(readFileSync(join(root, files[0]!), 'utf8'));
    const help = await console.run(`help ${names[0]}`);
    t.true(help.includes(example[0]) && help.includes(about), names[0]);
    t.truthy(console.console.find(example[0].split(' ')[0]!));
  }
  t.is(new Set(commands.flatMap(({ names }) => names)).size, commands.flatMap(({ names }) => names).length);
});
