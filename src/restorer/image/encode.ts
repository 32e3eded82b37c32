/**
 * Turns an image into the plain value that its file holds: keys in the order of the schema, byte strings as text or base64. The
 * order of keys comes from the schema alone, so that equal images give equal files.
 */
import { z } from 'zod';
import { encodeBytes, isBytes } from './bytes.ts';

type Encode = (value: unknown) => unknown;

const asIs: Encode = (value) => value;
const compiled = new WeakMap<z.core.$ZodType, Encode>();

/** The encoder of values that `schema` describes. */
export function encoder(schema: z.core.$ZodType): Encode {
  const known = compiled.get(schema);
  if (known) return known;
  const encode = compile(schema);
  compiled.set(schema, encode);
  return encode;
}

function compile(schema: z.core.$ZodType): Encode {
  if (isBytes(schema)) return (value) => encodeBytes(value as string);
  if (schema instanceof z.ZodObject) {
    const keys = Object.entries(schema.shape).map(([key, part]) => [key, encoder(part as z.ZodType)] as const);
    return (value) => encodeObject(value as Record<string, unknown>, keys);
  }
  if (schema instanceof z.ZodRecord) {
    const keys = [...schema.keyType._zod.values!].map((key) => [String(key), encoder(schema.valueType)] as const);
    return (value) => encodeObject(value as Record<string, unknown>, keys);
  }
  if (schema instanceof z.ZodArray) {
    const element = encoder(schema.element);
    return element === asIs ? asIs : (value) => (value as unknown[]).map(element);
  }
  if (schema instanceof z.ZodOptional) return encoder(schema.unwrap());
  if (schema instanceof z.ZodUnion) return compileUnion(schema);
  return asIs;
}

function encodeObject(value: Record<string, unknown>, keys: readonly (readonly [string, Encode])[]) {
  const out: Record<string, unknown> = {};
  for (const [key, encode] of keys) {
    if (value[key] !== undefined) out[key] = encode(value[key]);
  }
  return out;
}

/** Alternatives differ in what a glance shows: a literal, an array, an object with other keys. */
function compileUnion(schema: z.ZodUnion): Encode {
  const options = schema.options.map((option) => ({ option, encode: encoder(option) }));
  if (options.every(({ encode }) => encode === asIs)) return asIs;
  const arrays = options.find(({ option }) => option instanceof z.ZodArray);
  const objects = options.filter(({ option }) => option instanceof z.ZodObject || option instanceof z.ZodRecord);
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return arrays!.encode(value);
    return objects.find(({ option }) => objects.length === 1 || describes(option, value))!.encode(value);
  };
}

/** Whether the constants and the required keys of an object schema agree with a value of one of several shapes. */
function describes(option: z.core.$ZodType, value: object): boolean {
  return Object.entries((option as z.ZodObject).shape).every(([key, part]) => {
    const found = (value as Record<string, unknown>)[key];
    return part instanceof z.ZodLiteral ? part.value === found : part instanceof z.ZodOptional || found !== undefined;
  });
}
