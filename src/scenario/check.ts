// Holds the data of a file against its schema and says in plain words what does not fit.

import type { z } from 'zod';
import { didYouMean } from '../userland/language/suggest.ts';
import type { Diagnostic, Parsed } from './diagnostic.ts';
import type { YamlDocument } from './document.ts';

type Issue = z.core.$ZodIssue;

/** The checked data of a document, or every key and value that does not fit. */
export function checkDocument<T>(document: YamlDocument, schema: z.ZodType<T>): Parsed<T> {
  const result = schema.safeParse(document.data);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, diagnostics: result.error.issues.flatMap((issue) => explain(issue, document, schema)) };
}

function explain(issue: Issue, document: YamlDocument, schema: z.core.$ZodType): Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const message = `unknown key "${key}"${didYouMean(key, keysAt(schema, path))}`;
        return document.problem([...path, key], message, 'key');
      });
    case 'invalid_key': {
      const key = String(path.at(-1));
      const message =
        key.startsWith('/') || path.includes('files')
          ? `"${key}" is not an absolute path`
          : `"${key}" is not a name: a letter, then letters, digits and _`;
      return [document.problem(path, message, 'key')];
    }
    default:
      return [
        document.problem(path, issue.message.replace(/^missing:/, `the key "${String(path.at(-1))}" is missing:`)),
      ];
  }
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  const { def } = schema._zod;
  if (def.type === 'optional') return keysAt((def as z.core.$ZodOptionalDef).innerType, path);
  const [step, ...rest] = path;
  if (def.type === 'object') {
    const { shape } = def as z.core.$ZodObjectDef;
    if (step === undefined) return Object.keys(shape);
    const inner = shape[String(step)];
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (def.type === 'record' && step !== undefined) return keysAt((def as z.core.$ZodRecordDef).valueType, rest);
  return [];
}
