/** The attributes of the family "CR": signal state as data, with the field names of sigaction(2) and sigaltstack(2). Pure. */

import {
  CR_ATTR_ACTION,
  CR_ATTR_ALTSTACK,
  CR_ATTR_BLOCKED,
  CR_ATTR_PENDING,
  CR_ATTR_SHARED_PENDING,
} from '../abi/netlink.ts';
import { SIGRTMAX, SS_DISABLE } from '../abi/signal.ts';
import { isUnblockable } from '../abi/signal-default.ts';
import type { SigInfo } from '../signal/siginfo.ts';
import { setOf, signalsOf, UNBLOCKABLE } from '../signal/signal-set.ts';
import type { Action, Actions, AltStack } from '../signal/state.ts';
import type { Attribute, Plain } from './message.ts';
import type { SignalState } from './signal-state.ts';

type Fields = { readonly [field: string]: Plain };

const isArray = (value: Plain): value is readonly Plain[] => Array.isArray(value);

const isFields = (value: Plain | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSignal = (value: Plain | undefined): value is number =>
  typeof value === 'number' && value >= 1 && value <= SIGRTMAX;

/** A signal that may be pending, or have an action, without being taken at once by the kernel itself. */
const isRestorable = (value: Plain | undefined): boolean => isSignal(value) && !isUnblockable(value);

export const isSet = (value: Plain): boolean => isArray(value) && value.every(isSignal);

export const isSignals = (value: Plain): boolean =>
  isArray(value) && value.every((info) => isFields(info) && isRestorable(info.si_signo));

const isMask = (value: Plain | undefined): boolean => value === undefined || isSet(value);

const isAddress = (value: Plain | undefined): boolean =>
  value === null || typeof value === 'number' || typeof value === 'bigint';

export const isActions = (value: Plain): boolean =>
  isArray(value) && value.every((action) => isFields(action) && isRestorable(action.signo) && isMask(action.sa_mask));

export const isStack = (value: Plain): boolean => isFields(value) && isAddress(value.ss_sp);

const numberIn = (value: Plain | undefined): number => (typeof value === 'number' ? value : 0);

export const setIn = (value: Plain | undefined): bigint | undefined =>
  value === undefined ? undefined : setOf((value as readonly number[]).map(numberIn));

export const signalsIn = (value: Plain | undefined): readonly SigInfo[] | undefined =>
  (value as readonly Fields[] | undefined)?.map(
    (info) => ({ ...info, si_signo: info.si_signo, si_code: numberIn(info.si_code) }) as unknown as SigInfo,
  );

export function actionsIn(value: Plain | undefined): Actions | undefined {
  if (value === undefined) return undefined;
  const actions = (value as readonly Fields[]).map(({ signo, sa_handler, sa_mask, sa_flags, sa_restorer }) => {
    const action: Action = {
      handler: sa_handler ?? 0,
      mask: (setIn(sa_mask) ?? 0n) & ~UNBLOCKABLE,
      flags: numberIn(sa_flags),
      ...(sa_restorer === undefined ? {} : { restorer: sa_restorer }),
    };
    return [numberIn(signo), action] as const;
  });
  return Object.fromEntries(actions);
}

/** Undefined when the attribute is not there, null for no stack. */
export function stackIn(value: Plain | undefined): AltStack | null | undefined {
  if (!isFields(value)) return undefined;
  const { ss_sp, ss_flags, ss_size } = value;
  if (numberIn(ss_flags) === SS_DISABLE || ss_sp === null) return null;
  return { sp: ss_sp as number | bigint, flags: 0, size: numberIn(ss_size) };
}

const actionFields = ([signo, { handler, mask, flags, restorer }]: readonly [string, Action]): Fields => ({
  signo: Number(signo),
  sa_handler: handler as Plain,
  sa_mask: signalsOf(mask),
  sa_flags: flags,
  ...(restorer === undefined ? {} : { sa_restorer: restorer as Plain }),
});

const stackFields = (stack: AltStack | null): Fields =>
  stack === null
    ? { ss_sp: null, ss_flags: SS_DISABLE, ss_size: 0 }
    : { ss_sp: stack.sp, ss_flags: stack.flags, ss_size: stack.size };

/** The attributes that a dump consists of. */
export const describe = ({ blocked, pending, shared, actions, altStack }: SignalState): readonly Attribute[] => [
  { type: CR_ATTR_BLOCKED, value: signalsOf(blocked) },
  { type: CR_ATTR_PENDING, value: pending as unknown as Plain },
  { type: CR_ATTR_SHARED_PENDING, value: shared as unknown as Plain },
  { type: CR_ATTR_ACTION, value: Object.entries(actions).map(actionFields) },
  { type: CR_ATTR_ALTSTACK, value: stackFields(altStack) },
];
