/**
 * Conforms logs and says how long it takes; with --write the tables in docs/conformance.md are made anew.
 *
 *   node bench/conform.ts [--write] FOLDER…
 */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { filesUnder } from '../src/cli/files-under.ts';
import { conform } from '../src/import/conform/conform.ts';
import { callTable, familyTable, reasonTable } from '../src/import/conform/table.ts';
import type { LogReport } from '../src/import/conform/verdict.ts';

const page = fileURLToPath(new URL('../docs/conformance.md', import.meta.url));

const [write, folders] = process.argv[2] === '--write' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)];
const files = (await Promise.all(folders.map((folder) => filesUnder(folder, /\.strace$/)))).flat();
const started = performance.now();
const reports: LogReport[] = [];
for (const file of files) {
  const conformed = await conform(file);
  if (conformed.ok) reports.push(conformed.report);
  else console.error(conformed.message);
}
const seconds = (performance.now() - started) / 1000;
const sum = (count: (report: LogReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0);
const [calls, compared, agreed] = [sum((r) => r.calls), sum((r) => r.compared), sum((r) => r.agreed)];
console.log(`${reports.length} logs, ${calls} calls, ${agreed} of ${compared} agree, ${seconds.toFixed(1)} s`);

if (write) {
  const total = `${reports.length} logs, ${calls} calls; ${agreed} of ${compared} compared calls agree.`;
  const text = await readFile(page, 'utf8');
  const tables = { total, families: familyTable(reports), reasons: reasonTable(reports), calls: callTable(reports) };
  const made = Object.entries(tables).reduce((so, [name, table]) => fill(so, name, table), text);
  await writeFile(page, made);
}

/** Replaces what stands between the marks of a name. */
function fill(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/conformance.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
