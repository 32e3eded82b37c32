import test from 'ava';
import { gather } from '../../../src/import/strace/read-log.ts';
import { toScenario } from '../../../src/import/strace/scenario.ts';

async function imported(log: string): Promise<string> {
  const read = await gather('x.strace', [log]);
  if (!read.ok) throw new Error(read.message);
  return toScenario(read.value).text;
}

test('each task becomes a program that expects the recorded results, and forks the next', async (t) => {
  const text = await imported(
    '4 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f00) = 5\n5 exit_group(3) = ?\n5 +++ exited with 3 +++\n4 wait4(5, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 5\n4 setsid() = -1 EPERM (Operation not permitted)\n4 exit_group(0) = ?\n',
  );
  t.true(
    text.includes(
      '  task_4: |\n    fork(task_5) = 5\n    wait4(5, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 5\n    setsid() = -1 EPERM\n    exit_group(0)\n',
    ),
  );
  t.true(text.includes('  task_5: |\n    exit_group(3)\n'));
});

test('the order in which calls of different tasks began becomes constraints', async (t) => {
  const text = await imported('4 fork() = 5\n5 exit_group(3) = ?\n4 wait4(5, NULL, 0, NULL) = 5\n');
  t.true(
    text.includes('  - task_4@fork#1 before task_5@exit_group#1\n  - task_5@exit_group#1 before task_4@wait4#1\n'),
  );
});

test('a handler becomes a program of what it did', async (t) => {
  const text = await imported(
    '4 rt_sigaction(SIGUSR1, {sa_handler=0x401000, sa_mask=[], sa_flags=0}, NULL, 8) = 0\n4 kill(4, SIGUSR1) = 0\n4 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=4, si_uid=0} ---\n4 getpid() = 4\n4 rt_sigreturn({mask=[]}) = 0\n4 getuid() = 0\n',
  );
  t.true(text.includes('  handler_401000: |\n    getpid() = 4\n'));
  t.true(text.includes('sa_handler=handler_401000'));
  t.true(text.includes('  task_4: |\n    rt_sigaction'));
});

test('a call that a signal interrupted and the kernel makes again is there once', async (t) => {
  const text = await imported(
    '4 wait4(5, 0x7ff0, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n4 --- SIGURG {si_signo=SIGURG, si_code=SI_USER, si_pid=1, si_uid=0} ---\n4 wait4(5, NULL, 0, NULL) = 5\n',
  );
  t.is(text.match(/wait4\(5/g)?.length, 1);
});
