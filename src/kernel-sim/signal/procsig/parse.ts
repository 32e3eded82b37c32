/** What is written to /proc/<pid>/sig/, taken apart as the posted sscanf formats do; SEMANTICS B6, G5-G7, G10. Pure. */

import { SI_TKILL } from '../../abi/signal-code.ts';
import type { Kernel } from '../../kernel.ts';
import type { SigInfo } from '../siginfo.ts';
import { COLUMNS, type Detail, detailOf, handlerAt, parseMask, spills } from './text.ts';

/** One queued signal of a text. `lost`: allocated, and then its second line could not be read (G6). */
export interface ParsedEntry {
  readonly info: SigInfo;
  readonly lost: boolean;
  /** The same line was queued before (G5). */
  readonly repeated: boolean;
}

export interface ParsedPending {
  readonly mask: bigint;
  readonly entries: readonly ParsedEntry[];
  /** What the posted function returns, which its caller takes for the bytes used (G7). */
  readonly returned: number;
  /** Whether every entry of the text was taken. */
  readonly complete: boolean;
  /** Whether the scan ran past the end of the text (G9). */
  readonly overran: boolean;
}

const HEADER =
  /^\s*sig\s*([+-]?\d+):\s*uid\s*([+-]?\d+)\s*pid\s*([+-]?\d+)\s*flags\s*([+-]?\d+)\s*errno\s*([+-]?\d+)\s*code\s*([+-]?\d+)/;

/** The second lines that are read back. As posted two of them are not those that are printed (G6). */
const DETAILS = {
  kill: /^\s*pid\s*([+-]?\d+)\s*uid\s*([+-]?\d+)/,
  child: /^pid\s*([+-]?\d+)\s*uid\s*([+-]?\d+)\s*status\s*([+-]?\d+)\s*utime\s*(\d+)\s*stime\s*(\d+)/,
  fault: /^\s*addr\s*(\d+)/,
  poll: /^\s*band\s*([+-]?\d+)\s*fd\s*([+-]?\d+)/,
};

const AS_PRINTED = {
  ...DETAILS,
  kill: /^\s*spid\s*([+-]?\d+)\s*uid\s*([+-]?\d+)/,
  child: /^\s*pid\s*([+-]?\d+)\s*uid\s*([+-]?\d+)\s*status\s*([+-]?\d+)\s*utime\s*(\d+)\s*stime\s*(\d+)/,
};

/** The end of the line that begins at `from`, if it is within `size` characters. */
function endOfLine(text: string, from: number, size: number): number | null {
  for (let at = from; at < from + size && at < text.length; at++) if (text[at] === '\n' || text[at] === '\0') return at;
  return null;
}

/** The text of `pending` or `shared_pending`; null when it is shorter than a mask. */
export function parsePending(k: Kernel, text: string): ParsedPending | null {
  if (text.length < COLUMNS) return null;
  const entries: ParsedEntry[] = [];
  const mask = parseMask(k, text);
  const seen = new Set<number>();
  let at = COLUMNS + 1;
  let size = text.length - at;
  let furthest = Math.min(at, text.length);
  let scanned = 0;
  const end = (returned: number): ParsedPending => ({
    mask,
    entries,
    returned,
    complete: !/\S/.test(text.slice(Math.max(furthest, COLUMNS))),
    overran: scanned >= text.length,
  });
  while (size !== 0) {
    const eol = endOfLine(text, at, size);
    if (eol === null) return end(0);
    size -= eol - at + 1;
    let next = eol + 1;
    const head = HEADER.exec(text.slice(at, eol));
    if (head === null) return end(size);
    const [signo, uid, pid, , errno, code] = head.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const bare = { si_signo: signo, si_code: code, ...(errno === 0 ? {} : { si_errno: errno }) };
    // What sigqueue would send beside it has no place in the text.
    const value = code < 0 && code !== SI_TKILL ? { si_int: 0, si_ptr: null } : {};
    let info: SigInfo = { ...bare, si_pid: pid, si_uid: uid, ...value };
    const detail = detailOf(signo);
    scanned = next;
    const repeated = seen.has(at);
    seen.add(at);
    if (detail !== 'none') {
      const second = endOfLine(text, next, size);
      const fields =
        second === null ? null : (k.fixed('G6') ? AS_PRINTED : DETAILS)[detail].exec(text.slice(next, second));
      if (second === null || fields === null) {
        entries.push({ info, lost: true, repeated });
        return end(size);
      }
      size -= second - next + 1;
      next = second + 1;
      scanned = next;
      info = { ...bare, ...detailFields(detail, code, fields.slice(1).map(Number)) };
    } else {
      // A line that only says that there is nothing to say.
      const second = endOfLine(text, next, size);
      if (second !== null && text[next] === ' ') {
        furthest = Math.max(furthest, second + 1);
        if (k.fixed('G5')) {
          size -= second - next + 1;
          next = second + 1;
        }
      }
    }
    entries.push({ info, lost: false, repeated });
    furthest = Math.max(furthest, next);
    if (k.fixed('G5')) at = next; // as posted the same line is read again (G5)
  }
  return end(0);
}

