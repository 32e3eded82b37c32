/**
 * The image's descriptors in a task that is being restored: opening what it opens, and bringing everything to its number.
 *
 * A file is opened at its number by arming open (SEMANTICS A9); a pipe, and a file that comes by inheritance at another number, is
 * moved by dup2. What a task carries for others stays where it came until the number is wanted. F_SETFD sets close-on-exec where a
 * dup2 has cleared it.
 */

import type { Descriptor, OpenFile } from '../image/index.ts';
import type { DescriptorTable } from './descriptor-table.ts';
import type { Opening } from './member.ts';
import type { ArmedNumbers } from './numbers.ts';
import { nameOpenFlags, nameStatusFlags } from './open-flags.ts';
import type { Script } from './script.ts';
import { array, name, number, text } from './syntax.ts';

/** What is behind an end of a pipe until it is known whose it is. */
const UNDECIDED = -1;
const ACCESS = 3;
const WRITES = 1;
const CLOEXEC = 0o2000000;
const LARGE = 0o100000;

export class ImageDescriptors {
  readonly #script: Script;
  readonly #table: DescriptorTable;
  readonly #numbers: ArmedNumbers;
  readonly #base: number;
  /** Where the first user of a file wants it. */
  readonly #homes: ReadonlyMap<number, number>;

  constructor(
    script: Script,
    table: DescriptorTable,
    numbers: ArmedNumbers,
    base: number,
    homes: ReadonlyMap<number, number>,
  ) {
    this.#script = script;
    this.#table = table;
    this.#numbers = numbers;
    this.#base = base;
    this.#homes = homes;
  }

  /**
   * Opens what is to be opened, brings everything that is at hand to the numbers that `wanted` gives it, and closes all the rest but
   * what is in `keep`, which stays open somewhere.
   */
  take(wanted: readonly Descriptor[], openings: readonly Opening[], keep: ReadonlySet<number>): void {
    if (!this.#isArranged(wanted)) this.#arrange(wanted, keep);
    for (const kind of ['file', 'pipe'] as const) {
      const ofKind = openings.filter((opening) => opening.kind === kind);
      for (const opening of ofKind) this.#open(opening, wanted);
      if (ofKind.length > 0) this.#arrange(wanted, keep);
    }
  }

  /** Whether everything wanted is in its place, and nothing else is there. */
  #isArranged(wanted: readonly Descriptor[]): boolean {
    if (this.#table.size !== wanted.length) return false;
    return wanted.every(({ fd, file, cloexec }) => {
      const slot = this.#table.get(fd);
      return slot?.file === file && slot.cloexec === cloexec;
    });
  }

  #arrange(wanted: readonly Descriptor[], keep: ReadonlySet<number>): void {
    const atHand = new Set(this.#table.files.map(({ file }) => file));
    const target = new Map(wanted.filter(({ file }) => atHand.has(file)).map((one) => [one.fd, one]));
    const needed = new Set([...keep, ...[...target.values()].map(({ file }) => file)]);
    this.#moveOutOfTheWay(target, needed);
    for (const [fd, { file }] of target) {
      if (this.#fileAt(fd) === file) continue;
      const from = this.#table.files.find((slot) => slot.file === file)!.fd;
      this.#script.call('dup2', [number(from), number(fd)], { expect: fd });
      this.#table.set(fd, { file, cloexec: false });
    }
    this.#closeSpares(target, keep);
    for (const { fd, cloexec } of target.values()) this.#setCloexec(fd, cloexec);
  }

  /** Opens a file at the first of its numbers in `wanted`, or where it is in nobody's way; a pipe at the lowest numbers. */
  #open(opening: Opening, wanted: readonly Descriptor[]): void {
    if (opening.kind === 'pipe') this.#makePipe(opening);
    else this.#openFile(opening.file, wanted);
  }

  #openFile(file: Extract<Opening, { kind: 'file' }>['file'], wanted: readonly Descriptor[]): void {
    const home = wanted.find((one) => one.file === file.id);
    const fd = home?.fd ?? this.#numberFor(file.id, wanted);
    this.#vacate(fd);
    // O_CLOEXEC would stay among the flags of the open file, and so it is given only if it is one of them.
    this.#numbers.file(fd, [text(file.path), nameOpenFlags(file.flags & ~LARGE)]);
    this.#table.set(fd, { file: file.id, cloexec: (file.flags & CLOEXEC) !== 0 });
    if (file.position === 0 || file.kind !== 'regular') return;
    this.#script.call('lseek', [number(fd), number(file.position), name('SEEK_SET')], { expect: file.position });
  }

