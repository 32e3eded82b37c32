/**
 * Signal state in a dump: masks, queues, actions, alternate stacks. SEMANTICS C12.
 */
import type { Altstack, SigAction, SigInfo } from '../../restorer/image/index.ts';
import type { ImageFile } from './image-file.ts';
import type { ActionEntry, Queue, ThreadCore } from './schema.ts';
import { decodeSigInfo, wide } from './siginfo.ts';

const SIGKILL = 9;
const SIGSTOP = 19;
const SS_DISABLE = 2;

/** Actions are dumped in the order of signals, without the two that cannot be changed. */
const WITH_ACTION = Array.from({ length: 64 }, (_, index) => index + 1).filter((n) => n !== SIGKILL && n !== SIGSTOP);

/** The numbers in a mask whose bit n-1 stands for signal n. */
export function signalSet(mask: bigint): number[] {
  const set: number[] = [];
  for (let n = 1; n <= 64; n++) if ((mask >> BigInt(n - 1)) & 1n) set.push(n);
  return set;
}

/** A queue of signals, oldest first. */
export function signalQueue(queue: Queue | undefined, file: ImageFile): SigInfo[] {
  const list: SigInfo[] = [];
  for (const { siginfo } of queue?.signals ?? []) {
    const info = decodeSigInfo(siginfo);
    if (info) list.push(info);
    else file.reject(`a queued signal is no siginfo_t: ${siginfo.length} bytes`);
  }
  return list;
}

/** The actions that differ from the default. */
export function signalActions(entries: readonly ActionEntry[], file: ImageFile): SigAction[] {
  if (entries.length > WITH_ACTION.length)
    file.reject(`${entries.length} signal actions, expected ${WITH_ACTION.length}`);
  return entries.flatMap(({ handler, flags, mask, restorer }, index) => {
    const signal = WITH_ACTION[index];
    if (signal === undefined || (handler | flags | mask) === 0n) return [];
    return {
      signal,
      handler: handler === 0n ? 'SIG_DFL' : handler === 1n ? 'SIG_IGN' : { address: Number(handler) },
      flags: Number(flags),
      mask: signalSet(mask),
      ...(restorer !== 0n && { restorer: Number(restorer) }),
    } satisfies SigAction;
  });
}

/** The alternate stack, where there is one. */
export function signalStack(stack: ThreadCore['stack']): { altstack?: Altstack | 'unknown' } {
  if (!stack) return { altstack: 'unknown' };
  if (stack.flags & SS_DISABLE) return {};
  return { altstack: { address: Number(stack.address), size: Number(stack.size), flags: stack.flags } };
}

/** A resource limit; 2^64-1 is none. */
export function resourceLimit(value: bigint): number | string {
  return value === 0xffff_ffff_ffff_ffffn ? 'unlimited' : wide(value);
}
