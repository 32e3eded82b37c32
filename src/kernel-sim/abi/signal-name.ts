// Signal names the way strace writes them: SIGUSR1 and SIGRT_2 alone, USR1 and RT_2 inside a set (traces: README 8).
// Numbers 33 to 64 are SIGRT_1 to SIGRT_32, counted from the kernel's first real-time signal and not from the C library's.

import * as signal from './signal.ts';

const { SIGRTMIN, SIGRTMAX } = signal;

const names: readonly (string | undefined)[] = (() => {
  const list: (string | undefined)[] = Array.from({ length: SIGRTMAX + 1 });
  for (const [name, number] of Object.entries(signal)) {
    if (/^SIG[A-Z0-9]+$/.test(name) && number <= SIGRTMIN) list[number] = name;
  }
  for (let number = SIGRTMIN + 1; number <= SIGRTMAX; number += 1) list[number] = `SIGRT_${number - SIGRTMIN}`;
  return list;
})();

const numbers: ReadonlyMap<string, number> = new Map([
  ...names.flatMap((name, number): [string, number][] => (name === undefined ? [] : [[name, number]])),
  ['SIGIOT', signal.SIGABRT],
  ['SIGPOLL', signal.SIGIO],
  ['SIGRTMAX', SIGRTMAX],
]);

/** Every name that `signalNumber` knows with its number, second names such as SIGPOLL included. */
export const signalNumbers: ReadonlyMap<string, number> = numbers;

/** The name of signal 1..64 as strace prints it, such as SIGUSR1 or SIGRT_2; undefined outside; signal(7). */
export function signalName(number: number): string | undefined {
  return names[number];
}

/** The number of a signal by its long name (SIGUSR1) or its name inside a set (USR1, RT_2, RTMIN); undefined when unknown. */
export function signalNumber(name: string): number | undefined {
  return numbers.get(name) ?? numbers.get(`SIG${name}`);
}
