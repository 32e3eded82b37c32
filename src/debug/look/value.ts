/** Values as text: numbers and texts as C writes them, kernel objects by the names people know, garbage as what it is. */

import { type KernelObject, Table } from '../../kernel-sim/machine/layout.ts';
import { POISON, UNINITIALISED } from '../../kernel-sim/machine/store.ts';
import { FAULT, OUT } from '../../syscalls/datum.ts';
import { ANY, isRecord, programOf, type Value } from '../../userland/language/value.ts';
import { type Debuggee, isTask } from '../debuggee.ts';
import { ABSENT, fieldsOf } from '../expression/evaluate.ts';

const symbols: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [POISON, '<freed>'],
  [UNINITIALISED, '<never written>'],
  [ABSENT, '<nothing there>'],
  [OUT, '_'],
  [ANY, '_'],
  [FAULT, '<bad address>'],
]);

/** At most this many elements, and characters of a text, are shown. */
const ELEMENTS = 32;
const CHARACTERS = 200;

export const isObject = (value: unknown): value is KernelObject =>
  typeof value === 'object' && value !== null && 'base' in value && 'layout' in value;

const escaped = (text: string): string =>
  text.replace(/["\\]|[^ -~]/g, (one) =>
    one === '\n' ? '\\n' : /["\\]/.test(one) ? `\\${one}` : `\\${one.charCodeAt(0).toString(8)}`,
  );

/** A text in quotes, cut where it is long. */
export const quoted = (text: string): string =>
  text.length > CHARACTERS ? `"${escaped(text.slice(0, CHARACTERS))}"...` : `"${escaped(text)}"`;

/** A value on one line; objects by name. */
export function valueText(debuggee: Debuggee, value: unknown): string {
  const symbol = symbols.get(value);
  if (symbol !== undefined) return symbol;
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object')
    return typeof value === 'symbol' ? `<${value.description}>` : `${value as number | bigint | boolean}`;
  if (value instanceof Table) return `<table ${value.field}>`;
  if (isObject(value)) return objectName(debuggee, value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, ELEMENTS).map((element) => valueText(debuggee, element));
    return `[${[...shown, ...(value.length > ELEMENTS ? ['...'] : [])].join(', ')}]`;
  }
  return recordText(debuggee, value);
}

function recordText(debuggee: Debuggee, value: object): string {
  const program = isRecord(value as Value) ? programOf(value as Value) : undefined;
  if (program !== undefined) return program;
  if ('call' in value && 'isFresh' in value) return `<call ${(value.call as { name: string }).name}>`;
  if ('instructions' in value && 'name' in value) return `<program ${String(value.name)}>`;
  const fields = Object.entries(value).filter(([, field]) => typeof field !== 'function');
  return `{${fields.map(([name, field]) => `${name}=${valueText(debuggee, field)}`).join(', ')}}`;
}

/** A kernel object by the name that people know: `task 5000 (restorer)`, `msg_queue 3`, else who allocated it. */
export function objectName(debuggee: Debuggee, object: KernelObject): string {
  const { view } = debuggee;
  if (isTask(object)) return `task ${debuggee.nameOf(object)}`;
  const { kind } = object.layout;
  const fields = object as unknown as { readonly id?: number; readonly upids?: number };
  if (kind === 'pid' && fields.upids !== undefined) {
    const upids: readonly { number: number }[] = view.read(fields.upids as never);
    return `pid ${upids.map(({ number }) => number).join('/')}`;
  }
  if (typeof fields.id === 'number' && debuggee.k.machine.store.cellOwner(fields.id) === object) {
    return `${kind} ${String(view.read(fields.id as never))}`;
  }
  return `<${kind} ${ownerText(debuggee, object)}>`;
}

function ownerText(debuggee: Debuggee, { allocator, ordinal }: KernelObject): string {
  const by = allocator === null ? '' : isTask(allocator) ? debuggee.labelOf(allocator) : allocator.layout.kind;
  return `${by}#${ordinal}`;
}

/** An object with its fields, one to a line; any other value on one line. */
export function detailText(debuggee: Debuggee, value: unknown): string {
  if (value instanceof Table) return tableText(debuggee, value);
  if (!isObject(value)) return valueText(debuggee, value);
  const lines = fieldsOf(value).map((field) => {
    const held = (value as unknown as Record<string, unknown>)[field];
    const content = typeof held === 'number' ? debuggee.view.read(held as never) : held;
    return `  ${field} = ${valueText(debuggee, content)}`;
  });
  return `${objectName(debuggee, value)} {\n${lines.join('\n')}\n}`;
}

/** The elements of a table that are not as they were at first. */
function tableText(debuggee: Debuggee, { owner, field, initial }: Table<unknown>): string {
  const { store } = debuggee.k.machine;
  const prefix = `${owner.name}.${field}[`;
  const lines: string[] = [];
  for (let cell = owner.base + 1; cell < store.size; cell++) {
    if (store.cellOwner(cell) !== owner || Object.is(store.peek(cell as never), initial)) continue;
    const name = store.cellName(cell);
    if (name.startsWith(prefix))
      lines.push(`  ${name.slice(prefix.length - 1)} = ${valueText(debuggee, store.peek(cell as never))}`);
  }
  if (lines.length === 0) return `<table ${field}, as it was at first>`;
  const more = lines.length - ELEMENTS;
  return [`<table ${field}> {`, ...lines.slice(0, ELEMENTS), ...(more > 0 ? [`  … and ${more} more`] : []), '}'].join(
    '\n',
  );
}

/** A location by the name that people know: `task 5000 (restorer).nsd`, `pidmap[5000]`. */
export function cellText(debuggee: Debuggee, cell: number): string {
  const { store } = debuggee.k.machine;
  const owner = store.cellOwner(cell);
  const raw = store.cellName(cell);
  if (owner === undefined) return raw;
  const field = raw.slice(owner.name.length);
  if (owner === debuggee.k.initPidNs)
    return field
      .replace(/^\.map/, 'pidmap')
      .replace(/^\.lastPid$/, 'last_pid')
      .replace(/^\./, 'pid_ns.');
  return `${objectName(debuggee, owner)}${field}`;
}
