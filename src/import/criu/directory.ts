/**
 * The directory of a dump. It opens files by the names that this importer makes up from numbers, never by a path that an image names;
 * it refuses what is not a regular file inside the directory, and what is too large.
 */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Diagnostics } from './diagnostics.ts';

/** Every image that is read is far smaller; memory pages, which are not, are read in parts. */
const MAX_BYTES = 256 * 1024 * 1024;

export class Directory {
  readonly diagnostics: Diagnostics;
  /** The names of all files, sorted. */
  readonly names: readonly string[];
  readonly #root: string;
  readonly #read = new Set<string>();

  private constructor(root: string, names: readonly string[], diagnostics: Diagnostics) {
    this.#root = root;
    this.names = names;
    this.diagnostics = diagnostics;
  }

  /** Lists `path`; undefined, and a diagnostic, where it is no directory that can be read. */
  static async open(path: string, diagnostics: Diagnostics): Promise<Directory | undefined> {
    try {
      const root = await realpath(path);
      return new Directory(root, (await readdir(root)).sort(), diagnostics);
    } catch (error) {
      diagnostics.report(path, `cannot be read as a directory: ${reasonOf(error)}`);
      return undefined;
    }
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Whether `read` was asked for the file. */
  wasRead(name: string): boolean {
    return this.#read.has(name);
  }

  /** The bytes of the file `name`, or of a part of it; undefined, and a diagnostic, where they cannot be had. */
  async read(name: string, part?: { offset: number; length: number }): Promise<Uint8Array | undefined> {
    this.#read.add(name);
    try {
      const path = await realpath(join(this.#root, name));
      if (!path.startsWith(this.#root + sep)) return this.#refuse(name, 'is a link to outside of the directory');
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const status = await file.stat();
        if (!status.isFile()) return this.#refuse(name, 'is not a regular file');
        const { offset, length } = part ?? { offset: 0, length: status.size };
        if (length > MAX_BYTES) return this.#refuse(name, `is larger than ${MAX_BYTES} bytes`);
        if (offset + length > status.size)
          return this.#refuse(name, `ends before byte ${offset + length}`, status.size);
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await file.read(buffer, 0, length, offset);
        return bytesRead === length
          ? buffer
          : this.#refuse(name, 'became shorter while it was read', offset + bytesRead);
      } finally {
        await file.close();
      }
    } catch (error) {
      return this.#refuse(name, isMissing(error) ? 'is missing' : `cannot be read: ${reasonOf(error)}`);
    }
  }

  #refuse(name: string, reason: string, offset?: number): undefined {
    this.diagnostics.report(name, reason, offset);
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const reasonOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error));
