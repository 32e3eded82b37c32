/**
 * Netlink messages as strace prints them: the header, what follows it, and attributes as pairs of a header and data; a message that
 * ends with its header is not in brackets. Programs may leave lengths out: they are what they have to be.
 */

import { errnoNumber } from '../kernel-sim/abi/errno.ts';
import { NLMSG_HDRLEN } from '../kernel-sim/abi/netlink.ts';
import {
  type Attribute,
  type Generic,
  type Header,
  isGeneric,
  type Message,
  type Plain,
  sizeOfAttribute,
  sizeOfMessage,
} from '../kernel-sim/netlink/message.ts';
import { type Datum, integerOf, type Struct } from './datum.ts';

/** Whether something is a structure. */
export const isStruct = (datum: Datum | undefined): datum is Struct =>
  typeof datum === 'object' && datum !== null && !Array.isArray(datum);

/** What is in memory; undefined where something is left open. */
function plainOf(datum: Datum): Plain | undefined {
  if (typeof datum === 'symbol') return undefined;
  if (typeof datum !== 'object' || datum === null) return datum;
  if (Array.isArray(datum)) {
    const elements = (datum as readonly Datum[]).map(plainOf);
    return elements.includes(undefined) ? undefined : (elements as readonly Plain[]);
  }
  const fields = Object.entries(datum as Struct).map(([name, value]) => [name, plainOf(value)] as const);
  return fields.some(([, value]) => value === undefined) ? undefined : (Object.fromEntries(fields) as Plain);
}

function attributeIn(datum: Datum): Attribute | null {
  if (!Array.isArray(datum)) return null;
  const [head, data = 0] = datum as readonly Datum[];
  const value = plainOf(data);
  return isStruct(head) && value !== undefined ? { type: integerOf(head.nla_type), value } : null;
}

function genericIn(head: Datum | undefined, data: Datum | undefined): Generic | null {
  if (!isStruct(head)) return null;
  const attributes = Array.isArray(data) ? (data as readonly Datum[]).map(attributeIn) : [];
  if (attributes.includes(null)) return null;
  return {
    command: integerOf(head.cmd),
    version: integerOf(head.version),
    attributes: attributes as readonly Attribute[],
  };
}

/** The message in a buffer; null for memory that cannot be read. Bytes are a message that is none. */
export function messageIn(datum: Datum | undefined): Message | null {
  if (typeof datum === 'string') return { header: headerIn({}, 0), body: null };
  const parts: readonly (Datum | undefined)[] = Array.isArray(datum) ? datum : [datum];
  const [head, second, third] = parts;
  if (!isStruct(head)) return null;
  const body = second === undefined ? null : genericIn(second, third);
  if (second !== undefined && body === null) return null;
  return { header: headerIn(head, sizeOfMessage({ body })), body };
}

const headerIn = (head: Struct, length: number): Header => ({
  length: head.nlmsg_len === undefined ? length : integerOf(head.nlmsg_len),
  type: integerOf(head.nlmsg_type),
  flags: integerOf(head.nlmsg_flags),
  sequence: integerOf(head.nlmsg_seq),
  port: integerOf(head.nlmsg_pid),
});

const headerOf = ({ length, type, flags, sequence, port }: Header): Struct => ({
  nlmsg_len: length,
  nlmsg_type: type,
  nlmsg_flags: flags,
  nlmsg_seq: sequence,
  nlmsg_pid: port,
});

const attributeOf = (attribute: Attribute): Datum => [
  { nla_len: sizeOfAttribute(attribute), nla_type: attribute.type },
  attribute.value,
];

/** A message as the kernel leaves it in a buffer. */
export function messageOf({ header, body }: Message): Datum {
  if (body === null) return headerOf(header);
  if (isGeneric(body)) {
    const { command: cmd, version, attributes } = body;
    return [headerOf(header), { cmd, version }, attributes.map(attributeOf)];
  }
  const { errno, about } = body;
  return [headerOf(header), { error: errno === null ? 0 : -errnoNumber(errno), msg: messageOf(about) }];
}

/** Bytes of a buffer's contents where the program does not say. */
export const lengthOf = (datum: Datum | undefined, message: Message | null): number =>
  typeof datum === 'string' ? datum.length : message === null ? NLMSG_HDRLEN : sizeOfMessage(message);
