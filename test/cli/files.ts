import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { file, folder, root, thaw } from './helpers/thaw.ts';

const P6 = 'scenarios/demo/taken-by-neighbour.yaml';
const IMAGE = 'scenarios/demo/tree.image.yaml';
const LONG = 'title: long\nprograms:\n  init: |\n    repeat 1000000 { repeat 1000000 { getuid() } }\n';

/** Runs thaw until it is under way, and ends it as Ctrl-C does; gives how it ended. */
async function interrupted(words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...words], { cwd: root, stdio: 'ignore' });
  const exit = once(child, 'exit');
  await sleep(2500);
  child.kill('SIGINT');
  return (await exit)[1];
}

for (const [title, words] of [
  ['replay --trace', (to: string, scenario: string) => ['replay', '--quiet', scenario, '--trace', to]],
  ['checkpoint -o', (to: string, scenario: string) => ['checkpoint', scenario, '-o', to]],
  ['test --junit', (to: string, scenario: string) => ['test', scenario, '--junit', to]],
] as const) {
  test(`Ctrl-C in the middle of ${title} loses no file that was there, and leaves none behind`, async (t) => {
    const directory = await folder(t);
    const kept = join(directory, 'kept');
    await writeFile(kept, 'precious');
    const scenario = await file(t, 'long.yaml', LONG);
    t.is(await interrupted(words(kept, scenario)), 'SIGINT');
    t.is(await readFile(kept, 'utf8'), 'precious');
    t.deepEqual(await readdir(directory), ['kept']);
  });
}

test('a file that takes the place of another keeps its permissions, and links lead where they led', async (t) => {
  const directory = await folder(t);
  const [old, link] = [join(directory, 'old'), join(directory, 'link')];
  await writeFile(old, 'x');
  await chmod(old, 0o640);
  await symlink('old', link);
  t.is((await thaw(['replay', '--quiet', P6, '--trace', link])).code, 0);
  t.is((await stat(old)).mode & 0o777, 0o640);
  t.regex(await readFile(old, 'utf8'), /fork\(restorer\)/);
  t.deepEqual((await readdir(directory)).sort(), ['link', 'old']);
});

test('a device is written to, and no file takes its place', async (t) => {
  t.is((await thaw(['replay', '--quiet', P6, '--trace', '/dev/null'])).code, 0);
  t.true((await stat('/dev/null')).isCharacterDevice());
});

test('what never ran leaves the trace of an earlier run as it is', async (t) => {
  const trace = await file(t, 'trace', 'precious');
  t.is((await thaw(['restore', IMAGE, '--trace', trace])).code, 1);
  t.is((await thaw(['replay', P6, '--schedule', 'nowhere', '--trace', trace])).code, 2);
  t.is(await readFile(trace, 'utf8'), 'precious');
});

const outputs: readonly (readonly [title: string, words: (to: string) => readonly string[]])[] = [
  ['a trace', (to) => ['replay', '--quiet', P6, '--trace', to]],
  ['an image', (to) => ['checkpoint', P6, '-o', to]],
  ['an imported image', (to) => ['import', 'criu', 'test/fixtures/criu/small', '-o', to]],
  ['an imported scenario', (to) => ['import', 'strace', 'test/fixtures/strace/queue.strace', '-o', to]],
  ['a report', (to) => ['test', P6, '--jobs', '1', '--junit', to]],
];
for (const [title, words] of outputs) {
  test(`${title} that cannot be written ends with 2, and nothing is left behind`, async (t) => {
    const directory = await folder(t);
    await mkdir(join(directory, 'd'));
    for (const to of ['d', 'missing/file', ...(existsSync('/dev/full') ? ['/dev/full'] : [])]) {
      const { code, stderr } = await thaw(words(to.startsWith('/') ? to : join(directory, to)));
      t.is(code, 2, stderr);
      t.regex(stderr, /cannot be written: E(ISDIR|NOENT|NOSPC)/);
    }
    t.deepEqual(await readdir(directory), ['d']);
  });
}

test('a full disk under standard output is no bug in thaw', async (t) => {
  if (!existsSync('/dev/full')) return t.pass('there is no /dev/full here');
  const { exitCode, stderr } = await execa('sh', ['-c', `${process.execPath} src/cli/main.ts hazards > /dev/full`], {
    cwd: root,
    reject: false,
  });
  t.is(exitCode, 2);
  t.is(stderr, 'thaw: the output cannot be written: ENOSPC');
});

test('what a device or a pipe says is read, up to the most that is read of a file', async (t) => {
  const piped = `cat ${P6} | ${process.execPath} src/cli/main.ts replay --quiet /dev/stdin`;
  t.is((await execa('sh', ['-c', piped], { cwd: root, reject: false })).exitCode, 0);
  const { code, stderr } = await thaw(['replay', '/dev/zero']);
  t.is(code, 2);
  t.regex(stderr, /larger than \d+ bytes/);
});
