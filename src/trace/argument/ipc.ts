/** Arguments of the System V calls: keys, flags with a mode in them, commands. */

import * as ipc from '../../kernel-sim/abi/ipc.ts';
import { choice, flags, type Names, namesOf, splitFlags } from './flags.ts';
import { address, hexText, integerIn, integers, octalText, type Printer } from './printer.ts';

const getNames = namesOf(ipc, 'IPC_CREAT IPC_EXCL IPC_NOWAIT');
const segmentNames = namesOf(ipc, 'IPC_CREAT IPC_EXCL SHM_HUGETLB SHM_NORESERVE');
const MODE = 0o777n;

/** Flags with permission bits behind them, which are there even when they are 000. */
const withMode = (names: Names): Printer =>
  integers((value) => {
    const { found, rest } = splitFlags(BigInt.asUintN(32, value), names);
    const other = rest & ~MODE;
    return [...found, ...(other === 0n ? [] : [hexText(other)]), octalText(rest & MODE)].join('|');
  });

/** A command; C libraries may have added IPC_64 to it. */
function command(names: Names, family: string): Printer {
  const plain = choice(names, family);
  const known = new Set(names.map(([, value]) => value));
  return (value, context) => {
    const integer = integerIn(value);
    if (integer === undefined) return undefined;
    const without = integer & ~BigInt(ipc.IPC_64);
    return without !== integer && known.has(without) ? `IPC_64|${plain(without, context)}` : plain(value, context);
  };
}

const shared = 'IPC_RMID IPC_SET IPC_STAT IPC_INFO';

export const ipcPrinters: Readonly<Record<string, Printer>> = {
  ipc_key: integers((value) => (value === 0n ? 'IPC_PRIVATE' : hexText(value, 32))),
  ipc_get_flags: withMode(getNames),
  shmget_flags: withMode(segmentNames),
  msgflg: flags(namesOf(ipc, 'MSG_NOERROR MSG_EXCEPT MSG_COPY IPC_NOWAIT'), 'MSG'),
  shmat_flags: flags(namesOf(ipc, 'SHM_RDONLY SHM_RND SHM_REMAP SHM_EXEC'), 'SHM'),
  sem_flg: flags(namesOf(ipc, 'SEM_UNDO IPC_NOWAIT'), 'SEM'),
  msgctl_cmd: command(namesOf(ipc, `${shared} MSG_STAT MSG_INFO MSG_STAT_ANY`), 'MSG'),
  semctl_cmd: command(
    namesOf(ipc, `${shared} SEM_STAT SEM_INFO SEM_STAT_ANY GETPID GETVAL GETALL GETNCNT GETZCNT SETVAL SETALL`),
    'SEM',
  ),
  shmctl_cmd: command(namesOf(ipc, `${shared} SHM_LOCK SHM_UNLOCK SHM_STAT SHM_INFO SHM_STAT_ANY`), 'SHM'),
  semun: address,
};
