/**
 * Reads image files: YAML for people, JSON for large trees. Whatever the text holds, the answer is an image or a list of errors with
 * places; nothing is thrown. DESIGN, "Restore"; the format is in docs/image-format.md.
 */
import { checkImage, type Problem } from './check.ts';
import { explain } from './explain.ts';
import { IMAGE_VERSION, type Image, imageSchema } from './image.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import type { ImageError, Parsed } from './parsed.ts';

export type ReadResult = { ok: true; image: Image } | { ok: false; errors: ImageError[] };

/** More errors than these are counted, not listed. */
const LISTED = 20;

/**
 * Reads an image from the text of a file; `fileName` decides nothing but what errors say, except that `.json` is JSON whatever
 * it starts with. Lines and columns in errors count from 1.
 */
export function readImage(text: string, fileName: string): ReadResult {
  const isJson = fileName.endsWith('.json') || /^\s*\{\s*"/.test(text);
  const parsed = isJson ? parseJson(text) : parseYaml(text);
  if (!parsed.ok) return { ok: false, errors: shorten(parsed.errors, (error) => ({ file: fileName, ...error })) };
  const checked = validateImage(parsed.value);
  if (checked.ok) return checked;
  return { ok: false, errors: place(checked.problems, parsed, fileName) };
}

/** Checks a value that claims to be an image: its shape first, then what must hold across it. */
export function validateImage(value: unknown): { ok: true; image: Image } | { ok: false; problems: Problem[] } {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > IMAGE_VERSION) {
    const message = `image version ${version} is newer than this thaw, which reads up to version ${IMAGE_VERSION}`;
    return { ok: false, problems: [{ path: ['version'], message }] };
  }
  const result = imageSchema.safeParse(value);
  const problems = result.success ? checkImage(result.data) : result.error.issues.flatMap(explain);
  return result.success && problems.length === 0 ? { ok: true, image: result.data } : { ok: false, problems };
}

function place(problems: Problem[], parsed: Parsed & { ok: true }, file: string): ImageError[] {
  return shorten(problems, ({ path, message }) => {
    const where = path.length === 0 ? '' : `${path.join('.')}: `;
    return { file, ...parsed.locate(path), message: `${where}${message}` };
  });
}

function shorten<T>(all: readonly T[], show: (one: T) => ImageError): ImageError[] {
  const errors = all.slice(0, LISTED).map(show);
  const more = all.length - errors.length;
  return more === 0 ? errors : [...errors, { ...errors.at(-1)!, message: `and ${more} more` }];
}
