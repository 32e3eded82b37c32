import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { file, folder, thaw } from './helpers/thaw.ts';

const P6 = 'scenarios/demo/taken-by-neighbour.yaml';

test('a run in which all is as expected ends with 0', async (t) => {
  const { code, stderr } = await thaw(['replay', P6]);
  t.is(code, 0);
  t.regex(stderr, /^scenarios\/demo\/taken-by-neighbour\.yaml: \d+ steps, everybody is idle; hazards: P6$/);
});

test('a call that does not return what its program says ends with 1, and is shown at its place in the file', async (t) => {
  const scenario = await file(t, 'wrong.yaml', 'title: wrong\nprograms:\n  init: |\n    close(7) = 0\n');
  const { code, stderr } = await thaw(['replay', scenario]);
  t.is(code, 1);
  t.true(stderr.includes(`${scenario}:4:5: init (pid 1): close(7) returned -1 EBADF (Bad file descriptor)`), stderr);
  t.true(stderr.includes('\n      close(7) = 0\n      ^^^^^^^^^^^^\n'), stderr);
});

test('where a scenario says that some schedules fail, a failed expectation is no difference', async (t) => {
  const text = 'title: sometimes\nprograms:\n  init: |\n    close(7) = 0\nexpect: { outcome: sometimes }\n';
  t.is((await thaw(['replay', await file(t, 'sometimes.yaml', text)])).code, 0);
});

test('a hazard outside expect.hazards ends with 1', async (t) => {
  const text = (await readFile(P6, 'utf8')).replace(/hazards: \[.*\]/, 'hazards: []');
  const { code, stderr } = await thaw(['replay', await file(t, 'strange.yaml', text)]);
  t.is(code, 1);
  t.regex(stderr, /hazard P6 \(taken-by-neighbour\) in restorer is not among expect\.hazards/);
});

test('tasks that wait for what never comes end a run with 1, unless a deadlock is expected', async (t) => {
  const text = 'title: deadlock\nprograms:\n  init: |\n    q = msgget(1, IPC_CREAT|0600)\n    msgrcv(q, _, 8, 0, 0)\n';
  const { code, stderr } = await thaw(['replay', await file(t, 'stuck.yaml', text)]);
  t.is(code, 1);
  t.regex(stderr, /init waits in msgrcv, and nobody is left to wake it/);
  t.is((await thaw(['replay', await file(t, 'meant.yaml', `${text}expect: { deadlock: true }\n`)])).code, 0);
});

