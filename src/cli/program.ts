/** The commands and their options; what they do is loaded when they run. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { INVALID, refuse, UsageError } from './exit.ts';
import type { ScenarioOptions } from './scenario-options.ts';

const collect = (value: string, all: string[]): string[] => [...all, value];

function wholeNumber(least: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`a whole number from ${least} up.`);
    return number;
  };
}

/** Seconds of a duration such as 10s, 500ms, 2m. */
function duration(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value);
  const factor = { ms: 0.001, s: 1, m: 60 }[match?.[2] ?? 's'] ?? 1;
  const seconds = Number(match?.[1]) * factor;
  if (match === null || !(seconds > 0) || seconds > 86_400)
    throw new InvalidArgumentError('a duration such as 10s, 500ms or 2m.');
  return seconds;
}

const json = (): Option => new Option('--json', 'print one JSON document on stdout');
const withScenario = (command: Command): Command =>
  command
    .option('--set <name=value>', 'set a parameter of the scenario', collect, [])
    .option('--fixes <ids>', 'repair these hazards (ids with commas, or all)')
    .addOption(new Option('--profile <name>', 'the kernel').choices(['2.6.26', '6.x']));

/** The command line of thaw. */
export function commandLine(): Command {
  const program = new Command('thaw')
    .description(
      'Restores checkpointed process trees and IPC objects on a simulated kernel, and shows every race on the way there.',
    )
    .version('0.1.0')
    .exitOverride()
    .showSuggestionAfterError();
  program.command('demo', { isDefault: true, hidden: true }).action(async () => (await import('./demo.ts')).demo());

  withScenario(program.command('replay'))
    .description('run scenarios once and print their trace')
    .argument('<scenario...>')
    .option('--schedule <file>', 'run by a saved schedule')
    .option('--seed <n>', 'choose who runs next at random, by this seed', wholeNumber(0))
    .option('--width <n>', 'characters of a string that are shown, -1 for all', Number, 64)
    .addOption(json())
    .action(async (files: string[], options: ScenarioOptions) => (await import('./replay.ts')).replay(files, options));

  withScenario(program.command('explore'))
    .description('search the schedules of a scenario for hazards')
    .argument('<scenario>')
    .addOption(
      new Option('--strategy <name>', 'how to search').choices(['auto', 'exhaustive', 'random', 'pct']).default('auto'),
    )
    .option('--preemptions <k>', 'only schedules with at most this many preemptions', wholeNumber(0))
    .option('--budget <time>', 'end after this time', duration)
    .option('--states <n>', 'end after this many states', wholeNumber(1))
    .option('--seed <n>', 'the seed of what is sampled', wholeNumber(0), 1)
    .option('--save <dir>', 'save a schedule for each hazard found')
    .addOption(json())
    .action(async (file: string, options: ScenarioOptions) => (await import('./explore.ts')).explore(file, options));

  program
    .command('test')
    .description('explore every scenario under the paths against what it expects')
    .argument('<path...>')
    .option('--jobs <n>', 'processes to use', wholeNumber(1), 1)
    .option('--tap', 'print TAP')
    .option('--junit <file>', 'write JUnit XML')
    .addOption(json())
    .action(async (paths: string[], options: object) => (await import('./test.ts')).test(paths, options));

  program
    .command('hazards')
    .description('list the catalogue of hazards, or one entry')
    .argument('[id]')
    .addOption(json())
    .action(async (id: string | undefined, options: { json?: boolean }) =>
      (await import('./hazards.ts')).hazards(id, options),
    );

  program
    .command('schema')
    .description('print the JSON Schema of scenario or image files')
    .argument('<kind>', 'scenario or image')
    .action(async (kind: string) => (await import('./schema.ts')).schema(kind));

  program
    .command('diff')
    .description('compare two images')
    .argument('<a>')
    .argument('<b>')
    .addOption(json())
    .action(async (a: string, b: string, options: { json?: boolean }) =>
      (await import('./diff.ts')).diff(a, b, options),
    );

  const importing = program.command('import').description('make an image or a scenario of what another tool recorded');
  importing
    .command('criu')
    .description('make an image of a CRIU dump')
    .argument('<dir>')
    .option('-o, --output <file>', 'where to write the image; stdout without it')
    .action(async (directory: string, options: { output?: string }) =>
      (await import('./import-criu.ts')).importCriuDump(directory, options),
    );
  return program;
}

/** Runs the command line; mistakes in it end with exit code 2. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : INVALID;
    else if (error instanceof UsageError) refuse(`thaw: ${error.message}`);
    else throw error;
  }
}
