/**
 * Decodes the 128 bytes of a siginfo_t of x86-64 into the fields that its kind has; sigaction(2), asm-generic/siginfo.h.
 */
import type { SigInfo } from '../../restorer/image/index.ts';

const SIZE = 128;
const FIELDS = 16;

/** Which fields a siginfo_t carries. */
type Layout = 'sender' | 'queued' | 'child' | 'timer' | 'fault' | 'none';

/** The fields of a raw siginfo_t; undefined where it has another size or no signal's number. */
export function decodeSigInfo(raw: string): SigInfo | undefined {
  if (raw.length !== SIZE) return undefined;
  const view = viewOf(raw);
  const signo = view.getInt32(0, true);
  if (signo < 1 || signo > 64) return undefined;
  const code = view.getInt32(8, true);
  const errno = view.getInt32(4, true);
  const info: SigInfo = { signo, code, ...(errno !== 0 && { errno }), ...fields(layoutOf(signo, code), view) };
  return encodes(info, raw) ? info : { ...info, raw };
}

function layoutOf(signo: number, code: number): Layout {
  if (code === 0 || code === -6) return 'sender'; //       SI_USER, SI_TKILL
  if (code === -2) return 'timer'; //                      SI_TIMER
  if (code < 0 && code !== -5) return 'queued'; //         SI_QUEUE, SI_MESGQ, SI_ASYNCIO; not SI_SIGIO
  if (code > 0 && code < 0x80 && signo === 17) return 'child'; // SIGCHLD
  if (code > 0 && code < 0x80 && [4, 5, 7, 8, 11].includes(signo)) return 'fault'; // SIGILL, TRAP, BUS, FPE, SEGV
  return 'none';
}

function fields(layout: Layout, view: DataView): Partial<SigInfo> {
  const u32 = (at: number) => view.getUint32(at, true);
  const sender = { pid: u32(FIELDS), uid: u32(FIELDS + 4) };
  switch (layout) {
    case 'sender':
      return sender;
    case 'queued':
      return { ...sender, value: wide(view.getBigUint64(24, true)) };
    case 'child': {
      const [utime, stime] = [wide(view.getBigUint64(32, true)), wide(view.getBigUint64(40, true))];
      const times = typeof utime === 'number' && typeof stime === 'number' ? { utime, stime } : {};
      return { ...sender, status: view.getInt32(24, true), ...times };
    }
    case 'timer':
      return { timer: u32(FIELDS), overrun: u32(FIELDS + 4), value: wide(view.getBigUint64(24, true)) };
    case 'fault':
      return { address: wide(view.getBigUint64(FIELDS, true)) };
    case 'none':
      return {};
  }
}

/** Whether the decoded fields say all of the raw bytes. */
function encodes(info: SigInfo, raw: string): boolean {
  const view = new DataView(new ArrayBuffer(SIZE));
  const put = (at: number, value: number | string | undefined) => view.setBigUint64(at, BigInt(value ?? 0), true);
  view.setInt32(0, info.signo, true);
  view.setInt32(4, info.errno ?? 0, true);
  view.setInt32(8, info.code as number, true);
  if (info.address !== undefined) put(FIELDS, info.address);
  else {
    view.setUint32(FIELDS, info.pid ?? info.timer ?? 0, true);
    view.setUint32(FIELDS + 4, info.uid ?? info.overrun ?? 0, true);
  }
  if (info.value !== undefined) put(24, info.value);
  if (info.status !== undefined) view.setInt32(24, info.status, true);
  put(32, info.utime);
  put(40, info.stime);
  return Buffer.from(view.buffer).toString('latin1') === raw;
}

function viewOf(raw: string): DataView {
  const bytes = Uint8Array.from(raw, (char) => char.charCodeAt(0));
  return new DataView(bytes.buffer);
}

/** A 64-bit number as images hold it: a string of digits above 2^53. */
export function wide(value: bigint): number | string {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}
