/** YAML image files: for people to write, read and comment. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { type Parsed, type Place, refuse, TOO_DEEP } from './parsed.ts';

/** A YAML text is parsed into nodes that keep their places, a hundred times its size; larger images belong in JSON. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** How many nodes the aliases of a file may stand for; the rest is an attack. */
const MAX_ALIASES = 100;

/** Parses a YAML 1.2 text of at most 16 Mi characters that holds one document. */
export function parseYaml(text: string): Parsed {
  if (text.length > MAX_CHARACTERS) {
    return refuse(`the file is larger than ${MAX_CHARACTERS} characters; an image of this size is read as JSON`);
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    // The library's own test for keys that are there twice takes quadratic time.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const errors = [...document.errors, ...document.warnings];
    if (errors.some(({ message }) => message.includes('call stack'))) return refuse(TOO_DEEP);
    if (errors.length > 0) {
      return { ok: false, errors: errors.map(({ pos, message }) => ({ ...place(pos[0]), message })) };
    }
    const twice = keysThereTwice(document);
    if (twice.length > 0) {
      return {
        ok: false,
        errors: twice.map(({ offset, key }) => ({ ...place(offset), message: `the key ${key} is there twice` })),
      };
    }
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { ok: true, value, locate: (path) => place(offsetOf(document, path)) };
  } catch (error) {
    // The composer is recursive: what nests thousands deep ends its stack.
    if (error instanceof RangeError) return refuse(TOO_DEEP);
    if (error instanceof ReferenceError)
      return refuse(error.message.replace(/^Excessive.*/, 'its aliases stand for too much'));
    throw error;
  }
}

function keysThereTwice(document: Document): { key: string; offset: number }[] {
  const twice: { key: string; offset: number }[] = [];
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key;
        if (keys.has(name)) twice.push({ key: String(name), offset: startOf(key) ?? 0 });
        keys.add(name);
      }
    },
  });
  return twice;
}

/** The offset of what `path` leads to (of the key, where a key is last), or of the innermost node that exists. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const child = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
      : isSeq(node)
        ? node.items[Number(key)]
        : undefined;
    if (child === undefined) break;
    node = isPair(child) && depth === path.length - 1 ? child.key : isPair(child) ? child.value : child;
    offset = startOf(isPair(child) ? child.key : child) ?? offset;
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
