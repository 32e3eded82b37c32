import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { folder, thaw } from './helpers/thaw.ts';

const RACE = 'test/fixtures/detectors/last-pid.yaml';
const LEAK = 'test/fixtures/detectors/undo-list.yaml';

interface Seen {
  readonly runs: readonly {
    readonly hazards: readonly { readonly id: string }[];
    readonly reports: readonly {
      readonly kind: string;
      readonly location: string;
      readonly locks: readonly string[];
      readonly hazard: string | null;
      readonly accesses: readonly {
        readonly task: string;
        readonly call: string;
        readonly step: number;
        readonly access: string;
      }[];
    }[];
    readonly trace: readonly { readonly event: string; readonly step: number }[];
  }[];
}

test('replay --detect puts reports where they become certain, and changes nothing else', async (t) => {
  const plain = await thaw(['replay', RACE]);
  const { code, stdout, stderr } = await thaw(['replay', RACE, '--detect']);
  t.is(code, 0);
  t.regex(stderr, /; hazards: P7; reports: data-race, lost-update\n?$/);
  t.regex(stdout, /^plain read by slow in fork, last_pid\.load, at step \d+$/m);
  t.regex(stdout, /^write that is lost by fast in fork, last_pid\.store, at step \d+$/m);
  t.regex(stdout, /^hazard: P7 alloc_pidmap-last_pid$/m);
  const rule = '='.repeat(66);
  const block = new RegExp(`^${rule}\\nBUG: (?:.*\\n)*?${rule}\\n`, 'gm');
  t.is(stdout.replaceAll(block, ''), plain.stdout);
  t.false(plain.stdout.includes('BUG'));
});

test('replay --detect --json has the reports under a key of their own', async (t) => {
  const { stdout } = await thaw(['replay', RACE, '--detect', '--json']);
  const [run] = (JSON.parse(stdout) as Seen).runs;
  t.deepEqual(
    run?.hazards.map(({ id }) => id),
    ['P7'],
  );
  const [race, update] = run?.reports ?? [];
  t.like(race, { kind: 'data-race', location: 'kernel/pid_namespace#0.lastPid', locks: [], hazard: 'P7' });
  t.deepEqual(
    race?.accesses.map(({ task, call, access }) => ({ task, call, access })),
    [
      { task: 'slow', call: 'fork', access: 'plain read' },
      { task: 'init', call: 'fork', access: 'plain write' },
    ],
  );
  t.is(update?.kind, 'lost-update');
  t.deepEqual(
    run?.trace.filter(({ event }) => event === 'report').map(({ step }) => step),
    [race?.accesses[0]?.step, update?.accesses[0]?.step],
  );
});

test('what leaks is told without asking, with the hazard behind it', async (t) => {
  const { code, stdout } = await thaw(['replay', LEAK]);
  t.is(code, 0);
  t.regex(stdout, /^BUG: memory-leak\nat kernel\/task#0\/task#0\/undo_list#0$/m);
  t.regex(stdout, /^hazard: S2 woken-semop-leaks-ref$/m);
  t.false((await thaw(['replay', LEAK, '--fixes', 'S2'])).stdout.includes('BUG'));
});

test('hazards keep their own blocks beside the reports, in a file too', async (t) => {
  const file = join(await folder(t), 'trace.txt');
  const scenario = 'scenarios/next-syscall-data/n1-reader-uaf.yaml';
  const { stdout } = await thaw(['explore', scenario, '--json']);
  t.true(stdout.includes('"N1"'));
  const saved = await folder(t);
  await thaw(['explore', scenario, '--save', saved]);
  const schedule = join(saved, 'n1-reader.schedule.yaml');
  const replayed = await thaw(['replay', scenario, '--schedule', schedule, '--detect', '--trace', file]);
  for (const text of [replayed.stdout, await readFile(file, 'utf8')]) {
    t.regex(text, /^HAZARD N1: reader-uaf$/m);
    t.regex(text, /^BUG: use-after-free in read \/ write$/m);
    t.regex(text, /^free by owner in write, nsd\.free, at step \d+$/m);
  }
});
