/** /proc/<pid>/limits: the resource limits of a process; fs/proc/base.c:proc_pid_limits, proc(5). */

import type { Transaction } from '../../machine/store.ts';
import { ok } from '../../result.ts';
import { INFINITY, type ResourceLimits } from '../../task/limits.ts';
import { GONE, taskOf } from './node.ts';
import { wholeText } from './text.ts';

/** Every resource, in the kernel's order. */
const resources: readonly (readonly [label: string, unit: string, limit: keyof ResourceLimits])[] = [
  ['Max cpu time', 'seconds', 'RLIMIT_CPU'],
  ['Max file size', 'bytes', 'RLIMIT_FSIZE'],
  ['Max data size', 'bytes', 'RLIMIT_DATA'],
  ['Max stack size', 'bytes', 'RLIMIT_STACK'],
  ['Max core file size', 'bytes', 'RLIMIT_CORE'],
  ['Max resident set', 'bytes', 'RLIMIT_RSS'],
  ['Max processes', 'processes', 'RLIMIT_NPROC'],
  ['Max open files', 'files', 'RLIMIT_NOFILE'],
  ['Max locked memory', 'bytes', 'RLIMIT_MEMLOCK'],
  ['Max address space', 'bytes', 'RLIMIT_AS'],
  ['Max file locks', 'locks', 'RLIMIT_LOCKS'],
  ['Max pending signals', 'signals', 'RLIMIT_SIGPENDING'],
  ['Max msgqueue size', 'bytes', 'RLIMIT_MSGQUEUE'],
  ['Max nice priority', '', 'RLIMIT_NICE'],
  ['Max realtime priority', '', 'RLIMIT_RTPRIO'],
  ['Max realtime timeout', 'us', 'RLIMIT_RTTIME'],
];

const column = (text: string, width: number): string => text.padEnd(width);
const amount = (limit: number): string => column(limit === INFINITY ? 'unlimited' : String(limit), 20);
const row = (label: string, soft: string, hard: string, unit: string): string =>
  `${column(label, 25)} ${column(soft, 20)} ${column(hard, 20)} ${unit.padEnd(10)}\n`;

function limitsText(limits: ResourceLimits): string {
  const rows = resources.map(([label, unit, limit]) => {
    const { soft, hard } = limits[limit];
    return row(label, amount(soft), amount(hard), unit);
  });
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + rows.join('');
}

export const limitsFile = wholeText('proc_limits', (tx: Transaction, _k, _reader, node) => {
  const task = taskOf(tx, node);
  return task === null ? GONE : ok(limitsText(tx.read(tx.read(task.process)!.limits)!));
});
