/**
 * Reads a log of `strace -f`, with any of -t, -tt, -ttt, -r, -T, -v, -y, -yy, -X and --pidns-translation.
 *
 * The file is read in pieces; a line, the number of events and the bytes of a file are bounded, so that a log of any size and any
 * contents costs no more than these bounds. What is not a line of strace is counted and passed over; a file in which nothing, or
 * nearly nothing, is one is no log.
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Assembler } from './assemble.ts';
import type { Recording } from './recording.ts';

/** Bytes of a line; a longer one is passed over. */
export const maxLineLength = 1_000_000;

export interface LogBounds {
  /** Lines with a meaning. */
  readonly events: number;
  readonly bytes: number;
}

export const defaultBounds: LogBounds = { events: 600_000, bytes: 256 * 1024 * 1024 };

/** A log, or why the file is none: a message that begins with file and line. */
export type LogResult =
  | { readonly ok: true; readonly value: Recording }
  | { readonly ok: false; readonly message: string };

/** After how many lines it is decided whether a file is a log at all. */
const TRIAL = 1000;

/** Reads a log; the promise never fails. */
export async function readLog(file: string, bounds: LogBounds = defaultBounds): Promise<LogResult> {
  const problem = await unreadable(file);
  if (problem !== null) return { ok: false, message: `${file}: ${problem}` };
  try {
    return await gather(file, createReadStream(file, { encoding: 'latin1', highWaterMark: 1 << 18 }), bounds);
  } catch (error) {
    return { ok: false, message: `${file}: ${(error as Error).message}` };
  }
}

async function unreadable(file: string): Promise<string | null> {
  try {
    const found = await stat(file);
    return found.isDirectory() ? 'is a directory' : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
  }
}

/** Reads a log from pieces of its text, one character for each byte. */
export async function gather(
  file: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  bounds: LogBounds = defaultBounds,
): Promise<LogResult> {
  const assembler = new Assembler(file);
  let line = 0;
  let bytes = 0;
  let cut: string | null = null;
  let rest = '';
  let skipping = false;

  const take = (text: string): void => {
    line += 1;
    if (skipping) assembler.complain(line, `longer than ${maxLineLength} bytes`);
    else assembler.add(text.endsWith('\r') ? text.slice(0, -1) : text, line);
    skipping = false;
  };

  for await (const piece of pieces) {
    bytes += piece.length;
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      take(rest + piece.slice(from, end));
      rest = '';
      from = end + 1;
      if (isNoLog(assembler, line)) break;
    }
    if (isNoLog(assembler, line)) break;
    if (assembler.events.length >= bounds.events) cut = `it has more than ${bounds.events} events`;
    else if (bytes >= bounds.bytes) cut = `it is longer than ${bounds.bytes} bytes`;
    if (cut !== null) break;
    rest = skipping ? '' : rest + piece.slice(from);
    if (rest.length > maxLineLength) {
      skipping = true;
      rest = '';
    }
  }
  if (cut === null && (rest !== '' || skipping)) take(rest);
  assembler.end();

  const { events, first, unreadable: count } = assembler;
  if (events.length === 0 || isNoLog(assembler, Math.max(line, TRIAL))) {
    const [at] = first;
    const why = at === undefined ? `${file}:1: the log is empty` : `${file}:${at.line}: ${at.message}`;
    return { ok: false, message: `${why}; a log of strace -f is expected` };
  }
  return { ok: true, value: { file, events, lines: line, unreadable: { count, first }, cut } };
}

/** Whether more than half of what was read so far means nothing. */
const isNoLog = ({ events, unreadable: count }: Assembler, lines: number): boolean =>
  lines >= TRIAL && count > events.length;