/** Fields that share their memory: what kill wrote there is a sender, read as an address or a band. */
function detailFields(detail: Detail, code: number, values: readonly number[]): Partial<SigInfo> {
  const [first = 0, second = 0, status = 0, utime = 0, stime = 0] = values;
  const sender = { si_pid: first % 2 ** 32, si_uid: Math.floor(first / 2 ** 32) };
  switch (detail) {
    case 'kill':
      return { si_pid: first, si_uid: second };
    case 'child':
      return code > 0
        ? { si_pid: first, si_uid: second, si_status: status, si_utime: utime, si_stime: stime }
        : { si_pid: first, si_uid: second };
    case 'fault':
      return code > 0 ? { si_addr: first } : sender;
    case 'poll':
      return code > 0 ? { si_band: first, si_fd: second } : sender;
    case 'none':
      return {};
  }
}

/** One line of `action`. */
export interface ParsedAction {
  readonly index: number;
  readonly flags: number;
  readonly mask: bigint;
  readonly handler: unknown;
  /** Column 0 sets a bit of the restorer (G1). */
  readonly spilt?: true;
  /** Only with G20 repaired does the text have it. */
  readonly restorer?: unknown;
}

export interface ParsedActions {
  readonly lines: readonly ParsedAction[];
  /** Characters of the lines that were taken. */
  readonly consumed: number;
  /** A line that is none ended the scan. */
  readonly garbage: boolean;
}

const ACTION = /^\s*([+-]?\d+)(?!\d)\s*(\d+)(?!\d)\s+(\S{64}|\S{1,63}(?=\s))\s*(\d+)(?:\s+(\d+))?/;

/** The text of `action`, up to a line that does not parse or has no end yet. */
export function parseActions(k: Kernel, text: string): ParsedActions {
  const lines: ParsedAction[] = [];
  let at = 0;
  for (;;) {
    const eol = endOfLine(text, at, text.length - at);
    if (eol === null) return { lines, consumed: at, garbage: false };
    const fields = ACTION.exec(text.slice(at, eol));
    if (fields === null) return { lines, consumed: at, garbage: true };
    const [, index, flags, mask, handler, restorer] = fields;
    lines.push({
      index: Number(index),
      flags: Number(BigInt.asUintN(32, BigInt(flags!))),
      mask: parseMask(k, mask!),
      handler: handlerAt(k.userland, BigInt(handler!)),
      ...(spills(k) && mask!.startsWith('1') ? { spilt: true } : {}),
      ...(k.fixed('G20') && restorer !== undefined && restorer !== '0'
        ? { restorer: handlerAt(k.userland, BigInt(restorer)) }
        : {}),
    });
    at = eol + 1;
  }
}

/** The text of `altstack`: where it is and how large; null for anything but two numbers. */
export function parseAltStack(text: string): { readonly sp: bigint; readonly size: number } | null {
  const fields = /^\s*(\d+)(?!\d)\s*([+-]?\d+)/.exec(text);
  return fields === null ? null : { sp: BigInt(fields[1]!), size: Number(fields[2]) };
}
