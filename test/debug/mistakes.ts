import test from 'ava';
import { QUEUE, TestConsole } from './helpers/console.ts';

const mistakes: readonly (readonly [line: string, said: string | RegExp])[] = [
  ['brek', 'Unknown command "brek"; did you mean "break"?'],
  ['reverse-stp', /did you mean "reverse-step"/],
  ['frobnicate', 'Unknown command "frobnicate"; see help'],
  ['re', /"re" may be reverse-step, .*restart\./],
  ['step many', '"many" is no count.'],
  ['break frok', /there is no call, errno, signal or hazard "frok"; did you mean "fork"\?/],
  ['break', /break needs a place to stop/],
  ['break entry frok', 'unknown call "frok"; did you mean "fork"?'],
  ['break fork if', '  \n  ^\nexpected an expression'],
  ['break fork if tid = 5', '  tid = 5\n      ^\nnothing can be set; compare with =='],
  ['break maker:9', 'maker has 3 calls, no number 9'],
  ['watch', /watch needs an expression/],
  ['watch tsk(3)', '  tsk(3)\n  ^^^^^^\nthere is no function "tsk"; did you mean "task"?'],
  ['print task(', '  task(\n       ^\nexpected an expression'],
  ['print 1 +', '  1 +\n     ^\nexpected an expression'],
  ['print 1 / 0', '  1 / 0\n      ^\ndivision by zero'],
  ['print task(1).nds', '  task(1).nds\n  ^^^^^^^^^^^\na task has no field "nds"; did you mean "nsd"?'],
  ['print "open', '  "open\n  ^\nthe string does not end'],
  ['print 12abc', '  12abc\n  ^\nnot a number'],
  ['print $nothing', '  $nothing\n  ^^^^^^^^\nthe program has no variable "nothing" here'],
  ['print self.constructor', /a task has no field "constructor"/],
  ['print self.cred.__proto__', /there is no "__proto__"/],
  ['print task(1)[0]', /it has no elements/],
  [`print ${'('.repeat(300)}1`, /nested too deeply/],
  [`print ${'1+'.repeat(50_000)}1`, /the expression is too long/],
  ['info taks', 'There is no info "taks"; did you mean "tasks"?'],
  ['thread 77', /There is no task 77/],
  ['thread takr', /There is no task takr; did you mean "taker"\?|There is no task takr/],
  ['choose init/9', /There is no task init\/9/],
  ['delete 7', 'There is no breakpoint 7.'],
  ['condition', 'Which breakpoint?'],
  ['branch other', 'There is no branch "other"'],
  ['jump -1', '"-1" is no step.'],
  ['follow 1', /"explore from here" finds ways/],
  ['save mine.yaml', 'It is "save schedule FILE".'],
  ['source missing.thaw', 'missing.thaw: no such file'],
  ['list nobody', /There is no program "nobody"/],
  ['quit maybe', '"maybe" is no exit code.'],
];
for (const [line, said] of mistakes) {
  test(`"${line.slice(0, 40)}" is answered with what is wrong, and the session lives on`, async (t) => {
    const session = new TestConsole(QUEUE);
    const answer = await session.run(line);
    if (typeof said === 'string') t.is(answer, said);
    else t.regex(answer, said);
    t.is(session.console.failures, 1);
    t.is(session.console.leaving, null);
    t.regex(await session.run('when'), /^step 0 /);
  });
}

test('a scenario that cannot be loaded leaves the session alive for run after an edit', async (t) => {
  const session = new TestConsole(QUEUE.replace('pause()', 'paus()'));
  await session.console.load();
  t.is(session.console.failures, 1);
  t.regex(await session.run('step'), /Nothing is loaded/);
  session.text = QUEUE;
  t.regex(await session.run('run'), /the run is stuck/);
  session.text = QUEUE.replace('fork(taker)', 'fork(takr)');
  t.regex(await session.run('run'), /scenario\.yaml:6:\d+: .*takr/);
  t.regex(await session.run('when'), /^step \d+ of/, 'the run before is still there');
});

test('breakpoints outlive a run', async (t) => {
  const session = new TestConsole(QUEUE);
  t.regex(await session.run('break msgsnd', 'run'), /Breakpoint 1, call of msgsnd/);
});
