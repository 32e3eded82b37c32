/**
 * Files that are written whole or not at all. What is written has no name until it is whole, so that nothing is left behind however
 * the process ends; then it is copied beside the file and takes its name, which Ctrl-C has to wait for.
 */

import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from './exit.ts';

/** Bytes that are copied at a time. */
const PIECE = 1 << 20;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class WholeFile {
  readonly #name: string;
  /** The file itself, where a link leads to it. */
  readonly #file: string;
  /** What is there and can only be written to as it is: a device, a pipe. */
  readonly #isSpecial: boolean;
  readonly #descriptor: number;

  /** A file that cannot be written is the user's mistake. */
  constructor(name: string) {
    this.#name = name;
    [this.#file, this.#isSpecial, this.#descriptor] = this.#try(() => {
      const there = statSync(name, { throwIfNoEntry: false });
      if (there === undefined) return [name, false, openNameless(name)] as const;
      if (there.isFile()) accessSync(name, constants.W_OK);
      else return [name, true, openSync(name, 'w')] as const;
      const file = realpathSync(name);
      return [file, false, openNameless(file)] as const;
    });
  }

  write(text: string): void {
    this.#try(() => {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    });
  }

  /** Gives what was written its name. */
  async publish(): Promise<void> {
    if (!this.#isSpecial) await undisturbed(() => this.#try(() => this.#copy()));
    this.drop();
  }

  /** Forgets what was written. */
  drop(): void {
    closeSync(this.#descriptor);
  }

  #copy(): void {
    const beside = besides(this.#file);
    try {
      const there = statSync(this.#file, { throwIfNoEntry: false });
      const copy = openSync(beside, 'wx');
      // What is there keeps its permissions.
      if (there !== undefined) fchmodSync(copy, there.mode & 0o7777);
      const piece = Buffer.alloc(PIECE);
      for (let from = 0, read = 1; read > 0; from += read) {
        read = readSync(this.#descriptor, piece, 0, PIECE, from);
        for (let at = 0; at < read; ) at += writeSync(copy, piece, at, read - at);
      }
      closeSync(copy);
      renameSync(beside, this.#file);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new UsageError(`${this.#name} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}

const besides = (file: string): string => join(dirname(file), `.${randomUUID()}.tmp`);

/** Opens a file of the same folder that has no name any more. */
function openNameless(file: string): number {
  const beside = besides(file);
  const descriptor = openSync(beside, 'wx+');
  unlinkSync(beside);
  return descriptor;
}

/** Does work that takes no turns while signals wait; one that came ends the process after it, if nobody else listens. */
async function undisturbed(work: () => void): Promise<void> {
  const came: NodeJS.Signals[] = [];
  const note = (signal: NodeJS.Signals): void => void came.push(signal);
  for (const signal of SIGNALS) process.on(signal, note);
  try {
    work();
    await new Promise((resume) => setImmediate(resume));
  } finally {
    for (const signal of SIGNALS) process.off(signal, note);
  }
  for (const signal of came) if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/** Writes a whole file or nothing. */
export async function writeWhole(name: string, pieces: Iterable<string>): Promise<void> {
  const file = new WholeFile(name);
  try {
    for (const piece of pieces) file.write(piece);
  } catch (error) {
    file.drop();
    throw error;
  }
  await file.publish();
}
