/**
 * Netlink messages: a header, and behind it what its type says; netlink(7), linux/genetlink.h.
 *
 * Messages are passed as their contents, one in a datagram. Attributes hold plain data; how many bytes of C they stand for follows
 * from what they are. Left out on purpose: several messages in a datagram, nested attributes, attribute flags.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { GENL_HDRLEN, NLA_HDRLEN, NLMSG_HDRLEN } from '../abi/netlink.ts';

/** struct nlmsghdr. */
export interface Header {
  /** Bytes of the whole message as its sender says. */
  readonly length: number;
  readonly type: number;
  /** NLM_F_* */
  readonly flags: number;
  readonly sequence: number;
  /** The port of whoever it answers, or what its sender says its own is; nobody checks. */
  readonly port: number;
}

/** Data that a program has put into an attribute, or the kernel: numbers, bytes, arrays, structures. */
export type Plain = number | bigint | string | boolean | null | readonly Plain[] | { readonly [field: string]: Plain };

/** struct nlattr and what follows it. */
export interface Attribute {
  readonly type: number;
  readonly value: Plain;
}

/** What follows the header in a message of generic netlink: struct genlmsghdr and attributes. */
export interface Generic {
  readonly command: number;
  readonly version: number;
  readonly attributes: readonly Attribute[];
}

/**
 * What follows the header in NLMSG_ERROR: the message that it is about, of which an acknowledgement, which is no error, has the header
 * alone.
 */
interface Complaint {
  readonly errno: ErrnoName | null;
  readonly about: Message;
}

export interface Message {
  readonly header: Header;
  /** Null for a message that ends with its header. */
  readonly body: Generic | Complaint | null;
}

export const isGeneric = (body: Message['body']): body is Generic => body !== null && 'command' in body;

const align = (size: number): number => Math.ceil(size / 4) * 4;

/** Bytes of a signal set, of a siginfo_t, and of any other structure. */
const SET = 8;
const SIGINFO = 128;
const STRUCTURE = 40;
const INTEGER = 4;

/** Bytes of the data in C. An array of numbers is a signal set. */
function sizeOfValue(value: Plain): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return INTEGER;
  if (!Array.isArray(value)) return 'si_signo' in value ? SIGINFO : STRUCTURE;
  const elements = value as readonly Plain[];
  return typeof elements[0] === 'object' ? elements.reduce((sum: number, one) => sum + sizeOfValue(one), 0) : SET;
}

/** nla_len: bytes of an attribute with its header, without the bytes that align the next one. */
export const sizeOfAttribute = ({ value }: Attribute): number => NLA_HDRLEN + sizeOfValue(value);

const sizeOfBody = (body: Message['body']): number => {
  if (body === null) return 0;
  if (!isGeneric(body)) return INTEGER + (body.errno === null ? NLMSG_HDRLEN : align(body.about.header.length));
  return body.attributes.reduce((sum, attribute) => sum + align(sizeOfAttribute(attribute)), GENL_HDRLEN);
};

/** Bytes that a message really has, whatever its header says. */
export const sizeOfMessage = ({ body }: Pick<Message, 'body'>): number => NLMSG_HDRLEN + sizeOfBody(body);

/** A message of the kernel's own. */
export function compose(type: number, flags: number, about: Header, port: number, body: Message['body']): Message {
  return { header: { length: sizeOfMessage({ body }), type, flags, sequence: about.sequence, port }, body };
}

/** As much of a message as there is room for: parts that do not fit whole are cut. Null when not even its header fits. */
export function cut(message: Message, room: number): Message | null {
  const { header, body } = message;
  if (room >= sizeOfMessage(message)) return message;
  if (room < NLMSG_HDRLEN) return null;
  if (!isGeneric(body) || room < NLMSG_HDRLEN + GENL_HDRLEN) return { header, body: null };
  let left = room - NLMSG_HDRLEN - GENL_HDRLEN;
  const end = body.attributes.findIndex((attribute) => {
    left -= align(sizeOfAttribute(attribute));
    return left < 0;
  });
  return { header, body: { ...body, attributes: body.attributes.slice(0, end) } };
}
