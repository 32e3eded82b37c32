import test from 'ava';
import * as fc from 'fast-check';
import { didYouMean, suggest } from '../../../src/userland/language/suggest.ts';

const calls = ['fork', 'vfork', 'msgget', 'msgsnd', 'semget', 'wait4', 'rt_sigaction'];

const table: readonly (readonly [string, string | undefined])[] = [
  ['frok', 'fork'],
  ['forkk', 'fork'],
  ['FORK', 'fork'],
  ['msget', 'msgget'],
  ['msgsend', 'msgsnd'],
  ['wiat4', 'wait4'],
  ['rt_sigacton', 'rt_sigaction'],
  ['sigaction', 'rt_sigaction'],
  ['exec', undefined],
  ['x', undefined],
  ['', undefined],
];

for (const [word, meant] of table) {
  test(`"${word}" may mean ${meant ?? 'nothing that is known'}`, (t) => {
    t.is(suggest(word, calls), meant);
  });
}

test('of equally near words the first is suggested', (t) => {
  t.is(suggest('semgat', ['semget', 'semgot']), 'semget');
});

test('a message ends with the suggestion, if there is one', (t) => {
  t.is(didYouMean('frok', calls), '; did you mean "fork"?');
  t.is(didYouMean('frobnicate', calls), '');
});

test('a known word of three letters or more is found again with two neighbours swapped', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...calls), fc.nat(), (word, n) => {
      const at = n % (word.length - 1);
      const swapped = word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
      return suggest(swapped, [word]) === word;
    }),
  );
  t.pass();
});
