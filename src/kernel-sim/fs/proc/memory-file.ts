/** /proc/meminfo: the memory of the simulated machine, which has a gigabyte and never uses any. */

import { ok } from '../../result.ts';
import { procFile } from './node.ts';
import { sequence } from './sequence.ts';

const amounts: readonly (readonly [label: string, kilobytes: number])[] = [
  ['MemTotal', 1_048_576],
  ['MemFree', 1_048_576],
  ['MemAvailable', 1_048_576],
  ['Buffers', 0],
  ['Cached', 0],
  ['SwapTotal', 0],
  ['SwapFree', 0],
];

const text = amounts
  .map(([label, kilobytes]) => `${`${label}:`.padEnd(16)}${String(kilobytes).padStart(8)} kB\n`)
  .join('');

export const memoryFile = procFile(
  'proc_meminfo',
  0o444,
  sequence('proc_meminfo', (_tx, _k, _reader, _node, from) => ok(from === 0 ? [text] : [])),
);
