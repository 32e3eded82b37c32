/** What a family of generic netlink brings: its commands and what its attributes hold; struct genl_family, genl_ops, nla_policy. */

import type { Kernel } from '../kernel.ts';
import type { Steps } from '../machine/effect.ts';
import type { Result } from '../result.ts';
import { deliver } from './deliver.ts';
import type { Attribute, Plain } from './message.ts';
import { compose, type Generic } from './message.ts';
import type { Packet } from './netlink.ts';

/** The attributes of a message that its family knows, by type. */
export type Given = ReadonlyMap<number, Plain>;

interface Command {
  /** Whether only a sender with CAP_NET_ADMIN may use it (GENL_ADMIN_PERM). */
  readonly administrator: boolean;
  /** @param unknown how many attributes the message had that the family does not know */
  readonly run: (k: Kernel, packet: Packet, given: Given, unknown: number) => Steps<Result<undefined>>;
}

export interface GenericFamily {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly commands: Readonly<Record<number, Command>>;
  /** Whether an attribute of a type holds what it should; what is not in here is not known. */
  readonly policy: Readonly<Record<number, (value: Plain) => boolean>>;
}

/** Sends an answer of a family to whoever asked. */
export function answer(
  k: Kernel,
  { message: { header }, port }: Packet,
  { id, version }: Pick<GenericFamily, 'id' | 'version'>,
  command: number,
  attributes: readonly Attribute[],
): Steps<void> {
  const body: Generic = { command, version, attributes };
  return deliver(k, port, compose(id, 0, header, port, body));
}
