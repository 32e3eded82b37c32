/** The complaint of a value that is not what it should be. */
export function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `missing: ${what}` : `expected ${what}, found ${describe(input)}`),
  };
}

function describe(input: unknown): string {
  if (input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string') return input.length > 40 ? 'a text' : JSON.stringify(input);
  if (typeof input === 'number' || typeof input === 'bigint' || typeof input === 'boolean') return input.toString();
  return 'a mapping';
}
