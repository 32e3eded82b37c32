/**
 * Byte strings in image files.
 *
 * Inside thaw bytes are strings whose characters are 0-255. A file holds them as such a string, or as `{base64: …}` where that is
 * shorter; the reader takes either for any byte string.
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

/** How a byte string is written: as text, or as base64 where escapes would take more room than that. */
export function encodeBytes(value: string): string | { base64: string } {
  let escapes = 0;
  for (let at = 0; at < value.length; at++) {
    const char = value.charCodeAt(at);
    if ((char < 0x20 && char !== 0x09 && char !== 0x0a) || char > 0x7e) escapes++;
  }
  return value.length + 5 * escapes <= 4 * Math.ceil(value.length / 3) + 12 ? value : { base64: btoa(value) };
}
