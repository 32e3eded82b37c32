/**
 * The restorer's own descriptors in a task that is being restored: the control file, and pipes by which tasks wait for each other.
 * They lie above every number of the image, and so are never in the way of its descriptors; a call that gives the lowest free number
 * is followed by an F_DUPFD where that number is one of the image's.
 *
 * Each goes by the name of the variable that holds it. A child is born with its creator's variables and descriptors.
 */

import type { Expr } from '../../userland/language/ast.ts';
import type { DescriptorTable } from './descriptor-table.ts';
import type { Script } from './script.ts';
import { array, name, number } from './syntax.ts';

/** The task's own next_syscall_data file. */
export const CONTROL = 'nsd';
/** The standard streams that pid 1 is started with, which go by their numbers. */
export const STANDARD: readonly string[] = ['0', '1', '2'];
/** The arguments of close, which every program makes several times. */
const closing = new Map<string, readonly Expr[]>();

function closingArguments(own: string, fd: number): readonly Expr[] {
  if (STANDARD.includes(own)) return [number(fd)];
  let args = closing.get(own);
  if (args === undefined) {
    args = [name(own)];
    closing.set(own, args);
  }
  return args;
}

export class OwnDescriptors {
  readonly #script: Script;
  readonly #table: DescriptorTable;
  /** The first number that no descriptor of the image has. */
  readonly #base: number;
  /** Every name that was ever open here. */
  readonly names: Set<string>;

  constructor(script: Script, table: DescriptorTable, base: number) {
    this.#script = script;
    this.#table = table;
    this.#base = base;
    this.names = new Set(table.ownNames);
  }

  /** Opens a file under a name. */
  open(own: string, path: Expr, flags: Expr): void {
    this.names.add(own);
    const fd = this.#table.lowestFree();
    if (fd >= this.#base) {
      this.#script.call('open', [path, flags], { bind: own, expect: fd });
      this.#table.setOwn(own, fd);
    } else {
      this.#script.call('open', [path, flags], { expect: fd });
      this.#moveUp(fd, own);
    }
  }

  /** Makes a pipe under two names, which nobody that this task comes from has used. */
  pipe(reads: string, writes: string): void {
    this.names.add(reads).add(writes);
    const from = this.#table.lowestFree();
    const to = this.#table.lowestFree(from + 1);
    const ends = [from, to].map((fd, end) => (fd < this.#base ? number(fd) : name(end === 0 ? reads : writes)));
    this.#script.call('pipe', [array(ends)]);
    this.#table.setOwn(reads, from);
    this.#table.setOwn(writes, to);
    if (from < this.#base) this.#moveUp(from, reads);
    if (to < this.#base) this.#moveUp(to, writes);
  }

  /** Closes those of the names that are open. */
  close(...names: readonly string[]): void {
    for (const own of names) {
      const fd = this.#table.own(own);
      if (fd === undefined) continue;
      this.#script.call('close', closingArguments(own, fd));
      this.#table.deleteOwn(own);
    }
  }

  #moveUp(fd: number, own: string): void {
    const moved = this.#table.lowestFree(this.#base);
    this.#script.call('fcntl', [number(fd), name('F_DUPFD'), number(this.#base)], { bind: own, expect: moved });
    this.#table.setOwn(own, moved);
    this.#script.call('close', [number(fd)]);
  }
}
