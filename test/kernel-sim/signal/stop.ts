import test from 'ava';
import { SA_NOCLDSTOP } from '../../../src/kernel-sim/abi/signal.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { ADDRESS, bases, bench, handler } from './_bench.ts';

const WNOHANG = 1;
const WUNTRACED = 2;
const WCONTINUED = 8;

for (const base of bases) {
  test(`${base}: a stop tells the parent, a wait reports it once, and SIGCONT undoes both`, (t) => {
    const { call, block, take, state, init, child } = bench(base);
    block(init, 17);
    call(init, 'kill', 2, 19);
    t.is(state(child), 'stopped');
    const told = { si_signo: 17, si_pid: 2, si_uid: 0, si_utime: 0, si_stime: 0 };
    t.deepEqual(take(init, 17), { ...told, si_code: 5, si_status: 19 });
    const look = (options: number): unknown => {
      const seen = call(init, 'wait4', 2, OUT, options | WNOHANG, null);
      return seen.ok ? [seen.value.value, seen.value.out?.wstatus] : seen.errno;
    };
    t.deepEqual(look(WUNTRACED | WCONTINUED), [2, [0x137f]]);
    t.is((look(WUNTRACED) as number[])[0], 0);
    call(init, 'kill', 2, 18);
    t.is(state(child), 'running');
    t.deepEqual(take(init, 17), { ...told, si_code: 6, si_status: 18 });
    t.deepEqual(look(WUNTRACED | WCONTINUED), [2, [0xffff]]);
    t.is((look(WCONTINUED) as number[])[0], 0);
  });

  test(`${base}: a parent with SA_NOCLDSTOP hears only of the end, but its waits wake`, (t) => {
    const { call, begin, act, entered, init, child } = bench(base);
    act(init, 17, ADDRESS, SA_NOCLDSTOP);
    const waiting = begin(init, 'wait4', 2, OUT, WUNTRACED, null);
    call(child, 'kill', 2, 19);
    t.like(waiting.result(), { ok: true, value: { value: 2 } });
    t.is(entered.length, 0);
  });

  test(`${base}: every thread of a process stops and goes on with it, and only the last one tells the parent`, (t) => {
    const { call, block, begin, take, thread, state, init, child } = bench(base);
    block(init, 17);
    const others = [thread(child), thread(child)];
    const waiting = begin(others[0]!, 'pause');
    call(init, 'kill', 2, 19);
    t.deepEqual([child, ...others].map(state), ['stopped', 'stopped', 'stopped']);
    t.like(take(init, 17), { si_code: 5, si_status: 19 });
    t.is(take(init, 17), undefined);
    call(init, 'kill', 2, 18);
    t.deepEqual([child, ...others].map(state), ['running', 'interruptible', 'running']);
    t.is(waiting.result(), undefined);
  });

  test(`${base}: a handler of SIGCONT runs when the process goes on`, (t) => {
    const { call, act, entered, state, init, child } = bench(base);
    act(child, 18, handler('h'));
    call(init, 'kill', 2, 19);
    call(init, 'kill', 2, 18);
    t.is(state(child), 'running');
    t.is(entered.length, 1);
  });

  test(`${base}: signals wait while a process is stopped`, (t) => {
    const { call, act, entered, pending, init, child } = bench(base);
    act(child, 10, ADDRESS);
    call(init, 'kill', 2, 19);
    call(init, 'kill', 2, 10);
    t.deepEqual([entered.length, pending(child).shared], [0, [10]]);
    call(init, 'kill', 2, 18);
    t.deepEqual([entered.length, pending(child).shared], [1, []]);
  });

  test(`${base}: job control signals do nothing to an orphaned group, SIGSTOP stops it`, (t) => {
    const { call, fork, lead, state, child } = bench(base);
    const job = fork(child);
    lead(job);
    for (const signo of [20, 21, 22]) {
      call(child, 'kill', 3, signo);
      t.is(state(job), 'stopped', `${signo}`);
      call(child, 'kill', 3, 18);
    }
    const orphan = fork(job);
    lead(orphan);
    const rows: [number, string][] = [
      [20, 'running'],
      [21, 'running'],
      [22, 'running'],
      [19, 'stopped'],
    ];
    call(child, 'kill', 3, 9);
    for (const [signo, expected] of rows) {
      call(child, 'kill', 4, signo);
      t.is(state(orphan), expected, `${signo}`);
    }
  });

  test(`${base}: a stopped group that becomes orphaned gets SIGHUP and SIGCONT`, (t) => {
    const { call, fork, lead, isGone, entered, act, state, child } = bench(base);
    const shell = fork(child);
    const [job, careful] = [fork(shell), fork(shell)];
    for (const task of [job, careful]) lead(task);
    act(careful, 1, handler('on_hup'));
    for (const task of [4, 5]) call(child, 'kill', task, 19);
    t.deepEqual([job, careful].map(state), ['stopped', 'stopped']);
    call(child, 'kill', 3, 9);
    t.true(isGone(job));
    t.is(state(careful), 'running');
    t.like(entered.at(-1), { task: careful, siginfo: { si_signo: 1, si_code: 0x80 } });
  });

  test(`${base}: the end of a child is told with its cause`, (t) => {
    const rows: [title: string, call: string, args: Datum[], expected: object][] = [
      ['exit', 'exit_group', [3], { si_code: 1, si_status: 3 }],
      ['signal', 'kill', [3, 15], { si_code: 2, si_status: 15 }],
    ];
    for (const [title, name, args, expected] of rows) {
      const { begin, block, take, fork, child } = bench(base);
      const grandchild = fork(child);
      block(child, 17);
      begin(name === 'kill' ? child : grandchild, name, ...args);
      t.deepEqual(
        take(child, 17),
        { si_signo: 17, si_pid: 3, si_uid: 0, si_utime: 0, si_stime: 0, ...expected },
        title,
      );
    }
  });

  test(`${base}: children of a parent that ignores SIGCHLD or says SA_NOCLDWAIT go by themselves`, (t) => {
    const rows: [title: string, handler: Datum, flags: number, told: number][] = [
      ['ignored', 1, 0, 0],
      ['SA_NOCLDWAIT', ADDRESS, 2, 1],
    ];
    for (const [title, action, flags, told] of rows) {
      const { call, begin, act, fork, entered, child } = bench(base);
      const grandchild = fork(child);
      act(child, 17, action, flags);
      begin(grandchild, 'exit_group', 0);
      t.deepEqual(call(child, 'wait4', -1, null, 0, null), { ok: false, errno: 'ECHILD' }, title);
      t.is(entered.length, told, title);
    }
  });
}
