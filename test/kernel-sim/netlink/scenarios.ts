import { readFile } from 'node:fs/promises';
import test from 'ava';
import { openScenario } from '../../../src/explore/open.ts';
import { exploreScenario, judge } from '../../../src/explore/scenario.ts';
import { atOnce } from '../../../src/explore/turns.ts';
import { type Policy, Runner, roundRobin, runToBlock, seededRandom } from '../../../src/kernel-sim/machine/schedule.ts';
import { openSession } from '../../../src/scenario/session.ts';

/** For each scenario the calls that in some schedule do not return what their program says, by how their lines begin. */
const scenarios: readonly (readonly [name: string, unexpected: readonly string[]])[] = [
  ['dump-restore', []],
  ['newer-version', []],
  ['wrong-namespace', ['wait4(target,', 'wait4(2,']],
  ['wrong-namespace-bind-ns', []],
  ['wrong-namespace-nobody', ['recvfrom(s']],
  ['late-handler', ['wait4(500,']],
  ['late-handler-bind-ns', ['wait4(500,']],
  ['late-handler-procsig', []],
  ['overrun', ['recvfrom(s, [{nlmsg_seq=1}', 'recvfrom(s, [{nlmsg_seq=2}']],
  ['overrun-control', []],
];

const fileOf = (name: string): string => `scenarios/netlink/${name}.yaml`;

async function open(name: string) {
  const opened = await openScenario(fileOf(name));
  if (!opened.ok) throw new Error(opened.message);
  return opened.scenario;
}

for (const [name, expected] of scenarios) {
  test(`${name}: over all schedules these calls surprise their program: ${expected.join(', ') || 'none'}`, async (t) => {
    const scenario = await open(name);
    const found = atOnce(exploreScenario(scenario));
    t.true(found.complete);
    t.deepEqual(judge(scenario, found).complaints, []);
    t.deepEqual(found.hazards, []);
    const lines = (await readFile(fileOf(name), 'utf8')).split('\n');
    const statements = found.unexpected.map((where) => lines[Number(where.split(':')[1]) - 1]!.trim());
    t.is(statements.length, expected.length);
    for (const [i, beginning] of expected.entries()) t.true(statements[i]!.startsWith(beginning), statements[i]);
  });
}

/** The calls of one run that did not return what their program says. */
async function surprises(name: string, policy: Policy): Promise<readonly string[]> {
  const { k } = openSession(await open(name));
  const found: string[] = [];
  new Runner(k.machine, policy).run(10_000, () => {
    for (const note of k.machine.store.notes) if (note.type === 'program.unexpected') found.push(String(note.program));
  });
  return found;
}

test('the wrong task is restored whoever runs when: there is no good schedule', async (t) => {
  for (const policy of [runToBlock, roundRobin, ...[1, 2, 3, 4, 5].map(seededRandom)]) {
    t.deepEqual([...(await surprises('wrong-namespace', policy))].sort(), ['container', 'init']);
  }
});

/** The kernel's thread runs only while every task waits, or before any of them. */
const kernelLast: Policy = (ready) =>
  Math.max(
    0,
    ready.findIndex(({ layout }) => layout.kind === 'task'),
  );
const kernelFirst: Policy = (ready) =>
  Math.max(
    0,
    ready.findIndex(({ layout }) => layout.kind !== 'task'),
  );

test('the later the handler runs, the more likely it hits a stranger', async (t) => {
  for (const name of ['late-handler', 'late-handler-bind-ns']) {
    t.deepEqual(await surprises(name, kernelFirst), []);
    t.deepEqual(await surprises(name, kernelLast), ['init']);
  }
});

test('the sooner the handler runs, the more likely an answer is dropped', async (t) => {
  t.deepEqual(await surprises('overrun', kernelFirst), ['init', 'init']);
  t.deepEqual(await surprises('overrun', kernelLast), []);
});
