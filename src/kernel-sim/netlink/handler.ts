/**
 * The kernel's end: a thread of its own takes messages out of the queue and calls the command of the family that each is for;
 * genetlink.c:genl_rcv_msg, af_netlink.c:netlink_rcv_skb.
 *
 * It is nobody's thread: it runs in the initial pid namespace, whenever it gets to it. This is the point of SEMANTICS E11. In the
 * kernel of 2007 whoever came to hold the family's lock ran the queue for everybody; that it is a stranger is the same.
 */

import type { ErrnoName } from '../abi/errno.ts';
import {
  GENL_HDRLEN,
  NLM_F_ACK,
  NLM_F_CAPPED,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
} from '../abi/netlink.ts';
import type { Kernel } from '../kernel.ts';
import { operation, repeated, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { checkpointFamily } from './checkpoint.ts';
import { controlFamily } from './control.ts';
import { deliver } from './deliver.ts';
import type { GenericFamily } from './generic-family.ts';
import { compose, isGeneric, type Message } from './message.ts';
import type { Packet } from './netlink.ts';

/** The families of this kernel, by their ids. */
const families = (k: Kernel): readonly GenericFamily[] =>
  k.profile.series.has('netlink-cr') ? [controlFamily(families), checkpointFamily] : [controlFamily(families)];

/** Puts a message into the queue, and has a thread look at it if none is at it; for operations. */
export function queueWork(tx: Transaction, k: Kernel, packet: Packet): void {
  tx.update(k.netlink.inbox, (inbox) => [...inbox, packet]);
  if (tx.read(k.netlink.handling)) return;
  tx.write(k.netlink.handling, true);
  k.machine.launchThread(tx, { name: 'genl_rcv', args: [], start: () => handleAll(k) });
}

const takePacket = operation('netlink.take', (tx: Transaction, k: Kernel): Packet | null => {
  const [first, ...rest] = tx.read(k.netlink.inbox);
  if (first === undefined) tx.write(k.netlink.handling, false);
  else tx.write(k.netlink.inbox, rest);
  return first ?? null;
});

const handleAll = (k: Kernel): Steps<null> =>
  repeated(null, function* () {
    const packet = yield* takePacket(k);
    if (packet === null) return { done: null };
    yield* handle(k, packet);
    return { again: null };
  });

function* handle(k: Kernel, packet: Packet): Steps<void> {
  const { header } = packet.message;
  if (header.length < NLMSG_HDRLEN || packet.size < header.length) return; // not a message: nobody is told
  const result = isRequest(packet.message) ? yield* scoped(obey(k, packet)) : done;
  if (result.ok && (header.flags & NLM_F_ACK) === 0) return;
  yield* deliver(k, packet.port, complaint(k, packet, result.ok ? null : result.errno));
}

/** What is no request, and the types that netlink keeps to itself, are at most acknowledged. */
const isRequest = ({ header }: Message): boolean =>
  (header.flags & NLM_F_REQUEST) !== 0 && header.type >= NLMSG_MIN_TYPE;

/** NLMSG_ERROR, which without an errno is the acknowledgement. */
function complaint(k: Kernel, { message, port }: Packet, errno: ErrnoName | null): Message {
  const { header } = message;
  const about = errno === null ? { header, body: null } : message;
  return compose(NLMSG_ERROR, errno === null && !k.is26 ? NLM_F_CAPPED : 0, header, port, { errno, about });
}

/**
 * Does what a message asks for.
 *
 * @returns ENOENT for a type that is no family's, EINVAL when there is no command in it, EOPNOTSUPP for a command that the family
 * does not have, EPERM for one that its sender may not use, ERANGE for an attribute that does not hold what it should
 */
function* obey(k: Kernel, packet: Packet): Steps<Result<undefined>> {
  const { header, body } = packet.message;
  const family = families(k).find(({ id }) => id === header.type);
  if (family === undefined) return fail('ENOENT');
  if (header.length < NLMSG_HDRLEN + GENL_HDRLEN || !isGeneric(body)) return fail('EINVAL');
  const command = family.commands[body.command];
  if (command === undefined) return fail('EOPNOTSUPP');
  if (command.administrator && !packet.administrator) return fail('EPERM');
  if ((header.flags & NLM_F_DUMP) === NLM_F_DUMP) return fail('EOPNOTSUPP'); // no family here has objects to walk
  const known = body.attributes.filter(({ type }) => family.policy[type] !== undefined);
  if (known.some(({ type, value }) => !family.policy[type]!(value))) return fail('ERANGE');
  // The last of several attributes of one type counts.
  const given = new Map(known.map(({ type, value }) => [type, value]));
  return yield* command.run(k, packet, given, body.attributes.length - known.length);
}
