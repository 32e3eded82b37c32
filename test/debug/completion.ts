import test from 'ava';
import { completionsOf } from '../../src/debug/repl/completion.ts';
import { QUEUE, TestConsole } from './helpers/console.ts';

const completed: readonly (readonly [line: string, becomes: readonly string[], word: string])[] = [
  ['reverse-c', ['reverse-continue ', 'reverse-choice '], 'reverse-c'],
  ['info cho', ['choices'], 'cho'],
  ['i cho', ['choices'], 'cho'],
  ['break msgsn', ['msgsnd'], 'msgsn'],
  ['break fork if call == 5 && last', ['last_pid'], 'last'],
  ['print last', ['last_pid'], 'last'],
  ['print task(1).nsd', ['nsd'], 'nsd'],
  ['print self.exitS', ['exitSignal', 'exitStatus'], 'exitS'],
  ['print self.cred.eu', ['euid'], 'eu'],
  ['watch task(', ['1', '2', '3'], ''],
  ['choose mak', ['maker'], 'mak'],
  ['thread ta', ['taker'], 'ta'],
  ['list ', ['init', 'maker', 'taker'], ''],
  ['help expr', ['expressions'], 'expr'],
  ['help bre', ['break'], 'bre'],
  ['frobnicate x', [], 'x'],
];
for (const [line, becomes, word] of completed) {
  test(`"${line}" is completed`, async (t) => {
    const session = new TestConsole(QUEUE);
    await session.run('break msgsnd', 'continue');
    t.deepEqual(completionsOf(session.console, line), [becomes, word]);
  });
}
