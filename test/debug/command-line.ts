import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { QUEUE } from './helpers/console.ts';

const root = join(import.meta.dirname, '../..');
const n10 = 'scenarios/next-syscall-data/n10-signal-restart-loses-id.yaml';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs thaw with arguments in the project's folder, with a text on its input. */
function thaw(args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'src/cli/main.ts'), ...args],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(input);
  });
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'thaw-debug-'));

test('commands from -x and -ex run in their order, with the same output every time', async (t) => {
  const script = join(folder(), 'commands');
  writeFileSync(script, '# a comment\nstep 2\n');
  const args = ['debug', n10, '--batch', '-ex', 'break fork', '-x', script, '-ex', 'when'];
  const first = await thaw(args);
  t.is(first.code, 0);
  t.regex(first.out, /^Breakpoint 1: call of fork\n#2 .*\nstep 2 of /s);
  t.is((await thaw(args)).out, first.out);
});

test('a line that cannot be carried out ends a script, with exit code 2', async (t) => {
  const { code, out } = await thaw(['debug', n10, '--batch', '-ex', 'stop', '-ex', 'when']);
  t.is(code, 2);
  t.regex(out, /Unknown command "stop"; did you mean "step"\?\ncommand:1: ended here: stop\n$/);
});

test('a scenario that cannot be loaded is exit code 2 in a batch, and a session otherwise', async (t) => {
  const file = join(folder(), 'bad.yaml');
  writeFileSync(file, QUEUE.replace('pause()', 'paus()'));
  t.is((await thaw(['debug', file, '--batch'])).code, 2);
  const { code, out } = await thaw(['debug', file], 'when\nrun\nquit 3\n');
  t.is(code, 3);
  t.regex(out, /unknown call "paus"; did you mean "pause"\?/);
  t.regex(out, /Nothing is loaded; edit the scenario and say "run"\./);
});

test('end of input ends the session cleanly', async (t) => {
  const { code, out, err } = await thaw(['debug', n10], 'step 3\nwhen');
  t.deepEqual({ code, err }, { code: 0, err: '' });
  t.regex(out, /step 3 of/);
});

test('quit in a script sets the exit code', async (t) => {
  t.is((await thaw(['debug', n10, '--batch', '-ex', 'quit 7'])).code, 7);
});

test('what the explorer finds from here can be followed, saved, replayed and debugged again', async (t) => {
  const file = join(folder(), 'n10.schedule.yaml');
  const steps = ['break return open', 'continue', 'explore from here', 'follow 1', `save schedule ${file}`];
  const { code, out } = await thaw(['debug', n10, '--batch', ...steps.flatMap((step) => ['-ex', step])]);
  t.is(code, 0, out);
  t.regex(out, /^1 {2}N10 signal-restart-loses-id$/m);
  t.regex(out, /HAZARD N10/);
  const replayed = await thaw(['replay', n10, '--schedule', file]);
  t.is(replayed.code, 0, replayed.err);
  const again = await thaw(['debug', n10, '--schedule', file, '--batch', '-ex', 'break N10', '-ex', 'continue']);
  t.regex(again.out, /^Breakpoint 1, hazard N10$/m);
});

test('an image is debugged as the plan that restores it, and one that cannot be restored says why', async (t) => {
  const dump = 'test/fixtures/criu/small';
  const restored = await thaw(['debug', dump, '--fixes', 'P3', '--batch', '-ex', 'continue', '-ex', 'info tasks']);
  t.is(restored.code, 0, restored.out);
  t.regex(restored.out, /in pause wait for ever/);
  t.regex(restored.out, /4 \(U0_2\.Z_4\) +zombie/);
  const refused = await thaw(['debug', dump, '--batch']);
  t.is(refused.code, 2);
  t.regex(refused.err, /cannot be restored: P3/);
});

test('why a hazard happens is told by the explorer', async (t) => {
  const { out } = await thaw(['debug', n10, '--batch', '-ex', 'why N10', '-ex', 'why N1']);
  t.regex(out, /What decides it: killer's kill/);
  t.regex(out, /No schedule of this scenario was found that leads to it\./);
});
