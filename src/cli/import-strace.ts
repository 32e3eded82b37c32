/** `thaw import strace`: makes a scenario of a recorded trace. */

import { readLog } from '../import/strace/read-log.ts';
import { toScenario } from '../import/strace/scenario.ts';
import { refuse, tell } from './exit.ts';
import { writeWhole } from './whole-file.ts';

export async function importStrace(log: string, { output }: { output?: string }): Promise<void> {
  const read = await readLog(log);
  if (!read.ok) return refuse(read.message);
  const { text, calls, leftOut } = toScenario(read.value);
  if (output === undefined) process.stdout.write(text);
  else await writeWhole(output, [text]);
  const { unreadable, cut } = read.value;
  for (const { line, message } of unreadable.first) tell(`${log}:${line}: passed over: ${message}`);
  if (cut !== null) tell(`${log}: the rest was not read: ${cut}`);
  tell(`${calls} calls, ${leftOut} of them left out`);
}
