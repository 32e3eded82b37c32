/** All commands of the debugger. */

import { choosingCommands } from './choosing.ts';
import type { Command } from './command.ts';
import { lookingCommands } from './looking.ts';
import { movingCommands } from './moving.ts';
import { sessionCommands } from './session-commands.ts';
import { stoppingCommands } from './stopping.ts';

export const commands: readonly Command[] = [
  ...movingCommands,
  ...stoppingCommands,
  ...lookingCommands,
  ...choosingCommands,
  ...sessionCommands,
];
