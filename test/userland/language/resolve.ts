import test from 'ava';
import { resolveNames } from '../../../src/userland/language/resolve.ts';
import { program } from './helpers/program.ts';

/** What is wrong with the names of a program beside the programs `worker` and `on_usr1`; parameters: pid, neighbours. */
function unknown(text: string): string[] {
  const programs = [program(text), program('mine = getpid()\nexit(0)', 'worker'), program('pause()', 'on_usr1')];
  const found =
    resolveNames(programs, ['pid', 'neighbours'], (call, argument) => call === 'read' && argument === 1).get('main') ??
    [];
  return found.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

const fine = [
  'child = fork(worker) = ${pid}\nkill(child, SIGKILL)',
  'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=SA_RESTART}, NULL, 8)',
  'clone(CLONE_FILES|SIGCHLD, worker)',
  'worker = fork(worker)\nkill(worker, 9)',
  'kill(mine, 9)',
  'open("/proc/${child}/stat", O_RDONLY)\nchild = fork(worker)',
  'wait4(-1, [{WIFEXITED(s)}], 0, NULL)',
  'repeat ${neighbours} + 1 { fork(worker) }',
  'read(3, [r, {field=w}], _)\nkill(r, w)',
  'write(1, siginfo, 128)',
];

for (const text of fine) {
  test(`all names are known in ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(unknown(text), []);
  });
}

const wrong: readonly (readonly [string, string])[] = [
  ['fork(wroker)', '1:6: unknown program "wroker"; did you mean "worker"?'],
  ['fork(pid)', '1:6: unknown program "pid"'],
  ['clone(SIGCHLD, wroker)', '1:16: unknown program "wroker"; did you mean "worker"?'],
  ['fork()', '1:1: fork needs the name of the program that the child runs'],
  ['child = fork(worker)\nkill(chlid, 9)', '2:6: unknown name "chlid"; did you mean "child"?'],
  ['kill(5, SIGUSR3)', '1:9: unknown name "SIGUSR3"; did you mean "SIGUSR1"?'],
  ['kill(neighbours, 9)', '1:6: unknown name "neighbours"; the parameter is written ${neighbours}'],
  ['kill(${neighbors}, 9)', '1:6: unknown parameter "neighbors"; did you mean "neighbours"?'],
  ['write(3, "LONG1 ${pdi}", _)', '1:17: unknown parameter "pdi"; did you mean "pid"?'],
  ['repeat cuont { fork(worker) }', '1:8: unknown name "cuont"'],
  ['SIGCHLD = fork(worker)', '1:1: "SIGCHLD" is a constant and cannot be assigned'],
  ['read(3, [r + 1], _)', '1:10: unknown name "r"'],
  ['read([r], _)', '1:7: unknown name "r"'],
  ['kill(s, 9)', '1:6: unknown name "s"'],
];

for (const [text, message] of wrong) {
  test(`${JSON.stringify(text)} is refused: ${message}`, (t) => {
    t.deepEqual(unknown(text), [message]);
  });
}
