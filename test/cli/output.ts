import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { commands } from '../../src/cli/help.ts';
import { commandLine } from '../../src/cli/program.ts';
import { file, folder, root, thaw } from './helpers/thaw.ts';

const P6 = 'scenarios/demo/taken-by-neighbour.yaml';

test('help lists every command, and every command has help of its own', async (t) => {
  const { code, stdout } = await thaw(['--help']);
  t.is(code, 0);
  for (const [name, , summary] of commands) t.true(stdout.includes(`  ${name}`) && stdout.includes(summary), name);
  const visible = commandLine()
    .commands.filter((command) => command.name() !== 'demo')
    .map((command) => command.name());
  t.deepEqual(
    visible,
    commands.map(([name]) => name),
  );
  const replay = await thaw(['replay', '--help']);
  t.is(replay.code, 0);
  t.regex(replay.stdout, /--schedule <file>/);
});

test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  t.is((await thaw(['--version'])).stdout, version);
});

test('--json prints one document on stdout; what people read goes to stderr', async (t) => {
  const { stdout, stderr } = await thaw(['replay', '--json', P6]);
  const { runs } = JSON.parse(stdout) as {
    runs: { ok: boolean; ending: string; hazards: { id: string }[]; trace: object[] }[];
  };
  t.is(runs.length, 1);
  t.like(runs[0], { ok: true, ending: 'stuck' });
  t.deepEqual(
    runs[0]!.hazards.map(({ id }) => id),
    ['P6'],
  );
  t.like(runs[0]!.trace[0], { pid: 1, task: 'init', event: 'enter', call: 'fork', args: ['restorer'] });
  t.regex(stderr, /hazards: P6/);
});

test('the documents of other commands have the keys that scripts rely on', async (t) => {
  const hazards = JSON.parse((await thaw(['hazards', '--json'])).stdout) as Record<string, unknown>[];
  t.is(hazards.length, 124);
  for (const key of ['id', 'name', 'family', 'kind', 'where', 'consequence', 'fix', 'scenario', 'status', 'reason'])
    t.true(Object.hasOwn(hazards[0]!, key), key);

  const image = 'scenarios/demo/tree.image.yaml';
  const refused = await thaw(['restore', '--json', image]);
  t.is(refused.code, 1);
  t.like(JSON.parse(refused.stdout), { restored: { tasks: 0 }, verified: false });
  const restored = await thaw(['restore', '--json', '--fixes', 'P3', image]);
  t.is(restored.code, 0);
  const document = JSON.parse(restored.stdout) as Record<string, unknown>;
  t.like(document, { restored: { tasks: 5, threads: 2, fds: 27, signals: 6, msg: 0, sem: 0, shm: 0, mqueue: 0 } });
  t.like(document, { verified: true, differences: [] });
  for (const key of ['calls', 'steps', 'hazards', 'seconds']) t.true(Object.hasOwn(document, key), key);

  const tested = await thaw(['test', '--json', '--jobs', '1', 'scenarios/demo']);
  t.like(JSON.parse(tested.stdout), { passed: 1, failed: 0, files: [{ file: P6, ok: true, message: '' }] });
  const explored = JSON.parse((await thaw(['explore', '--json', P6])).stdout) as { hazards: object[] };
  t.like(explored, { complete: true });
  t.like(explored.hazards[0], { id: 'P6', task: 'restorer', preemptions: 0 });
  t.deepEqual(JSON.parse((await thaw(['diff', '--json', image, image])).stdout), []);
});

test('there are no colours at a pipe, with and without NO_COLOR', async (t) => {
  const plain = await thaw(['replay', P6]);
  t.false(plain.stdout.includes('\x1b'));
  t.is((await thaw(['replay', P6], { NO_COLOR: '1', FORCE_COLOR: '1' })).stdout, plain.stdout);
});

test('what a file says cannot reach into the terminal', async (t) => {
  const scenario = await file(t, 'x.yaml', 'title: "\\e[31mred"\n"\\e]0;owned": 1\nprograms:\n  init: getpid()\n');
  const refused = await thaw(['explore', scenario]);
  t.is(refused.code, 2);
  t.false(refused.stderr.includes('\x1b'));
  const text = (await readFile(scenario, 'utf8')).replace(/^"\\e\].*\n/m, '');
  const explored = await thaw(['explore', await file(t, 'y.yaml', text)]);
  t.regex(explored.stdout, /^\ufffd\[31mred$/m);
});

test('a trace file holds strace text, or one JSON object a line', async (t) => {
  const directory = await folder(t);
  const { stdout } = await thaw(['replay', P6, '--trace', join(directory, 'a.strace')]);
  t.is(await readFile(join(directory, 'a.strace'), 'utf8'), `${stdout}\n`);
  const quiet = await thaw(['replay', P6, '--quiet', '--trace', join(directory, 'b.jsonl')]);
  t.is(quiet.stdout, '');
  const lines = (await readFile(join(directory, 'b.jsonl'), 'utf8')).trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  t.deepEqual(
    [...new Set(events.map(({ event }) => String(event)))].sort((a, b) => a.localeCompare(b)),
    ['enter', 'exit', 'hazard', 'unexpected'],
  );
  t.like(
    events.find(({ event, call, task }) => event === 'exit' && call === 'fork' && task === 'restorer'),
    { pid: 2, args: ['worker'], result: -1, errno: 'EBUSY' },
  );
});

test('the same seed gives the same trace', async (t) => {
  const [one, two] = await Promise.all([7, 7].map((seed) => thaw(['replay', P6, '--seed', `${seed}`])));
  t.is(one!.stdout, two!.stdout);
});

test('a schedule that explore saves is replayed to its hazard, and drift is told by name', async (t) => {
  const directory = await folder(t);
  await thaw(['explore', P6, '--save', directory]);
  const saved = join(directory, 'p6-restorer.schedule.yaml');
  const replayed = await thaw(['replay', P6, '--schedule', saved]);
  t.is(replayed.code, 0, replayed.stderr);
  t.true(replayed.stdout.includes('HAZARD P6'));
  const other = await thaw(['replay', 'scenarios/pids/p1-last-pid-rmw.yaml', '--schedule', saved]);
  t.is(other.code, 2);
  t.regex(other.stderr, /the schedule is of "A neighbour takes/);
});

test('a reader who leaves early is no mistake', async (t) => {
  const { exitCode, stdout, stderr } = await execa(
    'bash',
    ['-c', `set -o pipefail; ${process.execPath} src/cli/main.ts hazards --json | head -1`],
    { cwd: root, reject: false },
  );
  t.is(stdout, '[');
  t.is(stderr, '');
  t.is(exitCode, 0);
});

test('without a command thaw shows its demonstration', async (t) => {
  const { code, stdout, stderr } = await thaw([]);
  t.is(code, 0);
  t.is(stderr, '');
  for (const part of ['P3 low-pids-refused', 'verified: 5 tasks', 'HAZARD P6', 'thaw explore'])
    t.true(stdout.includes(part), part);
});
