/** `thaw hazards`: the catalogue, or one entry of it. */

import Table from 'cli-table3';
import { type Entry, FAMILIES, ordersOf } from '../hazards/catalogue/entry.ts';
import { CATALOGUE, findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { shownBy } from '../hazards/shown.ts';
import { coloursOf } from './colour.ts';
import { UsageError } from './exit.ts';
import { printJson } from './output.ts';

export function hazards(id: string | undefined, { json = false }: { json?: boolean }): void {
  const entries = id === undefined ? CATALOGUE : [find(id)];
  if (json) printJson(entries.map(toJson));
  else if (id === undefined) process.stdout.write(`${overview()}\n\n"thaw hazards ID" shows one of them in full.\n`);
  else for (const entry of entries) process.stdout.write(`${inFull(entry)}\n`);
}

function find(id: string): Entry {
  const entry = findEntry(id);
  if (entry !== undefined) return entry;
  const near = nearestIds(id);
  throw new UsageError(`there is no hazard "${id}"${near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`}`);
}

function toJson(entry: Entry): object {
  const { id, name, family, kind, where, consequence, fix } = entry;
  return { id, name, family, kind, where, consequence, fix, ...shownBy(id) };
}

/** Columns without lines between the rows. */
const OPEN = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** A table for each family. */
function overview(): string {
  const { bold, green, dim } = coloursOf(process.stdout);
  const width = Math.max(72, Math.min(process.stdout.columns ?? 100, 120));
  return FAMILIES.map(({ name, about, source }) => {
    const entries = CATALOGUE.filter(({ family }) => family === name);
    const table = new Table({
      chars: OPEN,
      colWidths: [6, 34, 12, width - 57],
      wordWrap: true,
      style: { head: [], border: [] },
    });
    for (const entry of entries) {
      const { status } = shownBy(entry.id);
      table.push([entry.id, entry.name, status === 'shown' ? green(status) : dim(status), entry.kind.join(', ')]);
    }
    return `${bold(name)}: ${about} (${source})\n${table.toString()}`;
  }).join('\n\n');
}

function inFull({ id, name, kind, where, actors, steps, exposing, hidden, consequence, fix, source }: Entry): string {
  const { status, scenario, reason } = shownBy(id);
  const order = (orders: Entry['exposing'] | Entry['hidden']): string =>
    typeof orders === 'string'
      ? orders
      : ordersOf(orders)
          .map((steps) => steps.join(' '))
          .join(', or ');
  return [
    `${id} ${name} (${kind.join(', ')}; ${source})`,
    `where:       ${where}`,
    ...Object.entries(actors).map(([letter, who]) => `${letter}:           ${who}`),
    ...steps.map((step) => `  ${step.id}: ${step.actor} ${step.does}`),
    `exposing:    ${order(exposing)}`,
    `control:     ${order(hidden)}`,
    `consequence: ${consequence}`,
    `fix:         ${fix}`,
    `status:      ${status}${scenario === null ? '' : `, see ${scenario}`}${reason === null ? '' : `: ${reason}`}`,
  ].join('\n');
}
