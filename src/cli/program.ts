/** The commands and their options; what they do is loaded when they run. help.ts says what each is for. */

import { Command, CommanderError, Option } from 'commander';
import { INVALID, refuse, UsageError } from './exit.ts';
import { type CommandName, commands, summaryOf, version } from './help.ts';
import { duration, fixes, json, profile, wholeNumber, withScenario } from './option.ts';

/** The command line of thaw. */
export function commandLine(): Command {
  const program = new Command('thaw').version(version()).exitOverride().showSuggestionAfterError();
  for (const [name] of commands) define[name](program.command(name).description(`${summaryOf(name)}.`));
  program.command('demo', { hidden: true }).action(async () => (await import('./demo.ts')).demo());
  return program;
}

const width = (): Option =>
  new Option('--width <n>', 'characters of a string that are shown, -1 for all').default(64).argParser(wholeNumber(-1));

/** Arguments, options and action of each command. */
const define: Readonly<Record<CommandName, (command: Command) => unknown>> = {
  replay: (command) =>
    withScenario(command)
      .argument('<scenario...>')
      .option('--schedule <file>', 'run by a schedule that explore has saved')
      .option('--seed <n>', 'choose who steps next at random, by this seed', wholeNumber(0))
      .option('--trace <file>', 'write the trace to a file too; as JSON Lines if it ends in .json or .jsonl')
      .addOption(width())
      .option('--quiet', 'print no trace')
      .option('--detect', 'look for data races, lost updates and the like in every step')
      .addOption(json())
      .action(async (files, options) => (await import('./replay.ts')).replay(files, options)),

  test: (command) =>
    command
      .argument('<path...>')
      .option('--jobs <n>', 'processes to use; as many as there are processors without it', wholeNumber(1))
      .option('--tap', 'print TAP')
      .option('--junit <file>', 'write JUnit XML')
      .addOption(json())
      .action(async (paths, options) => (await import('./test.ts')).test(paths, options)),

  explore: (command) =>
    withScenario(command)
      .argument('<scenario>')
      .addOption(
        new Option('--strategy <name>', 'how to search')
          .choices(['auto', 'exhaustive', 'dpor', 'random', 'pct'])
          .default('auto'),
      )
      .option('--preemptions <k>', 'only schedules with at most this many preemptions', wholeNumber(0))
      .option('--budget <time>', 'end after this time, such as 10s', duration)
      .option('--states <n>', 'end after this many states', wholeNumber(1))
      .option('--memory <mb>', 'end when the states take more than this many megabytes', wholeNumber(1))
      .option('--jobs <n>', 'processes to search with', wholeNumber(1), 1)
      .option('--seed <n>', 'the seed of what is sampled', wholeNumber(0), 1)
      .option('--save <dir>', 'save a schedule for each hazard found')
      .addOption(json())
      .action(async (file, options) => (await import('./explore.ts')).explore(file, options)),

  debug: (command) => {
    const script: { kind: 'file' | 'command'; text: string }[] = [];
    const scripted = (kind: 'file' | 'command') => (text: string) => [...script, script.push({ kind, text })];
    withScenario(command)
      .argument('<scenario>', 'a scenario or an image file, or the folder of a CRIU dump')
      .option('--schedule <file>', 'stand at the start of a saved schedule')
      .option('-x, --command-file <file>', 'carry out the commands in a file first', scripted('file'))
      .option('--ex <command>', 'carry out a command first (-ex as in gdb)', scripted('command'))
      .option('--batch', 'leave when those are done')
      .action(async (file, options) => (await import('./debug.ts')).debug(file, { ...options, script }));
  },

  dap: (command) =>
    command
      .option('--port <n>', 'listen on this port of the loopback interface instead of stdio', wholeNumber(0))
      .action(async (options) => (await import('./dap.ts')).dap(options)),

  restore: (command) =>
    command
      .argument('<image>', 'an image file, or the folder of a CRIU dump')
      .addOption(profile().default('2.6.26'))
      .addOption(fixes())
      .addOption(new Option('--interface <name>', 'how numbers are asked for').choices(['next_syscall_data']))
      .addOption(
        new Option(
          '--signals <way>',
          'how pending signals come back: sent to oneself, written to /proc/<pid>/sig, or written while all are frozen',
        ).choices(['sending', 'procsig', 'freezer']),
      )
      .addOption(
        new Option('--mode <mode>', 'the order of the plan').choices(['sequential', 'parallel']).default('sequential'),
      )
      .option('--trace <file>', 'write the trace of the restore; as JSON Lines if it ends in .json or .jsonl')
      .addOption(width())
      .addOption(json())
      .action(async (image, options) => (await import('./restore.ts')).restore(image, options)),

  plan: (command) =>
    command
      .argument('<image>', 'an image file, or the folder of a CRIU dump')
      .addOption(profile().default('2.6.26'))
      .addOption(fixes())
      .addOption(new Option('--interface <name>', 'how numbers are asked for').choices(['next_syscall_data']))
      .addOption(
        new Option(
          '--signals <way>',
          'how pending signals come back: sent to oneself, written to /proc/<pid>/sig, or written while all are frozen',
        ).choices(['sending', 'procsig', 'freezer']),
      )
      .addOption(
        new Option('--mode <mode>', 'the order of the plan').choices(['sequential', 'parallel']).default('sequential'),
      )
      .addOption(json())
      .action(async (image, options) => (await import('./plan.ts')).plan(image, options)),

  checkpoint: (command) =>
    withScenario(command)
      .argument('<scenario>')
      .option('-o, --output <file>', 'where to write the image, as JSON if it ends in .json; stdout without it')
      .option('--seed <n>', 'choose who steps next at random, by this seed', wholeNumber(0))
      .action(async (file, options) => (await import('./checkpoint.ts')).checkpoint(file, options)),

  diff: (command) =>
    command
      .argument('<a>')
      .argument('<b>')
      .addOption(json())
      .action(async (a, b, options) => (await import('./diff.ts')).diff(a, b, options)),

  import: (command) => {
    command
      .command('criu')
      .description('makes an image of a CRIU dump.')
      .argument('<dir>')
      .option('-o, --output <file>', 'where to write the image, as JSON if it ends in .json; stdout without it')
      .action(async (directory, options) => (await import('./import-criu.ts')).importCriuDump(directory, options));
    command
      .command('strace')
      .description('makes a scenario of a log that "strace -f" wrote.')
      .argument('<log>')
      .option('-o, --output <file>', 'where to write the scenario; stdout without it')
      .action(async (log, options) => (await import('./import-strace.ts')).importStrace(log, options));
  },

  conform: (command) =>
    command
      .argument('<log...>', 'logs that "strace -f" wrote, or folders of them')
      .addOption(json())
      .action(async (logs, options) => (await import('./conform.ts')).conform(logs, options)),

  hazards: (command) =>
    command
      .argument('[id]')
      .addOption(json())
      .action(async (id, options) => (await import('./hazards.ts')).hazards(id, options)),

  schema: (command) =>
    command.argument('<kind>', 'scenario or image').action(async (kind) => (await import('./schema.ts')).schema(kind)),
};

/** Runs the command line; mistakes in it end with exit code 2. */
export async function run(words: readonly string[]): Promise<void> {
  try {
    // gdb writes -ex with one dash.
    await commandLine().parseAsync(
      words.map((word) => (word === '-ex' ? '--ex' : word)),
      { from: 'user' },
    );
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : INVALID;
    else if (error instanceof UsageError) refuse(`thaw: ${error.message}`);
    else throw error;
  }
}
