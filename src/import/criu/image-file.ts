/**
 * One `.img` file: two magic numbers (one for inventory.img), then records, each a little-endian 32-bit length and a protobuf message;
 * some records are followed by raw bytes.
 */
import type { Diagnostics } from './diagnostics.ts';
import type { Directory } from './directory.ts';
import { decodeMessage, latin1 } from './message.ts';
import type { MessageName, Messages } from './schema.ts';

const COMMON = 0x54564319;

/** The second number of each kind of file, seen in dumps. */
const MAGIC = {
  inventory: 0x58313116,
  pstree: 0x50273030,
  core: 0x55053847,
  ids: 0x54432030,
  fs: 0x51403912,
  files: 0x56303138,
  fdinfo: 0x56213732,
  'pipes-data': 0x56453709,
  mm: 0x57492820,
  pagemap: 0x56084025,
  'ipcns-var': 0x53115007,
  'ipcns-msg': 0x55453737,
  'ipcns-sem': 0x59573019,
  'ipcns-shm': 0x46283044,
} as const;

export type FileKind = keyof typeof MAGIC;

export class ImageFile {
  readonly name: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #diagnostics: Diagnostics;
  #at: number;

  private constructor(name: string, bytes: Uint8Array, at: number, diagnostics: Diagnostics) {
    this.name = name;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
    this.#diagnostics = diagnostics;
  }

  /** Opens a file and checks its magic numbers; undefined, and a diagnostic, where that fails. */
  static async open(directory: Directory, kind: FileKind, name: string): Promise<ImageFile | undefined> {
    const bytes = await directory.read(name);
    if (!bytes) return undefined;
    const expected = kind === 'inventory' ? [MAGIC.inventory] : [COMMON, MAGIC[kind]];
    const file = new ImageFile(name, bytes, 4 * expected.length, directory.diagnostics);
    for (const [index, magic] of expected.entries()) {
      if (bytes.length < 4 * (index + 1)) return file.#fail('the file ends within its magic number', bytes.length);
      const found = file.#view.getUint32(4 * index, true);
      if (found !== magic) return file.#fail(`wrong magic number ${hex(found)}, expected ${hex(magic)}`, 4 * index);
    }
    return file;
  }

  /** The only record of a file that has one. */
  single<N extends MessageName>(name: N): Messages[N] | undefined {
    const value = this.next(name);
    if (value === undefined && this.#at === this.#bytes.length) this.#fail('the file holds no record', this.#at);
    return value;
  }

  /** All records of a file that holds nothing else. */
  *all<N extends MessageName>(name: N): Generator<Messages[N]> {
    for (let value = this.next(name); value !== undefined; value = this.next(name)) yield value;
  }

  /** The next record; undefined at the end, and, with a diagnostic, where it is broken. Nothing follows a broken record. */
  next<N extends MessageName>(name: N): Messages[N] | undefined {
    const start = this.#at;
    const left = this.#bytes.length - start;
    if (left === 0) return undefined;
    if (left < 4) return this.#fail('the file ends within the length of a record', start);
    const length = this.#view.getUint32(start, true);
    if (length > left - 4) return this.#fail(`the file ends within a record of ${length} bytes`, start);
    const decoded = decodeMessage(name, this.#bytes.subarray(start + 4, start + 4 + length));
    if (!decoded.ok) return this.#fail(`not a ${name} record: ${decoded.reason}`, start + 4 + decoded.at);
    this.#at = start + 4 + length;
    return decoded.value;
  }

  /** The raw bytes that follow a record, padded to a multiple of `unit`, as a string of characters 0-255. */
  raw(length: number, unit = 1): string | undefined {
    const padded = Math.ceil(length / unit) * unit;
    if (padded > this.#bytes.length - this.#at)
      return this.#fail(`the file ends within ${padded} bytes of data`, this.#at);
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += padded;
    return latin1(bytes);
  }

  /** Reports what is wrong at the place reached so far. */
  reject(message: string): void {
    this.#diagnostics.report(this.name, message, this.#at);
  }

  #fail(message: string, offset: number): undefined {
    this.#diagnostics.report(this.name, message, offset);
    this.#at = this.#bytes.length;
  }
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
