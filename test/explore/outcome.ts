import test from 'ava';
import { exploreScenario, judge } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { scenario } from './helpers/scenario.ts';

/** Two tasks that want to make the same queue: one of the two fails. What `first` and `second` expect decides the outcome. */
const contest = (outcome: string, first: string, second: string) =>
  scenario(
    JSON.stringify({
      title: 'A contest',
      kernel: { profile: '2.6.26' },
      programs: {
        init: `fork(other); msgget(77, IPC_CREAT|IPC_EXCL|0600)${first}; pause()`,
        other: `msgget(77, IPC_CREAT|IPC_EXCL|0600)${second}`,
      },
      expect: { outcome },
    }),
  );

const verdicts: readonly (readonly [what: string, first: string, second: string, holds: string])[] = [
  ['nobody expects anything', '', '', 'always'],
  ['the first is expected to win', ' = 0', ' = -1 EEXIST', 'sometimes'],
  ['both are expected to win', ' = 0', ' = 0', 'never'],
];

for (const [what, first, second, holds] of verdicts) {
  for (const outcome of ['always', 'sometimes', 'never']) {
    test(`where ${what}, "${outcome}" ${outcome === holds ? 'holds' : 'does not hold'}`, (t) => {
      const subject = contest(outcome, first, second);
      const found = atOnce(exploreScenario(subject));
      t.true(found.complete);
      t.is(judge(subject, found).ok, outcome === holds);
    });
  }
}

test('what a program asks for and cannot have is told, whatever is expected', (t) => {
  const subject = scenario(
    JSON.stringify({ title: 'A mistake', kernel: { profile: '2.6.26' }, programs: { init: 'getpid(); exit(1/0)' } }),
  );
  const found = atOnce(exploreScenario(subject));
  t.deepEqual(found.mistakes, ['init:1: division by zero']);
  t.deepEqual(judge(subject, found).complaints, ['a program goes wrong at init:1: division by zero']);
});
