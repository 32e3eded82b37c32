/**
 * Says in plain words what a schema violation is. zod reports a failed alternative ("a number, or `unknown`") as one bare
 * "Invalid input"; this finds the alternative that was meant.
 */
import type { z } from 'zod';
import type { Problem } from './check.ts';
import { UNKNOWN } from './fields.ts';

type Issue = z.core.$ZodIssue;

/** The problems behind one violation of the schema. */
export function explain(issue: Issue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [explainOne(issue)];
  return issue.keys.map((key) => ({ path: [...issue.path.map(pathKey), key], message: 'unknown key' }));
}

const pathKey = (key: PropertyKey) => (typeof key === 'number' ? key : String(key));

function explainOne(issue: Issue): Problem {
  const path = issue.path.map(pathKey);
  switch (issue.code) {
    case 'invalid_union': {
      if (issue.errors.length === 0) return { path, message: issue.message.replace(/^.* Expected /, 'expected ') };
      const [meant, orUnknown] = alternative(issue.errors);
      const inner = explain(meant)[0]!;
      const message = inner.path.length === 0 && orUnknown ? `${inner.message}, or "${UNKNOWN}"` : inner.message;
      return { path: [...path, ...inner.path], message };
    }
    case 'invalid_type':
      return {
        path,
        message: issue.message.replace(/^Invalid input: /, '').replace('received undefined', 'which is missing'),
      };
    default:
      return { path, message: issue.message.replace(/^(?:Invalid (?:input|string|option)|Too \w+): /, '') };
  }
}

/** Of several failed alternatives, the one that got furthest; and whether `unknown` was another. */
function alternative(branches: readonly Issue[][]): [Issue, boolean] {
  const isUnknown = ([first]: Issue[]) =>
    first?.code === 'invalid_value' &&
    first.path.length === 0 &&
    first.values.length === 1 &&
    first.values[0] === UNKNOWN;
  const rest = branches.filter((branch) => !isUnknown(branch));
  const depth = (branch: Issue[]) => (branch[0]!.path.length > 0 ? 2 : branch[0]!.code === 'invalid_type' ? 0 : 1);
  const meant = rest.toSorted((a, b) => depth(b) - depth(a))[0] ?? branches[0]!;
  return [meant[0]!, rest.length < branches.length];
}
