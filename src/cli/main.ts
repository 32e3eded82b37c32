#!/usr/bin/env node
/** The command `thaw`. Anything thrown up to here is a bug in thaw: exit 70 with a way to report it. */

import { reportBug } from './exit.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0); // whoever read has seen enough
  throw error;
});

try {
  const { run } = await import('./program.ts');
  await run(process.argv);
} catch (error) {
  reportBug(error);
}
