#!/usr/bin/env node
/** The command `thaw`. Anything thrown up to here is a bug in thaw: exit 70 with a way to report it; or a full disk. */

import { enableCompileCache } from 'node:module';
import { reportFailure } from './exit.ts';

// What was compiled once is read the next time, from the directory for temporary files: that halves the start-up.
enableCompileCache();

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(); // whoever read has seen enough
    reportFailure(error);
    process.exit();
  });
}
process.on('uncaughtException', (error) => {
  reportFailure(error);
  process.exit();
});

const words = process.argv.slice(2);
if (words[0] === '--help' || words[0] === '-h' || (words[0] === 'help' && words.length === 1)) {
  process.stdout.write((await import('./help.ts')).helpText());
} else {
  const { run } = await import('./program.ts');
  await run(words.length === 0 ? ['demo'] : words).catch(reportFailure);
}
