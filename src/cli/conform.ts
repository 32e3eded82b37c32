/** `thaw conform`: replays recorded strace logs of real programs on the 6.x kernel and compares every result. */

import { conform as conformLog } from '../import/conform/conform.ts';
import type { LogReport } from '../import/conform/verdict.ts';
import { coloursOf } from './colour.ts';
import { DIFFERENT, endWith, refuse, tell, UsageError } from './exit.ts';
import { filesUnder } from './files-under.ts';
import { breathe, printJson } from './output.ts';
import { Progress } from './progress.ts';

export async function conform(paths: readonly string[], { json = false }: { json?: boolean }): Promise<void> {
  const files = (await Promise.all(paths.map((path) => filesUnder(path, /\.strace$/)))).flat();
  if (files.length === 0) throw new UsageError(`no log (*.strace) under ${paths.join(', ')}`);
  const progress = new Progress();
  const logs: LogReport[] = [];
  for (const file of files) {
    progress.tick(() => `${logs.length + 1} of ${files.length}: ${file}`);
    await breathe();
    const conformed = await conformLog(file);
    progress.clear();
    if (!conformed.ok) refuse(conformed.message);
    else {
      logs.push(conformed.report);
      if (!json) print(conformed.report);
    }
  }
  const compared = logs.reduce((sum, log) => sum + log.compared, 0);
  const agreed = logs.reduce((sum, log) => sum + log.agreed, 0);
  if (json && logs.length === files.length) printJson({ logs, compared, agreed });
  tell(`${agreed} of ${compared} results agree in ${logs.length} logs`);
  if (agreed < compared) endWith(DIFFERENT);
}

function print({ file, calls, compared, agreed, divergence, cut }: LogReport): void {
  const { green, red } = coloursOf(process.stdout);
  const mark = agreed === compared ? green('✔') : red('✘');
  const lines = [`${mark} ${file}: ${agreed} of ${compared} agree, ${calls} calls`];
  if (divergence !== null) {
    lines.push(`  line ${divergence.line}: ${divergence.call}`);
    lines.push(`    recorded:  ${divergence.recorded}`, `    simulated: ${divergence.simulated}`);
  }
  if (cut !== null) lines.push(`  the rest was not read: ${cut}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
