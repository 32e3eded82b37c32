import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';

test('the JSON Schema in schema/ is the current one: thaw schema scenario > schema/scenario.schema.json', (t) => {
  const file = join(import.meta.dirname, '../../schema/scenario.schema.json');
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(scenarioJsonSchema())));
});

test('editors are told what every key of the first level means', (t) => {
  const { properties } = scenarioJsonSchema() as { properties: Record<string, { description?: string }> };
  t.deepEqual(
    Object.entries(properties).filter(([, key]) => key.description === undefined),
    [],
  );
});
