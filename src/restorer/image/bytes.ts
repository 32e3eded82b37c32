/**
 * Byte strings in image files.
 *
 * Inside thaw bytes are strings whose characters are 0-255. A file holds them as such a string, or as `{base64: …}`, which is
 * shorter for binary data; the reader takes either for any byte string.
 */
import { z } from 'zod';

/** The schema of a byte string of at most `max` bytes; its value is a string of characters 0-255. */
export function bytes(max: number) {
  const plain = z
    .string()
    .max(max)
    .regex(/^[\0-\xff]*$/, 'a byte string may hold characters U+0000 to U+00FF only');
  const encoded = z
    .strictObject({
      base64: z
        .string()
        .max(Math.ceil(max / 3) * 4)
        .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'not base64'),
    })
    .transform(({ base64 }, context) => {
      const decoded = atob(base64);
      if (decoded.length > max) context.addIssue({ code: 'custom', message: `too long: more than ${max} bytes` });
      return decoded;
    });
  const schema = z.union([plain, encoded]);
  byteSchemas.add(schema);
  return schema;
}

const byteSchemas = new WeakSet<z.core.$ZodType>();

/** Tells a schema that `bytes` made from every other. */
export function isBytes(schema: z.core.$ZodType): boolean {
  return byteSchemas.has(schema);
}

/** How a byte string is written: as text where it is printable ASCII, else as base64. */
export function encodeBytes(value: string): string | { base64: string } {
  return /^[\t\n\x20-\x7e]*$/.test(value) ? value : { base64: btoa(value) };
}
