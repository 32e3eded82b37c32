// Every constant of this room by name, for programs: `IPC_CREAT|0600` is evaluated with this map.
// A name that two headers use for different numbers does not exist here; constants.test says so.

import * as capability from './capability.ts';
import * as clock from './clock.ts';
import * as clone from './clone.ts';
import * as descriptor from './descriptor.ts';
import { errnoNames, errnoNumber } from './errno.ts';
import * as ipc from './ipc.ts';
import * as limits from './limits.ts';
import * as memory from './memory.ts';
import * as mode from './mode.ts';
import * as mount from './mount.ts';
import * as mqueue from './mqueue.ts';
import * as netlink from './netlink.ts';
import * as open from './open.ts';
import * as prctl from './prctl.ts';
import * as resource from './resource.ts';
import * as sched from './sched.ts';
import * as signal from './signal.ts';
import * as signalCode from './signal-code.ts';
import { signalNumbers } from './signal-name.ts';
import * as socket from './socket.ts';
import * as wait from './wait.ts';

const headers: readonly Record<string, unknown>[] = [
  capability,
  clock,
  clone,
  descriptor,
  ipc,
  limits,
  memory,
  mode,
  mount,
  mqueue,
  netlink,
  open,
  prctl,
  resource,
  sched,
  signalCode,
  signal,
  socket,
  wait,
];

function isConstant(entry: [string, unknown]): entry is [string, number | bigint] {
  const [name, value] = entry;
  return /^_*[A-Z][A-Z0-9_]*$/.test(name) && (typeof value === 'number' || typeof value === 'bigint');
}

/** The number of every named constant; those wider than 53 bits are bigints. */
export const constants: ReadonlyMap<string, number | bigint> = new Map([
  ...headers.flatMap((header) => Object.entries(header).filter(isConstant)),
  ...signalNumbers,
  ...errnoNames.map((name) => [name, errnoNumber(name)] as const),
]);
