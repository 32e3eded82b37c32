/**
 * Any value as strace would print it: by the kind of its parameter, by the name of its field, else by what it is.
 *
 * A buffer that the kernel did not fill in is `_`, where strace has an address: there is no user memory here, and programs
 * write it so as well.
 */

import { type Datum, FAULT, type Struct } from '../../syscalls/datum.ts';
import { capabilityPrinters } from './capability.ts';
import { fieldKinds } from './field.ts';
import { filePrinters } from './file.ts';
import { ipcPrinters } from './ipc.ts';
import { netlinkMessage } from './netlink.ts';
import { address, type Context, type Printer } from './printer.ts';
import { processPrinters } from './process.ts';
import { signalPrinters } from './signal.ts';
import { socketPrinters } from './socket.ts';
import { bytes, path, quoted } from './text.ts';
import { timePrinters } from './time.ts';

const printers: ReadonlyMap<string, Printer> = new Map(
  Object.entries({
    ...capabilityPrinters,
    ...filePrinters,
    ...ipcPrinters,
    ...processPrinters,
    ...signalPrinters,
    ...socketPrinters,
    ...timePrinters,
    address,
    bytes,
    path,
  }),
);

/** Kinds of structures and buffers: a number there is an address. */
const memory = new Set(
  `msgbuf msqid_ds sembuf[] shmid_ds iovec[] dirent[] pollfd[] stat timespec itimerval rusage siginfo sigaction stack_t \
sigreturn_frame mq_attr sigevent rlimit clone_args path bytes sockaddr msghdr netlink_message int[] size[]`.split(
    /\s+/,
  ),
);

/** An address that leads nowhere. */
const NOWHERE = '0x1';

/** Prints the value of a parameter or field; a kind that nobody knows prints by what the value is. */
export function printValue(kind: string, value: Datum, context: Context): string {
  if (value === FAULT) return NOWHERE;
  if (typeof value === 'symbol') return '_'; // OUT, or `_` inside of a structure
  if (value === null) return 'NULL';
  const message = kind === 'netlink_message' ? netlinkMessage(value, context, printValue) : undefined;
  const special = message ?? printers.get(kind)?.(value, context);
  if (special !== undefined) return special;
  return memory.has(kind) ? (address(value, context) ?? plain(value, context)) : plain(value, context);
}

function plain(value: Exclude<Datum, null | symbol>, context: Context): string {
  if (typeof value === 'string') return quoted(value, context.width);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value !== 'object') return value.toString();
  return Array.isArray(value) ? printArray(value, context) : printStruct(value as Struct, context);
}

function printArray(elements: readonly Datum[], context: Context): string {
  const shown = context.width < 0 ? elements : elements.slice(0, context.width);
  const texts = shown.map((element) => printValue('', element, context));
  return `[${[...texts, ...(shown.length < elements.length ? ['...'] : [])].join(', ')}]`;
}

function printStruct(struct: Struct, context: Context): string {
  const fields = Object.entries(struct);
  if (fields.length === 1 && typeof struct.program === 'string') return struct.program;
  const inside = { ...context, around: struct };
  return `{${fields.map(([name, field]) => `${name}=${printValue(fieldKinds[name] ?? '', field, inside)}`).join(', ')}}`;
}
