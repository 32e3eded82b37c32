// Turns YAML nodes into plain data: null, truths, numbers, texts, arrays, and objects without prototype.
// With two limits of our own, at most 64 levels and 100 aliases, and two rules: a key is there once, and a number that begins
// with 0 is octal, as it is in programs.

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { narrow } from '../userland/language/integer.ts';

export const maxDepth = 64;
const maxAliases = 100;

/** Something in a node that is no data for us. */
export type Mistake = { readonly node: unknown; readonly message: string };

export type Conversion = {
  readonly resolve: (alias: Alias) => Node | undefined;
  readonly mistakes: Mistake[];
};

/** The data of a node; what is wrong with it is appended to the conversion's mistakes. */
export function toData(node: unknown, conversion: Conversion): unknown {
  let aliases = 0;

  const convert = (from: unknown, depth: number): unknown => {
    const mistake = (message: string): null => {
      conversion.mistakes.push({ node: from, message });
      return null;
    };
    if (from === null || from === undefined) return null;
    if (depth > maxDepth) return mistake(`nested more than ${maxDepth} deep`);
    if (isAlias(from)) {
      aliases += 1;
      if (aliases > maxAliases) return aliases === maxAliases + 1 ? mistake(`more than ${maxAliases} aliases`) : null;
      const target = conversion.resolve(from);
      return target === undefined ? mistake(`no anchor &${from.source} before this alias`) : convert(target, depth + 1);
    }
    if (isScalar(from)) {
      const octal = octalDigits(from);
      if (octal === undefined) return typeof from.value === 'bigint' ? narrow(from.value) : from.value;
      if (/[89]/.test(octal)) return mistake(`${from.source} begins with 0, so it is octal, but has a digit above 7`);
      return narrow(BigInt(`0o${octal}`) * (from.source!.startsWith('-') ? -1n : 1n));
    }
    if (isSeq(from)) return from.items.map((item) => convert(item, depth + 1));
    if (isMap(from)) return convertMap(from.items, depth, mistake);
    return mistake('neither a value, a list nor a mapping');
  };

  const convertMap = (pairs: readonly Pair[], depth: number, mistake: (message: string) => null): unknown => {
    const data: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs) {
      const name = keyText(key);
      if (name === undefined) mistake('a key must be a text');
      else if (name === '__proto__') conversion.mistakes.push({ node: key, message: `no key is called ${name}` });
      else if (Object.hasOwn(data, name))
        conversion.mistakes.push({ node: key, message: `the key "${name}" is there twice` });
      else data[name] = convert(value, depth + 1);
    }
    return data;
  };

  return convert(node, 1);
}

/** A key as it is written; undefined for keys that are lists, mappings or aliases. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** The digits of a number that begins with 0; undefined for any other scalar. */
function octalDigits({ source, type }: Scalar): string | undefined {
  return type === 'PLAIN' ? /^[-+]?(0[0-9]+)$/.exec(source ?? '')?.[1] : undefined;
}
