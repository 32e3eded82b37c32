/**
 * What both parsers of image files give: a plain value, and a way back from a path in it to a place in the text.
 */

/** A place in a text; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** One thing that is wrong with a file. */
export interface ImageError extends Place {
  file: string;
  message: string;
}

export type Parsed =
  | { ok: true; value: unknown; locate: (path: readonly (string | number)[]) => Place }
  | { ok: false; errors: (Place & { message: string })[] };

/** An image nests nine deep; anything much deeper is no image, and would exhaust the stack. */
export const MAX_DEPTH = 64;
export const TOO_DEEP = 'the file nests too deep for an image';

/** The line and column of an offset. */
export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The one error of a text that cannot be looked at closely. */
export function refuse(message: string): Parsed {
  return { ok: false, errors: [{ line: 1, column: 1, message }] };
}
