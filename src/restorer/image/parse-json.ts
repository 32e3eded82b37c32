/** JSON image files: fast, for trees of any size. */
import { jsonDepth, locateJson } from './locate-json.ts';
import { MAX_DEPTH, type Parsed, placeOf, refuse, TOO_DEEP } from './parsed.ts';

const MAX_CHARACTERS = 400 * 1024 * 1024;

/** Parses a JSON text of at most 400 Mi characters that nests at most 64 deep. */
export function parseJson(text: string): Parsed {
  if (text.length > MAX_CHARACTERS) return refuse(`the file is larger than ${MAX_CHARACTERS} characters`);
  if (jsonDepth(text) > MAX_DEPTH) return refuse(TOO_DEEP);
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value, locate: (path) => placeOf(text, locateJson(text, path)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 names the offset, except where the text just ends.
    const offset = /at position (\d+)/.exec(error.message);
    const message = error.message
      .replace(/ in JSON at position.*$/s, '')
      .replace(/, \.{0,3}".*is not valid JSON$/s, '');
    return { ok: false, errors: [{ ...placeOf(text, offset ? Number(offset[1]) : text.length), message }] };
  }
}
