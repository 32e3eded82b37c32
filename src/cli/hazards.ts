/** `thaw hazards`: the catalogue, or one entry of it. */

import Table from 'cli-table3';
import { type Entry, ordersOf } from '../hazards/catalogue/entry.ts';
import { CATALOGUE, findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { shownBy } from '../hazards/shown.ts';
import { UsageError } from './exit.ts';
import { printJson } from './output.ts';

export function hazards(id: string | undefined, { json = false }: { json?: boolean }): void {
  const entries = id === undefined ? CATALOGUE : [find(id)];
  if (json) printJson(entries.map(toJson));
  else if (id === undefined) process.stdout.write(`${overview()}\n`);
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

function overview(): string {
  const width = Math.max(60, Math.min(process.stdout.columns ?? 100, 140));
  const table = new Table({
    head: ['id', 'name', 'status', 'consequence'],
    colWidths: [6, 28, 12, width - 51],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { id, name, consequence } of CATALOGUE) table.push([id, name, shownBy(id).status, consequence]);
  return table.toString();
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
