/** Netlink messages: headers, commands and attributes by their names. */

import { errnoName } from '../../kernel-sim/abi/errno.ts';
import * as netlink from '../../kernel-sim/abi/netlink.ts';
import { type Datum, integerOf, type Struct } from '../../syscalls/datum.ts';
import { choice, flags, namesOf } from './flags.ts';
import type { Context, Printer } from './printer.ts';

type Print = (kind: string, value: Datum, context: Context) => string;

const types = choice(
  namesOf(netlink, 'NLMSG_NOOP NLMSG_ERROR NLMSG_DONE NLMSG_OVERRUN GENL_ID_CTRL GENL_ID_CR'),
  'GENERIC_FAMILY',
);

const messageFlags = flags(
  namesOf(netlink, 'NLM_F_REQUEST NLM_F_MULTI NLM_F_ACK NLM_F_ECHO NLM_F_DUMP NLM_F_ROOT NLM_F_MATCH NLM_F_ATOMIC'),
  'NLM_F',
);

/** An acknowledgement has a flag of its own, whose bit means something else in a request. */
const answerFlags = flags(namesOf(netlink, 'NLM_F_CAPPED'), 'NLM_F');

const flagsOf: Printer = (value, context) =>
  (integerOf(context.around?.nlmsg_type) === netlink.NLMSG_ERROR ? answerFlags : messageFlags)(value, context);

/** The names that a family has for its commands and attributes, and what its attributes hold. */
interface Names {
  readonly commands: Printer;
  readonly attributes: Printer;
  readonly kinds: Readonly<Record<number, string>>;
}

const control: Names = {
  commands: choice(namesOf(netlink, 'CTRL_CMD_NEWFAMILY CTRL_CMD_GETFAMILY'), 'CTRL_CMD'),
  attributes: choice(namesOf(netlink, 'CTRL_ATTR_FAMILY_ID CTRL_ATTR_FAMILY_NAME CTRL_ATTR_VERSION'), 'CTRL_ATTR'),
  kinds: {},
};

const checkpoint: Names = {
  commands: choice(namesOf(netlink, 'CR_CMD_DUMP CR_CMD_RESTORE'), 'CR_CMD'),
  attributes: choice(
    namesOf(
      netlink,
      'CR_ATTR_PID CR_ATTR_BLOCKED CR_ATTR_PENDING CR_ATTR_SHARED_PENDING CR_ATTR_ACTION CR_ATTR_ALTSTACK',
    ),
    'CR_ATTR',
  ),
  kinds: { [netlink.CR_ATTR_BLOCKED]: 'sigset' },
};

const families: ReadonlyMap<number, Names> = new Map([
  [netlink.GENL_ID_CTRL, control],
  [netlink.GENL_ID_CR, checkpoint],
]);

const plain: Names = { commands: () => undefined, attributes: () => undefined, kinds: {} };

const isStruct = (datum: Datum | undefined): datum is Struct =>
  typeof datum === 'object' && datum !== null && !Array.isArray(datum);

/** The fields of a structure, each by its own printer or else as any value. */
function fields(struct: Struct, printers: Readonly<Record<string, Printer>>, context: Context, print: Print): string {
  const inside = { ...context, around: struct };
  const texts = Object.entries(struct).map(
    ([name, value]) => `${name}=${printers[name]?.(value, inside) ?? print('', value, inside)}`,
  );
  return `{${texts.join(', ')}}`;
}

const header = { nlmsg_type: types, nlmsg_flags: flagsOf };

const error: Printer = (value) => {
  const name = errnoName(-integerOf(value));
  return name === undefined ? undefined : `-${name}`;
};

function attribute(datum: Datum, names: Names, context: Context, print: Print): string {
  const [head, value] = Array.isArray(datum) ? (datum as readonly Datum[]) : [];
  if (!isStruct(head)) return print('', datum, context);
  const kind = names.kinds[integerOf(head.nla_type)] ?? '';
  const text = fields(head, { nla_type: names.attributes }, context, print);
  return value === undefined ? `[${text}]` : `[${text}, ${print(kind, value, context)}]`;
}

function second(struct: Struct, names: Names, context: Context, print: Print): string {
  if (!('error' in struct)) return fields(struct, { cmd: names.commands }, context, print);
  const about: Printer = (value) => netlinkMessage(value, context, print);
  return fields(struct, { error, msg: about }, context, print);
}

/** A message as strace prints it; undefined for what is none. */
export function netlinkMessage(value: Datum, context: Context, print: Print): string | undefined {
  const parts: readonly Datum[] = Array.isArray(value) ? value : [value];
  const [head, next, attributes] = parts;
  if (!isStruct(head)) return undefined;
  if (next === undefined) return fields(head, header, context, print);
  const names = families.get(integerOf(head.nlmsg_type)) ?? plain;
  const texts = [
    fields(head, header, context, print),
    isStruct(next) ? second(next, names, context, print) : print('', next, context),
  ];
  if (Array.isArray(attributes)) {
    const list = (attributes as readonly Datum[]).map((one) => attribute(one, names, context, print));
    texts.push(`[${list.join(', ')}]`);
  }
  return `[${texts.join(', ')}]`;
}