  /** A number for what is only carried: where its first user wants it, or above the image's. */
  #numberFor(file: number, wanted: readonly Descriptor[]): number {
    const home = this.#homes.get(file);
    const isFree = home !== undefined && !this.#table.get(home) && !wanted.some(({ fd }) => fd === home);
    return isFree ? home : this.#table.lowestFree(this.#base);
  }

  /** Moves what is carried away from a number that is wanted. */
  #vacate(fd: number): void {
    const slot = this.#table.get(fd);
    if (slot === undefined) return;
    const copy = this.#table.lowestFree(this.#base);
    this.#script.call('fcntl', [number(fd), name('F_DUPFD'), number(this.#base)], { expect: copy });
    this.#table.set(copy, slot);
    this.#script.call('close', [number(fd)]);
    this.#table.delete(fd);
  }

  #makePipe({ pipe, ends }: Extract<Opening, { kind: 'pipe' }>): void {
    const from = this.#table.lowestFree();
    const to = this.#table.lowestFree(from + 1);
    this.#script.call('pipe', [array([number(from), number(to)])]);
    for (const fd of [from, to]) this.#table.set(fd, { file: UNDECIDED, cloexec: false });
    if (pipe.buffered !== 'unknown') {
      for (const bytes of pipe.buffered) {
        this.#script.call('write', [number(to), text(bytes), number(bytes.length)], { expect: bytes.length });
      }
    }
    this.#takeEnd(
      from,
      ends.filter(({ flags }) => (flags & ACCESS) === 0),
    );
    this.#takeEnd(
      to,
      ends.filter(({ flags }) => (flags & ACCESS) === WRITES),
    );
  }

  /** Gives an end of a pipe to the open files that were it, of which there should be one. */
  #takeEnd(fd: number, [file, ...others]: readonly OpenFile[]): void {
    if (file === undefined) {
      this.#script.call('close', [number(fd)]);
      this.#table.delete(fd);
      return;
    }
    this.#table.set(fd, { file: file.id, cloexec: false });
    const status = file.flags & ~(ACCESS | LARGE);
    if (status !== 0) this.#script.call('fcntl', [number(fd), name('F_SETFL'), nameStatusFlags(status)]);
    for (const other of others) this.#alias(fd, other.id);
  }

  /** A second opening of an end: as near as the interface comes, the same open file. */
  #alias(fd: number, file: number): void {
    const copy = this.#table.lowestFree();
    this.#script.call('dup', [number(fd)], { expect: copy });
    this.#table.set(copy, { file, cloexec: false });
  }

  #fileAt(fd: number): number | undefined {
    return this.#table.get(fd)?.file;
  }

  /** Copies what is about to be overwritten, and not yet anywhere else, up. */
  #moveOutOfTheWay(target: ReadonlyMap<number, Descriptor>, needed: ReadonlySet<number>): void {
    const stays = ({ fd, file }: { fd: number; file: number }) => {
      const wanted = target.get(fd);
      return wanted === undefined || wanted.file === file;
    };
    const safe = new Set(this.#table.files.filter(stays).map(({ file }) => file));
    for (const { fd, file } of this.#table.files) {
      if (!needed.has(file) || safe.has(file)) continue;
      const copy = this.#table.lowestFree(this.#base);
      this.#script.call('fcntl', [number(fd), name('F_DUPFD'), number(this.#base)], { expect: copy });
      this.#table.set(copy, { file, cloexec: false });
      safe.add(file);
    }
  }

  /** Closes what nobody wants here or further down, and copies that were only made to be out of the way. */
  #closeSpares(target: ReadonlyMap<number, Descriptor>, keep: ReadonlySet<number>): void {
    const placed = new Set([...target.values()].map(({ file }) => file));
    for (const { fd, file } of this.#table.files) {
      if (target.get(fd)?.file === file) continue;
      if (keep.has(file) && !(fd >= this.#base && placed.has(file))) continue;
      this.#script.call('close', [number(fd)]);
      this.#table.delete(fd);
    }
  }

  #setCloexec(fd: number, cloexec: boolean): void {
    const slot = this.#table.get(fd);
    if (slot === undefined || slot.cloexec === cloexec) return;
    this.#script.call('fcntl', [number(fd), name('F_SETFD'), cloexec ? name('FD_CLOEXEC') : number(0)]);
    this.#table.set(fd, { ...slot, cloexec });
  }
}
