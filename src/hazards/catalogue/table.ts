/** The catalogue as a Markdown table, one line for each entry; docs/hazards.md holds exactly this. */

import { CATALOGUE } from './index.ts';

/** Id, name, kinds and consequence of all entries in catalogue order; the last line has no newline. */
export function catalogueTable(): string {
  const rows = CATALOGUE.map(({ id, name, kind, consequence }) => [id, name, kind.join(', '), consequence]);
  return [['id', 'name', 'kind', 'what becomes visible'], ['---', '---', '---', '---'], ...rows].map(line).join('\n');
}

/** A bar inside a cell would end it, and an angle bracket would open a tag. */
function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/[|<>\\*]/g, '\\$&')).join(' | ')} |`;
}
