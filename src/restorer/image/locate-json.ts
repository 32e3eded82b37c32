/**
 * Finds where in a JSON text a value stands. JSON.parse is many times faster than a parser that keeps positions, so positions are
 * looked up afterwards, for the few values that an error is about.
 */

/**
 * The offset in `text` of the value (for the last key of an object: of the key) that `path` leads to, or of the innermost one that
 * exists. `text` must be valid JSON.
 */
export function locateJson(text: string, path: readonly (string | number)[]): number {
  let at = skipSpace(text, 0);
  for (const [depth, key] of path.entries()) {
    const child =
      text[at] === '{' ? member(text, at, String(key)) : text[at] === '[' ? element(text, at, Number(key)) : undefined;
    if (!child) return at;
    at = depth === path.length - 1 ? child.key : child.value;
  }
  return at;
}

/** How deep the arrays and objects of any JSON-like text nest. Linear, and without recursion. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = skipString(text, at) - 1;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}

interface Place {
  key: number;
  value: number;
}

function member(text: string, object: number, wanted: string): Place | undefined {
  let found: Place | undefined;
  let at = skipSpace(text, object + 1);
  while (text[at] === '"') {
    const end = skipString(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    // Of a key that is there twice the last one counts, as in JSON.parse.
    if (JSON.parse(text.slice(at, end)) === wanted) found = { key: at, value };
    at = skipComma(text, skipValue(text, value));
  }
  return found;
}

function element(text: string, array: number, wanted: number): Place | undefined {
  let at = skipSpace(text, array + 1);
  for (let index = 0; text[at] !== ']'; index++) {
    if (index === wanted) return { key: at, value: at };
    at = skipComma(text, skipValue(text, at));
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++;
  return at;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}

/** The offset after the string that opens at `from`, or the end of the text. */
function skipString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const char = text[at];
    if (char === '"') {
      at = skipString(text, at);
      continue;
    }
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    at++;
    if (depth === 0 && char !== '}' && char !== ']') while (/[^,\]}\s]/.test(text[at] ?? ',')) at++;
  } while (depth > 0);
  return at;
}
