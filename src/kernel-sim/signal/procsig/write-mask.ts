/**
 * Writing `blocked` and `altstack`: values that are simply replaced, without the signal lock and without what the system calls test;
 * SEMANTICS B6 G11, G12, G19, G21.
 * Notes: `procsig.blocked` {target, kept} (kept: until the call that has put a temporary mask in returns), `procsig.altstack` {target, running, small}.
 */

import { MINSIGSTKSZ } from '../../abi/limits.ts';
import type { Kernel } from '../../kernel.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { innermostFrame } from '../action.ts';
import { hasWork } from '../mask.ts';
import { signalWake } from '../send.ts';
import { UNBLOCKABLE } from '../signal-set.ts';
import { isReaped, realMask } from './read.ts';

/** Replaces what the target blocks. */
export const setMask = operation(
  'procsig.set_blocked',
  (tx: Transaction, k: Kernel, target: Task, wanted: bigint) => {
    if (isReaped(tx, target)) return; // the mask of the dead is written like any other
    const own = tx.read(target.signals)!;
    const mask = k.fixed('G11') ? wanted & ~UNBLOCKABLE : wanted;
    const kept = k.fixed('G21') && realMask(tx, target) !== null;
    if (kept) tx.write(tx.read(own.savedMask) === null ? own.realBlocked : own.savedMask, mask);
    else tx.write(own.blocked, mask);
    // As posted the target is not told that it has something to take now (G12).
    if (k.fixed('G12') && hasWork(tx, target)) signalWake(tx, target, false);
    tx.note({ type: 'procsig.blocked', target, kept });
  },
  { plain: (k) => !k.fixed('G12') },
);

/** Replaces the alternate stack; with G19 repaired EPERM while a handler runs on it, and ENOMEM when it is too small. */
export const setAltStack = operation(
  'procsig.set_altstack',
  (tx: Transaction, k: Kernel, target: Task, sp: bigint, size: number): Result<undefined> => {
    if (isReaped(tx, target)) return done;
    const running = innermostFrame(tx, target)?.onAltStack === true;
    const small = size !== 0 && size < MINSIGSTKSZ;
    if (k.fixed('G19') && running) return fail('EPERM');
    if (k.fixed('G19') && small) return fail('ENOMEM');
    const address = sp <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sp) : sp;
    tx.write(tx.read(target.signals)!.altStack, size === 0 ? null : { sp: address, size, flags: 0 });
    tx.note({ type: 'procsig.altstack', target, running, small });
    return done;
  },
);