test('a schedule that names a point which the run never passes ends with 1 as drift', async (t) => {
  const text = 'title: drift\nprograms:\n  init: |\n    getpid()\nschedule:\n  - init@getpid#1 before init@getpid#2\n';
  const { code, stderr } = await thaw(['replay', await file(t, 'drift.yaml', text.replaceAll('getpid', 'dup'))]);
  t.is(code, 1);
  t.regex(stderr, /drift: the run never comes to init@dup#2/);
});

const mistakes: readonly (readonly [title: string, words: readonly string[], says: RegExp])[] = [
  ['an unknown command', ['reply', P6], /unknown command 'reply'[\s\S]*replay/],
  ['an unknown option', ['replay', '--sed', '1', P6], /unknown option '--sed'[\s\S]*--seed/],
  ['a missing argument', ['replay'], /missing required argument 'scenario'/],
  ['an option without sense', ['replay', '--seed', 'x', P6], /whole number from 0/],
  ['an unknown profile', ['replay', '--profile', '3.10', P6], /2\.6\.26, 6\.x/],
  ['a file that is not there', ['replay', 'nowhere.yaml'], /nowhere\.yaml.*no such file/],
  ['one of several files that is not there', ['replay', P6, 'nowhere.yaml'], /nowhere\.yaml.*no such file/],
  ['an unknown parameter', ['replay', '--set', 'pit=3', P6], /unknown parameter "pit"; did you mean "pid"\?/],
  ['a setting that is none', ['replay', '--set', 'pid', P6], /--set takes name=value, not "pid"/],
  ['an unknown hazard in --fixes', ['replay', '--fixes', 'N99', P6], /unknown hazard "N99"/],
  ['an unknown hazard', ['hazards', 'P66'], /there is no hazard "P66"; did you mean P6\?/],
  ['an unknown kind of schema', ['schema', 'scenery'], /no schema of "scenery"/],
  ['an image that is not there', ['restore', 'nowhere.image.yaml'], /there is no nowhere\.image\.yaml/],
  ['a folder that is no dump', ['restore', 'src'], /inventory\.img: is missing/],
  ['a schedule that is not there', ['replay', '--schedule', 'nowhere', P6], /nowhere: no such file/],
  ['a trace that cannot be written', ['replay', '--trace', '/nowhere/t', P6], /\/nowhere\/t cannot be written: ENOENT/],
  [
    'a schedule for the debugger that is not there',
    ['debug', '--batch', '--schedule', 'nowhere', P6],
    /nowhere: no such/,
  ],
  ['what the debugger cannot open', ['debug', '--batch', 'nowhere.yaml'], /nowhere\.yaml.*no such file/],
  ['no log under a path', ['conform', 'src/cli'], /no log \(\*\.strace\) under src\/cli/],
  ['no scenario under a path', ['test', 'src/cli'], /no scenario under src\/cli/],
];

for (const [title, words, says] of mistakes) {
  test(`${title} ends with 2, with a message and nothing on stdout`, async (t) => {
    const { code, stdout, stderr } = await thaw(words);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.false(/^\s+at /m.test(stderr), 'no stack trace');
  });
}

test('a mistake in a program is shown as a compiler would, with a caret', async (t) => {
  const scenario = await file(t, 'typo.yaml', 'title: typo\nprograms:\n  init: |\n    frok(init)\n');
  const { code, stdout, stderr } = await thaw(['replay', scenario]);
  t.is(code, 2);
  t.is(stdout, '');
  t.is(stderr, `${scenario}:4:5: unknown call "frok"; did you mean "fork"?\n      frok(init)\n      ^^^^`);
});

test('broken input files of all kinds end with 2', async (t) => {
  const rows: [name: string, text: string, words: (path: string) => string[]][] = [
    ['a.yaml', 'title: [', (path) => ['replay', path]],
    ['b.yaml', 'titel: x\n', (path) => ['explore', path]],
    ['two.yaml', 'title: x\nprograms: { init: getpid() }\n---\ntitle: y\n', (path) => ['replay', path]],
    ['tag.yaml', 'title: !!js/function x\nprograms: { init: getpid() }\n', (path) => ['replay', path]],
    ['c.yaml', '\xff\xfe\0', (path) => ['replay', path]],
    ['d.image.yaml', 'version: 99\n', (path) => ['restore', path]],
    ['e.json', '{"version": 1,', (path) => ['plan', path]],
    ['f.yaml', 'version: 1\n', (path) => ['replay', '--schedule', path, P6]],
  ];
  for (const [name, text, words] of rows) {
    const { code, stdout, stderr } = await thaw(words(await file(t, name, text)));
    t.is(code, 2, `${name}: ${stderr}`);
    t.is(stdout, '', name);
    t.not(stderr, '', name);
  }
});

test('a refused run leaves no trace file behind, not even half of one', async (t) => {
  const directory = await folder(t);
  const { code } = await thaw(['replay', '--trace', join(directory, 'trace'), P6, 'nowhere.yaml']);
  t.is(code, 2);
  t.deepEqual(await readdir(directory), []);
});

test('a bug in thaw ends with 70, and says how to report it', async (t) => {
  // A module that is loaded first breaks what no input can break.
  const breaking = 'data:text/javascript,process.stdout.write=()=>{throw%20Error(%60broken%20on%20purpose%60)}';
  const { code, stdout, stderr } = await thaw(['schema', 'image'], { NODE_OPTIONS: `--import=${breaking}` });
  t.is(code, 70);
  t.is(stdout, '');
  for (const part of ['bug in thaw', 'version: 0.', 'command: thaw schema image', 'broken on purpose', ' at '])
    t.true(stderr.includes(part), part);
});
