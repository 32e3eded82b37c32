/** Runs the real command, as a user at a pipe does. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import PQueue from 'p-queue';

/** Machines have few processors, and tests of a file start all at once. */
const queue = new PQueue({ concurrency: 3 });

export const root = join(import.meta.dirname, '../../..');

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs thaw in the project's folder with nothing on its standard input. */
export async function thaw(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { exitCode, stdout, stderr } = await queue.add(() =>
    execa(process.execPath, ['src/cli/main.ts', ...words], {
      cwd: root,
      env: { ...env },
      reject: false,
      stdin: 'ignore',
    }),
  );
  return { code: exitCode, stdout, stderr };
}

/** A folder of its own for a test. */
export async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'thaw-test-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file into a folder of its own and gives its path. */
export async function file(t: ExecutionContext, name: string, text: string): Promise<string> {
  const path = join(await folder(t), name);
  await writeFile(path, text);
  return path;
}
