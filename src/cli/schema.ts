/** `thaw schema`: the JSON Schema of a kind of file. */

import { imageJsonSchema } from '../restorer/image/index.ts';
import { scenarioJsonSchema } from '../scenario/schema.ts';
import { UsageError } from './exit.ts';
import { printJson } from './output.ts';

const schemas: Readonly<Record<string, () => object>> = { scenario: scenarioJsonSchema, image: imageJsonSchema };

export function schema(kind: string): void {
  const make = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (make === undefined)
    throw new UsageError(`there is no schema of "${kind}", only of ${Object.keys(schemas).join(' and ')}`);
  printJson(make());
}
