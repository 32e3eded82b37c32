/** A console on a scenario given as text, without a terminal or a disk. */

import { Debuggee } from '../../../src/debug/debuggee.ts';
import { Console, type Host } from '../../../src/debug/repl/console.ts';
import { findEntry, nearestIds } from '../../../src/hazards/catalogue/index.ts';
import { renderDiagnostics } from '../../../src/scenario/diagnostic.ts';
import { readScenario } from '../../../src/scenario/read.ts';
import { kernelVocabulary } from '../../../src/scenario/vocabulary.ts';

const vocabulary = kernelVocabulary({
  interfaces: new Set(['next_syscall_data']),
  hazardId: (word) => findEntry(word)?.id,
  hazardsLike: (word) => nearestIds(word),
});

/** Opens a scenario's text; its mistakes as text otherwise. */
function openText(text: string): Debuggee | string {
  const read = readScenario(text, 'scenario.yaml', vocabulary);
  return read.ok ? new Debuggee(read.value) : renderDiagnostics(read.diagnostics);
}

/** A console whose output is kept, on files that are only in memory. */
export class TestConsole {
  readonly console: Console;
  readonly files = new Map<string, string>();
  /** What the scenario is the next time it is loaded. */
  text: string;
  #printed: string[] = [];

  constructor(text: string, host: Partial<Host> = {}) {
    this.text = text;
    const { files } = this;
    this.console = new Console(
      {
        load: async () => openText(this.text),
        read: async (file) => files.get(file) ?? { error: `${file}: no such file` },
        write: async (file, content) => {
          files.set(file, content);
          return null;
        },
        readSchedule: async (file) => ({ error: `${file}: no such file` }),
        explore: async () => ({ exposed: [], complete: true }),
        explain: async () => null,
        ...host,
      },
      (line) => this.#printed.push(line),
    );
  }

  /** Carries out lines and gives what they printed. */
  async run(...lines: string[]): Promise<string> {
    if (this.console.debuggee === null) await this.console.load();
    this.#printed = [];
    for (const line of lines) await this.console.execute(line);
    return this.#printed.join('\n');
  }
}

/** Two tasks that race for a queue, one of which sends to it; init waits for both. */
export const QUEUE = `title: Two that race for a queue
params: { key: 0x4d51 }
programs:
  init: |
    fork(maker)
    fork(taker)
    repeat 2 { wait4(-1, _, 0, NULL) }
    pause()
  maker: |
    q = msgget(\${key}, IPC_CREAT|0600)
    msgsnd(q, {mtype=1, mtext="hello"}, 5, 0)
    exit(0)
  taker: |
    r = msgget(\${key}, 0) = ?
    msgrcv(9, _, 5, 0, 0) = ?
    exit(1)
`;
