/**
 * The family "CR": signals dumped and restored by messages, as the thread of series 001 thought of it (SEMANTICS E11); series
 * `netlink-cr`. It was begun and given up; commands and attributes are thaw's own.
 *
 * A message names its task by a number. The handler looks it up in its own pid namespace, the initial one, at the time at which it
 * runs: a sender in another namespace means another task, and by then the number may be somebody else's. With `bind-ns` a message
 * says which namespace its numbers are of; when it is handled is as before.
 * Versions: an attribute that this version does not know is skipped in a dump, as nla_parse skips it, and refused in a restore
 * (EOPNOTSUPP), where skipping it would lose state in silence. The version number itself is not looked at.
 */

import {
  CR_ATTR_ACTION,
  CR_ATTR_ALTSTACK,
  CR_ATTR_BLOCKED,
  CR_ATTR_PENDING,
  CR_ATTR_PID,
  CR_ATTR_SHARED_PENDING,
  CR_CMD_DUMP,
  CR_CMD_RESTORE,
  CR_GENL_VERSION,
  GENL_ID_CR,
} from '../abi/netlink.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { answer, type GenericFamily, type Given } from './generic-family.ts';
import type { Packet } from './netlink.ts';
import {
  actionsIn,
  describe,
  isActions,
  isSet,
  isSignals,
  isStack,
  setIn,
  signalsIn,
  stackIn,
} from './signal-attribute.ts';
import { dumpSignals, restoreSignals } from './signal-state.ts';

/** The task with a number, as whoever handles the message sees it. */
const findTarget = operation(
  'cr.find_task',
  (tx: Transaction, k: Kernel, { ns }: Packet, number: number): Task | null => findTask(tx, ns ?? k.initPidNs, number),
);

/** The task that a message is about: EINVAL when it names none, ESRCH when there is none of that number. */
function* targetOf(k: Kernel, packet: Packet, given: Given): Steps<Result<Task>> {
  const number = given.get(CR_ATTR_PID);
  if (typeof number !== 'number') return fail('EINVAL');
  const target = yield* findTarget(k, packet, number);
  return target === null ? fail('ESRCH') : ok(target);
}

function* dump(k: Kernel, packet: Packet, given: Given): Steps<Result<undefined>> {
  const target = yield* targetOf(k, packet, given);
  if (!target.ok) return target;
  const state = yield* dumpSignals(target.value);
  if (state === null) return fail('ESRCH'); // reaped since it was found
  const number = { type: CR_ATTR_PID, value: given.get(CR_ATTR_PID)! };
  yield* answer(k, packet, checkpointFamily, CR_CMD_DUMP, [number, ...describe(state)]);
  return done;
}

function* restore(k: Kernel, packet: Packet, given: Given, unknown: number): Steps<Result<undefined>> {
  if (unknown > 0) return fail('EOPNOTSUPP');
  const target = yield* targetOf(k, packet, given);
  if (!target.ok) return target;
  return yield* restoreSignals(k, target.value, {
    blocked: setIn(given.get(CR_ATTR_BLOCKED)),
    pending: signalsIn(given.get(CR_ATTR_PENDING)),
    shared: signalsIn(given.get(CR_ATTR_SHARED_PENDING)),
    actions: actionsIn(given.get(CR_ATTR_ACTION)),
    altStack: stackIn(given.get(CR_ATTR_ALTSTACK)),
  });
}

export const checkpointFamily: GenericFamily = {
  id: GENL_ID_CR,
  name: 'CR',
  version: CR_GENL_VERSION,
  policy: {
    [CR_ATTR_PID]: (value) => typeof value === 'number',
    [CR_ATTR_BLOCKED]: isSet,
    [CR_ATTR_PENDING]: isSignals,
    [CR_ATTR_SHARED_PENDING]: isSignals,
    [CR_ATTR_ACTION]: isActions,
    [CR_ATTR_ALTSTACK]: isStack,
  },
  commands: {
    [CR_CMD_DUMP]: { administrator: true, run: dump },
    [CR_CMD_RESTORE]: { administrator: true, run: restore },
  },
};
