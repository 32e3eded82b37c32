/**
 * Restoring signal state through the posted files of /proc/<pid>/sig: a task writes its own, so nobody comes between. SEMANTICS B6.
 *
 * Text has room for who sent a signal, which sending it again has not, and none for the value that came with one. One line is
 * written at a time, through a file opened for it: as posted only the first line of a text is read (G5), and what a write leaves
 * comes in front of the next (G7). Actions are left to sigaction(2), since only programs know where their handlers lie.
 */

import * as signal from '../../kernel-sim/abi/signal.ts';
import { type Detail, detailOf, type Fixes, printMask, type QueueFile } from '../../kernel-sim/signal/procsig/text.ts';
import { setOf } from '../../kernel-sim/signal/signal-set.ts';
import { isKnown, type LiveTask, type SigInfo, type Thread } from '../image/index.ts';
import { heldBack } from './held-back.ts';
import type { Script } from './script.ts';
import { name, number, ownPid, text } from './syntax.ts';

/**
 * How signal state is brought back: sent to oneself by the ordinary calls, written to /proc/<pid>/sig, or written from outside
 * while all are frozen (signals-by-freezer.ts).
 */
export type SignalInterface = 'sending' | 'procsig' | 'freezer';

const FILE = 'sig';

/** Writes the mask, the stack and the queue of the thread itself. */
export function writeThreadSignals(script: Script, kernel: Fixes, { blocked, altstack, pending }: Thread): void {
  if (altstack !== undefined && altstack !== 'unknown') {
    writeOwn(script, 'altstack', `${altstack.address} ${altstack.size}`);
  }
  if (blocked.length > 0) writeOwn(script, 'blocked', printMask(kernel, setOf(blocked)));
  writeQueue(script, kernel, 'pending', pending, blocked);
}

/** Writes the queue of the process; by its leader. */
export function writeSharedSignals(script: Script, kernel: Fixes, task: LiveTask): void {
  writeQueue(script, kernel, 'shared_pending', task.signals.pending, heldBack(task, null));
}

/** What a text does not say of a pending signal; null when it says all. */
export function lossInText({ signo, value, timer }: SigInfo, blocked: readonly number[]): string | null {
  if (signo === signal.SIGKILL || signo === signal.SIGSTOP) return 'a pending SIGKILL or SIGSTOP';
  if (!blocked.includes(signo)) return 'a pending signal that is not blocked';
  if (timer !== undefined) return 'which timer a pending signal is from';
  return value === undefined || BigInt(value) === 0n ? null : 'the value that came with a pending signal';
}

function writeQueue(
  script: Script,
  kernel: Fixes,
  file: QueueFile,
  pending: readonly SigInfo[],
  blocked: readonly number[],
): void {
  let mask = 0n;
  for (const info of pending) {
    if (!blocked.includes(info.signo) || info.signo === signal.SIGKILL || info.signo === signal.SIGSTOP) continue;
    mask |= setOf([info.signo]); // each write replaces the mask, and leaves the entries
    writeOwn(script, file, `${printMask(kernel, mask)}\n${entryOf(info)}`);
  }
}

function writeOwn(script: Script, file: string, content: string): void {
  const path = text('/proc/self/task/', { ...ownPid, which: 'tid' } as typeof ownPid, `/sig/${file}`);
  script.local(FILE).call('open', [path, name('O_WRONLY')], { bind: FILE, expect: 'anything' });
  script.call('write', [name(FILE), text(content), number(content.length)], { expect: content.length });
  script.call('close', [name(FILE)]);
}

/** A queued signal in the form that is parsed, which is not always the one that is printed (G6). */
function entryOf(info: SigInfo): string {
  const { signo, pid = 0, uid = 0, errno = 0 } = info;
  const code = isKnown(info.code) ? info.code : 0;
  return `sig ${signo}: uid ${uid} pid ${pid} flags 0 errno ${errno} code ${code}\n${detailText(detailOf(signo), info, code)}`;
}

function detailText(detail: Detail, info: SigInfo, code: number): string {
  const { pid = 0, uid = 0, status = 0, utime = 0, stime = 0, address } = info;
  // What kill leaves where an address would be: its pid, and its uid above.
  const word = code > 0 ? BigInt(address ?? 0) : (BigInt(uid) << 32n) | BigInt(pid);
  switch (detail) {
    case 'child':
      return `pid ${pid} uid ${uid} status ${status} utime ${utime} stime ${stime}\n`;
    case 'fault':
      return ` addr ${word}\n`;
    case 'poll':
      return ` band ${word} fd 0\n`;
    default:
      return '';
  }
}
