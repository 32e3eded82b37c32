// Parameters: their values in the file, and `--set name=value` on the command line.

import { utf8Bytes } from '../userland/language/string-literal.ts';
import { didYouMean } from '../userland/language/suggest.ts';
import type { Value } from '../userland/language/value.ts';

/** Values given in place of a scenario's own, by parameter name, as a person types them. */
export type Settings = Readonly<Record<string, string>>;

/** Parameters, and what is wrong with the settings. */
export type ParamValues = { readonly params: ReadonlyMap<string, Value>; readonly mistakes: readonly string[] };

/** The file's parameters with the settings applied; a setting has the kind of the value that it replaces. */
export function paramValues(defaults: Readonly<Record<string, number | string>>, settings: Settings): ParamValues {
  const given = new Map(Object.entries(defaults));
  const mistakes: string[] = [];
  for (const [name, text] of Object.entries(settings)) {
    const before = given.get(name);
    const value = typeof before === 'number' ? parseInteger(text) : text;
    if (before === undefined) {
      mistakes.push(`--set ${name}=${text}: unknown parameter "${name}"${didYouMean(name, Object.keys(defaults))}`);
    } else if (value === undefined) {
      mistakes.push(`--set ${name}=${text}: expected a whole number, as ${before} is one`);
    } else {
      given.set(name, value);
    }
  }
  const params = [...given].map(([name, value]): [string, Value] => [
    name,
    typeof value === 'string' ? utf8Bytes(value) : value,
  ]);
  return { params: new Map(params), mistakes };
}

/** A decimal, 0x or 0 (octal) integer that is a safe number. */
function parseInteger(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(0x[0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}
