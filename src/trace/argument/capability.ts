/** Arguments of capget(2) and capset(2). */

import * as capability from '../../kernel-sim/abi/capability.ts';
import { choice, type Names, namesOf, splitFlags } from './flags.ts';
import { hexText, integers, type Printer } from './printer.ts';

const bits: Names = Object.entries(capability).map(([name, number]) => [`1<<${name}`, 1n << BigInt(number)]);

/** A set of capabilities: `1<<CAP_CHOWN|1<<CAP_KILL`. */
const set = integers((value) => {
  const { found, rest } = splitFlags(BigInt.asUintN(64, value), bits);
  return [...found, ...(rest === 0n && found.length > 0 ? [] : [hexText(rest)])].join('|');
});

const VERSIONS = {
  _LINUX_CAPABILITY_VERSION_1: 0x1998_0330,
  _LINUX_CAPABILITY_VERSION_2: 0x2007_1026,
  _LINUX_CAPABILITY_VERSION_3: 0x2008_0522,
};

export const capabilityPrinters: Readonly<Record<string, Printer>> = {
  capabilities: set,
  cap_version: choice(namesOf(VERSIONS, Object.keys(VERSIONS).join(' ')), '_LINUX_CAPABILITY_VERSION'),
};
