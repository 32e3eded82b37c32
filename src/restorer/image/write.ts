/**
 * Writes image files. The text comes in chunks of one task, file or object each, so that an image of any size can be written without
 * holding its text; equal images give equal text. docs/image-format.md.
 */
import { encoder } from './encode.ts';
import { type Image, imageSchema } from './image.ts';
import { yamlBlock, yamlScalar } from './yaml-text.ts';

export type ImageFormat = 'yaml' | 'json';

/** The text of an image file, in chunks that end at line ends. */
export function* writeImage(image: Image, format: ImageFormat): Generator<string> {
  const sections = Object.entries(imageSchema.shape).filter(([key]) => image[key as keyof Image] !== undefined);
  if (format === 'json') yield '{\n';
  for (const [index, [key, schema]] of sections.entries()) {
    const value = encodeLazily(schema, image[key as keyof Image]);
    if (format === 'yaml') yield* yamlSection(key, value, '');
    else yield* jsonSection(key, value, index < sections.length - 1 ? ',\n' : '\n');
  }
  if (format === 'json') yield '}\n';
}

/** The whole text of an image file. */
export function imageText(image: Image, format: ImageFormat): string {
  return [...writeImage(image, format)].join('');
}

/** A long list as an iterator that encodes element by element; anything else encoded at once. */
function encodeLazily(schema: (typeof imageSchema.shape)[keyof Image], value: unknown): unknown {
  return Array.isArray(value) && 'element' in schema
    ? value.values().map(encoder(schema.element))
    : encoder(schema)(value);
}

const isList = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** Objects that are written part by part, as the image itself is. */
const isSection = (key: string, value: unknown): value is Record<string, unknown> =>
  key === 'ipc' && typeof value === 'object';

function* yamlSection(key: string, value: unknown, indent: string): Generator<string> {
  if (isList(value)) {
    let empty = true;
    for (const element of value) {
      if (empty) yield `${indent}${key}:\n`;
      empty = false;
      yield `${indent}  - ${yamlBlock(element, `${indent}    `)}\n`;
    }
    if (empty) yield `${indent}${key}: []\n`;
  } else if (isSection(key, value)) {
    yield `${indent}${key}:\n`;
    for (const [name, part] of Object.entries(value)) yield* yamlSection(name, part, `${indent}  `);
  } else if (typeof value === 'object') {
    yield `${indent}${key}: ${yamlBlock(value, `${indent}  `)}\n`;
  } else {
    yield `${indent}${key}: ${yamlScalar(value)}\n`;
  }
}

function* jsonSection(key: string, value: unknown, end: string): Generator<string> {
  if (isList(value)) {
    yield `"${key}":[`;
    let separator = '\n';
    for (const element of value) {
      yield separator + JSON.stringify(element);
      separator = ',\n';
    }
    yield `]${end}`;
  } else if (isSection(key, value)) {
    yield `"${key}":{\n`;
    const parts = Object.entries(value);
    for (const [index, [name, part]] of parts.entries())
      yield* jsonSection(name, part, index < parts.length - 1 ? ',\n' : '\n');
    yield `}${end}`;
  } else {
    yield `"${key}":${JSON.stringify(value)}${end}`;
  }
}
