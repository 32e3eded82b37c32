/** `thaw test`: explores every scenario under some paths against what it expects. */

import { availableParallelism } from 'node:os';
import { runSuite } from '../explore/suite.ts';
import type { Answer } from '../explore/worker.ts';
import { coloursOf } from './colour.ts';
import { DIFFERENT, endWith, INVALID, tell, UsageError } from './exit.ts';
import { filesUnder } from './files-under.ts';
import { junit } from './junit.ts';
import { printJson } from './output.ts';
import { Progress } from './progress.ts';
import { writeWhole } from './whole-file.ts';

/** Files beside scenarios that are none. */
const noScenario = /\.(schedule|image)\.ya?ml$/;

export interface TestOptions {
  readonly jobs?: number;
  readonly tap?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
}

export async function test(paths: readonly string[], options: TestOptions): Promise<void> {
  const files = (await Promise.all(paths.map((path) => filesUnder(path, /\.ya?ml$/, noScenario)))).flat();
  if (files.length === 0) throw new UsageError(`no scenario under ${paths.join(', ')}`);
  const started = performance.now();
  const print = options.json ? () => {} : options.tap ? tapPrinter(files.length) : specPrinter();
  const progress = new Progress();
  let done = 0;
  const answers = await runSuite(
    files.map((file) => ({ file, overrides: {} })),
    options.jobs ?? Math.min(files.length, availableParallelism()),
    (answer) => {
      progress.clear();
      print(answer);
      progress.tick(() => `${++done} of ${files.length}`);
    },
  );
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  const failed = answers.filter(({ ok }) => !ok).length;
  const passed = answers.length - failed;
  if (options.json) {
    const all = answers.map(({ file, ok, message }) => ({ file, ok, message }));
    printJson({ files: all, passed, failed, seconds });
  }
  if (options.junit !== undefined) await writeWhole(options.junit, [junit(answers, seconds)]);
  tell(`${passed} passed, ${failed} failed in ${seconds.toFixed(1)} s`);
  if (answers.some(({ invalid }) => invalid)) endWith(INVALID);
  else if (failed > 0) endWith(DIFFERENT);
}

function specPrinter(): (answer: Answer) => void {
  const colours = coloursOf(process.stdout);
  return ({ file, ok, message }) => {
    const mark = ok ? colours.green('✔') : colours.red('✘');
    process.stdout.write(`${mark} ${file}${message === '' ? '' : `\n  ${message.replaceAll('\n', '\n  ')}`}\n`);
  };
}

function tapPrinter(count: number): (answer: Answer) => void {
  let number = 0;
  process.stdout.write(`TAP version 14\n1..${count}\n`);
  return ({ file, ok, message }) => {
    process.stdout.write(`${ok ? 'ok' : 'not ok'} ${++number} - ${file.replaceAll('#', '\\#')}\n`);
    if (!ok) process.stdout.write(`  ---\n  message: ${JSON.stringify(message)}\n  ...\n`);
  };
}
