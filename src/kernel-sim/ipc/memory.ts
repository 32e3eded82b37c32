/**
 * What a program does with attached memory: reading and writing bytes, in user mode. There are no such system calls; programs of
 * scenarios write them as `peek` and `poke`. A touch outside what is attached is EFAULT instead of SIGSEGV.
 */

import { PAGE_SIZE } from '../abi/limits.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import type { Attachment } from './address-space.ts';
import type { Segment } from './segment.ts';

/** A part of one page of a segment. */
interface Piece {
  readonly segment: Segment;
  readonly page: number;
  /** Where in the page it begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** The pieces that make up `length` bytes at an address; null when any of them is not attached, or not for writing. */
function piecesAt(
  tx: Transaction,
  task: Task,
  address: number,
  length: number,
  writing: boolean,
): readonly Piece[] | null {
  const attachments = tx.read(tx.read(task.mm)!.attachments);
  const pieces: Piece[] = [];
  for (let at = address; at < address + length; ) {
    const attachment = attachments.find((one) => one.address <= at && at < one.address + one.length);
    if (attachment === undefined || (writing && attachment.readOnly)) return null;
    const piece = pieceAt(attachment, at, address + length);
    pieces.push(piece);
    at += piece.to - piece.from;
  }
  return pieces;
}

function pieceAt({ address, segment }: Attachment, at: number, end: number): Piece {
  const offset = at - address;
  const from = offset % PAGE_SIZE;
  return { segment, page: Math.floor(offset / PAGE_SIZE), from, to: Math.min(PAGE_SIZE, from + end - at) };
}

function writePage(tx: Transaction, { segment, page, from, to }: Piece, bytes: string): void {
  const cell = segment.pages.at(page);
  const old = tx.read(cell);
  if (old === null) tx.update(segment.resident, (pages) => [...pages, page].sort((a, b) => a - b));
  const before = (old ?? '').slice(0, from).padEnd(from, '\0');
  tx.write(cell, (before + bytes + (old ?? '').slice(to)).replace(/\0+$/, ''));
}

const readPage = (tx: Transaction, { segment, page, from, to }: Piece): string =>
  (tx.read(segment.pages.at(page)) ?? '').slice(from, to).padEnd(to - from, '\0');

/** Writes bytes to attached memory. EFAULT where nothing is attached, or only for reading; nothing is written then. */
export const poke: (task: Task, address: number, bytes: string) => Steps<Result<undefined>> = operation(
  'memory.write',
  (tx: Transaction, task: Task, address: number, bytes: string): Result<undefined> => {
    const pieces = piecesAt(tx, task, address, bytes.length, true);
    if (pieces === null) return fail('EFAULT');
    let written = 0;
    for (const piece of pieces) {
      const end = written + piece.to - piece.from;
      writePage(tx, piece, bytes.slice(written, end));
      written = end;
    }
    return done;
  },
);

/** Reads `length` bytes of attached memory. EFAULT where nothing is attached. */
export const peek: (task: Task, address: number, length: number) => Steps<Result<string>> = operation(
  'memory.read',
  (tx: Transaction, task: Task, address: number, length: number): Result<string> => {
    const pieces = piecesAt(tx, task, address, length, false);
    return pieces === null ? fail('EFAULT') : ok(pieces.map((piece) => readPage(tx, piece)).join(''));
  },
);
