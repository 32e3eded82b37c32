/** What options of several commands have in common: how their values are read, and what is said of a value that is none. */

import { type Command, InvalidArgumentError, Option } from 'commander';

/** A whole number from `least` up. */
export const wholeNumber =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It is a whole number from ${least} up.`);
  };

/** Seconds of a duration such as 10s, 500ms, 2m. */
export function duration(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value);
  const factor = { ms: 0.001, s: 1, m: 60 }[match?.[2] ?? 's'] ?? 1;
  const seconds = Number(match?.[1]) * factor;
  if (match !== null && seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('It is a duration such as 10s, 500ms or 2m.');
}

/** Gathers the values of an option that may be given several times. */
const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

export const json = (): Option => new Option('--json', 'print one JSON document on stdout and nothing else there');

export const profile = (): Option => new Option('--profile <name>', 'the kernel').choices(['2.6.26', '6.x']);

export const fixes = (): Option => new Option('--fixes <ids>', 'hazards that the kernel has repaired: P1,N4 or all');

/** The options that change what a scenario file says. */
export const withScenario = (command: Command): Command =>
  command
    .option('--set <name=value>', 'set a parameter of the scenario; may be given several times', collect, [])
    .addOption(fixes())
    .addOption(profile());
