/** Arguments of the signal calls: signals, sets of them, actions, siginfo. */

import * as abi from '../../kernel-sim/abi/signal.ts';
import * as codes from '../../kernel-sim/abi/signal-code.ts';
import { signalName } from '../../kernel-sim/abi/signal-name.ts';
import { type Datum, integerOf } from '../../syscalls/datum.ts';
import { choice, flags, type Names, namesOf } from './flags.ts';
import { address, hexText, integerIn, integers, type Printer } from './printer.ts';

/** A signal by its name, by its number where it has none. */
export const signal: Printer = integers((value) => signalName(Number(value)) ?? value.toString());

/** A set is shown by what is not in it from so many signals on. */
const MOST = 42;

/** `[USR1 RT_2]`, or `~[KILL STOP]` for a large set. */
const sigset: Printer = (value) => {
  if (!Array.isArray(value)) return address(value, nowhere);
  const members = new Set(value.map((member: Datum) => integerOf(member)));
  const inverted = members.size >= MOST;
  const shown = Array.from({ length: abi.SIGRTMAX }, (_, i) => i + 1).filter(
    (number) => members.has(number) !== inverted,
  );
  return `${inverted ? '~' : ''}[${shown.map((number) => signalName(number)?.slice(3)).join(' ')}]`;
};

const nowhere = { width: -1, call: '', args: [] };

/** SIG_DFL, SIG_IGN or an address; programs print as their names elsewhere. */
const handler = integers((value) => (value === 0n ? 'SIG_DFL' : value === 1n ? 'SIG_IGN' : hexText(value)));

const generalCodes = namesOf(
  codes,
  'SI_USER SI_KERNEL SI_QUEUE SI_TIMER SI_MESGQ SI_ASYNCIO SI_SIGIO SI_TKILL SI_DETHREAD SI_ASYNCNL',
);

const codesOf: ReadonlyMap<number, Names> = new Map([
  [abi.SIGCHLD, namesOf(codes, 'CLD_EXITED CLD_KILLED CLD_DUMPED CLD_TRAPPED CLD_STOPPED CLD_CONTINUED')],
  [abi.SIGILL, namesOf(codes, 'ILL_ILLOPC ILL_ILLOPN')],
  [abi.SIGFPE, namesOf(codes, 'FPE_INTDIV FPE_INTOVF')],
  [abi.SIGSEGV, namesOf(codes, 'SEGV_MAPERR SEGV_ACCERR')],
  [abi.SIGBUS, namesOf(codes, 'BUS_ADRALN BUS_ADRERR BUS_OBJERR')],
  [abi.SIGTRAP, namesOf(codes, 'TRAP_BRKPT TRAP_TRACE')],
  [abi.SIGIO, namesOf(codes, 'POLL_IN POLL_OUT POLL_MSG POLL_ERR POLL_PRI POLL_HUP')],
]);

/** Codes above zero mean something else for each signal. */
const siCode: Printer = (value, context) => {
  const special = codesOf.get(integerOf(context.around?.si_signo)) ?? [];
  return choice([...generalCodes, ...special], 'SI')(value, context);
};

/** The exit code of a child that exited, the signal of one that did not. */
const siStatus: Printer = (value, context) => {
  const exited = integerOf(context.around?.si_code) === codes.CLD_EXITED || integerOf(context.around?.si_code) === 0;
  return exited ? integerIn(value)?.toString() : signal(value, context);
};

export const signalPrinters: Readonly<Record<string, Printer>> = {
  signal,
  sigset,
  sigprocmask_how: choice(namesOf(abi, 'SIG_BLOCK SIG_UNBLOCK SIG_SETMASK'), 'SIG'),
  sa_handler: handler,
  sa_flags: flags(
    namesOf(
      abi,
      'SA_RESTORER SA_ONSTACK SA_RESTART SA_INTERRUPT SA_NODEFER SA_RESETHAND SA_SIGINFO SA_NOCLDSTOP SA_NOCLDWAIT',
    ),
    'SA',
    64,
  ),
  ss_flags: flags(namesOf(abi, 'SS_ONSTACK SS_DISABLE SS_AUTODISARM'), 'SS'),
  si_code: siCode,
  si_status: siStatus,
  sigev_notify: choice(namesOf(codes, 'SIGEV_SIGNAL SIGEV_NONE SIGEV_THREAD SIGEV_THREAD_ID'), 'SIGEV'),
};
