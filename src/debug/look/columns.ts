/** Rows of words under one another. */

/** Rows as lines whose columns are aligned, two blanks apart; the last column is left as it is. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, word] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, word.length);
  }
  return rows
    .map((row) => row.map((word, i) => (i === row.length - 1 ? word : word.padEnd(widths[i] as number))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A table with a heading, or a sentence when there is nothing to put in it. */
export const listing = (heading: readonly string[], rows: readonly (readonly string[])[], none: string): string =>
  rows.length === 0 ? none : columns([heading, ...rows]);
