/**
 * The debugger on a run of a million effects: stepping back at its end, in the session and in the REPL, jumping, running back to a
 * watchpoint, and what a step costs in memory. `node --expose-gc bench/debug.ts [EFFECTS]`
 */

import { Debuggee } from '../src/debug/debuggee.ts';
import { Console } from '../src/debug/repl/console.ts';
import { findEntry, nearestIds } from '../src/hazards/catalogue/index.ts';
import { readScenario } from '../src/scenario/read.ts';
import { kernelVocabulary } from '../src/scenario/vocabulary.ts';

/** Effects that a round of both workers makes. */
const ROUND = 17;

const scenario = (rounds: number): string => `title: Two workers on a queue each
programs:
  init: |
    fork(worker)
    fork(worker)
    repeat 2 { wait4(-1, _, 0, NULL) }
    pause()
  worker: |
    q = msgget(IPC_PRIVATE, IPC_CREAT|0600)
    repeat ${rounds} {
      msgsnd(q, {mtype=1, mtext="hello"}, 5, 0)
      msgrcv(q, _, 5, 0, 0)
      getuid()
    }
    exit(0)
`;

function open(rounds: number): Debuggee {
  const vocabulary = kernelVocabulary({
    interfaces: new Set(['next_syscall_data']),
    hazardId: (word) => findEntry(word)?.id,
    hazardsLike: (word) => nearestIds(word),
  });
  const read = readScenario(scenario(rounds), 'bench.yaml', vocabulary);
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join('\n'));
  return new Debuggee(read.value);
}

const heap = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

function timed(act: () => void): number {
  const before = performance.now();
  act();
  return performance.now() - before;
}

async function timedAsync(act: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await act();
  return performance.now() - before;
}

/** The time that 99 of 100 stay under. */
function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

const say = (what: string, value: number, unit: string, goal?: string): void =>
  console.log(
    `${what.padEnd(52)} ${value.toFixed(3).padStart(10)} ${unit}${goal === undefined ? '' : `   (goal: ${goal})`}`,
  );

const effects = Number(process.argv[2] ?? 1_000_000);
const debuggee = open(Math.ceil(effects / ROUND));
const { session } = debuggee;
const before = heap();
const forward = timed(() => {
  while (session.timeline.length < effects && session.forward());
});
const end = session.position;
console.log(`${end} effects, ${session.machine.store.mark()} journal entries`);
say('forward', (forward * 1000) / end, 'µs per step');
say('memory', (heap() - before) / end, 'bytes per step');

const back = Array.from({ length: 10_000 }, () => timed(() => session.back()));
say('reverse step at the end, session, p99', p99(back), 'ms', 'under 1 ms');

const terminal = new Console(
  {
    load: async () => debuggee,
    read: async () => ({ error: '' }),
    write: async () => null,
    readSchedule: async () => ({ error: '' }),
    explore: async () => ({ exposed: [], complete: true }),
    explain: async () => null,
  },
  () => {},
);
await terminal.load();
session.jump(end);
const typed: number[] = [];
for (let i = 0; i < 1000; i++) typed.push(await timedAsync(() => terminal.execute('reverse-step')));
say('reverse step at the end, REPL, p99', p99(typed), 'ms', 'under 16 ms');

const jumps = [0, end, Math.floor(end / 2), 0, Math.floor(end / 3), end].map((to) => timed(() => session.jump(to)));
say('jump to any step, worst', Math.max(...jumps), 'ms', 'under 100 ms');

await terminal.execute('watch last_pid');
session.jump(end);
const watch = await timedAsync(() => terminal.execute('reverse-continue'));
say(`reverse-continue to a watchpoint at step ${session.position}`, watch, 'ms', 'under 1000 ms');
await terminal.execute('delete');

await terminal.execute('break fork');
session.jump(end);
const breakpoint = await timedAsync(() => terminal.execute('reverse-continue'));
say(`reverse-continue to a breakpoint at step ${session.position}`, breakpoint, 'ms');
