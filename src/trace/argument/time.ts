/** Arguments of the calls about clocks and timers. */

import * as clock from '../../kernel-sim/abi/clock.ts';
import { choice, flags, namesOf } from './flags.ts';
import type { Printer } from './printer.ts';

export const timePrinters: Readonly<Record<string, Printer>> = {
  clockid: choice(
    namesOf(
      clock,
      'CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW ' +
        'CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME',
    ),
    'CLOCK',
  ),
  timer_flags: flags(namesOf(clock, 'TIMER_ABSTIME'), 'TIMER'),
  itimer_which: choice(namesOf(clock, 'ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF'), 'ITIMER'),
};
