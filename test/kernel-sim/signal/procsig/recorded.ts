// The two programs of the procsig thread, with the values that /proc/<pid>/status showed for them on a real kernel.
import test from 'ava';
import { slurp } from '../../fs/_bench.ts';
import { bases, bench } from '../_bench.ts';

const masks = (status: string): Record<string, string> =>
  Object.fromEntries(
    [...status.matchAll(/^(SigQ|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt):\t([0-9a-f]+)/gm)].map(([, name, mask]) => [
      name,
      mask,
    ]),
  );

const NONE = '0000000000000000';

for (const base of bases) {
  test(`${base}: forker's pending and blocked signals are those that were recorded`, (t) => {
    const bed = bench(base);
    const forker = bed.child;
    const status = (pid: number) => masks(slurp(bed, bed.init, `/proc/${pid}/status`));
    bed.call(forker, 'rt_sigprocmask', 2, [10, 11, 12, 17, 29], null, 8);
    bed.begin(bed.fork(forker), 'exit_group', 0);
    const rest = { SigPnd: NONE, SigBlk: '0000000010010e00', SigIgn: NONE, SigCgt: NONE };
    t.deepEqual(status(2), { SigQ: '1', ShdPnd: '0000000000010000', ...rest });
    t.deepEqual(status(3), { SigQ: '1', ShdPnd: NONE, ...rest });
    const recorded: [signo: number, queued: string, shared: string][] = [
      [10, '2', '0000000000010200'],
      [29, '3', '0000000010010200'],
      [11, '4', '0000000010010600'],
      [10, '4', '0000000010010600'],
      [12, '5', '0000000010010e00'],
      [17, '5', '0000000010010e00'],
    ];
    for (const [signo, SigQ, ShdPnd] of recorded) {
      bed.call(bed.init, 'kill', 2, signo);
      t.deepEqual(status(2), { SigQ, ShdPnd, ...rest }, `after signal ${signo}`);
      t.deepEqual(status(3), { SigQ, ShdPnd: NONE, ...rest }, `the zombie after signal ${signo}`);
    }
  });

  const SA_RESETHAND = 0x8000_0000;
  const SA_SIGINFO = 4;
  const kinds: [argument: string, flags: number, caught: string, after: string | null][] = [
    ['1', 0, '0000000000004200', '0000000000004200'],
    ['1 r', SA_RESETHAND, '0000000000004000', null],
    ['2 s', SA_SIGINFO, '0000000000004200', '0000000000004200'],
  ];
  for (const [argument, flags, caught, after] of kinds) {
    test(`${base}: handlertest ${argument} catches and dies as it was recorded`, (t) => {
      const bed = bench(base);
      bed.act(bed.child, 10, 0x401000, flags);
      bed.act(bed.child, 15, 0x402000);
      const status = () => masks(slurp(bed, bed.init, '/proc/2/status'));
      const rest = { SigQ: '0', SigPnd: NONE, ShdPnd: NONE, SigBlk: NONE, SigIgn: NONE };
      t.deepEqual(status(), { ...rest, SigCgt: '0000000000004200' });
      bed.begin(bed.child, 'pause');
      bed.call(bed.init, 'kill', 2, 10);
      t.deepEqual(status(), { ...rest, SigCgt: caught });
      bed.begin(bed.child, 'pause');
      bed.call(bed.init, 'kill', 2, 10);
      if (after === null) t.true(bed.isGone(bed.child));
      else t.deepEqual(status(), { ...rest, SigCgt: after });
    });
  }
}
