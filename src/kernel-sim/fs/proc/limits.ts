/** /proc/<pid>/limits: the resource limits of a process; fs/proc/base.c:proc_pid_limits, proc(5). */

import type { Transaction } from '../../machine/store.ts';
import { ok } from '../../result.ts';
import { INFINITY, type Limit, type ResourceLimits } from '../../task/limits.ts';
import { GONE, taskOf } from './node.ts';
import { wholeText } from './text.ts';

const unlimited: Limit = { soft: INFINITY, hard: INFINITY };

/** Every resource in the kernel's order; those that thaw does not enforce are fixed. */
const resources: readonly (readonly [label: string, unit: string, limit: keyof ResourceLimits | Limit])[] = [
  ['Max cpu time', 'seconds', unlimited],
  ['Max file size', 'bytes', 'RLIMIT_FSIZE'],
  ['Max data size', 'bytes', unlimited],
  ['Max stack size', 'bytes', { soft: 8_388_608, hard: INFINITY }],
  ['Max core file size', 'bytes', { soft: 0, hard: INFINITY }],
  ['Max resident set', 'bytes', unlimited],
  ['Max processes', 'processes', 'RLIMIT_NPROC'],
  ['Max open files', 'files', 'RLIMIT_NOFILE'],
  ['Max locked memory', 'bytes', 'RLIMIT_MEMLOCK'],
  ['Max address space', 'bytes', unlimited],
  ['Max file locks', 'locks', unlimited],
  ['Max pending signals', 'signals', 'RLIMIT_SIGPENDING'],
  ['Max msgqueue size', 'bytes', 'RLIMIT_MSGQUEUE'],
  ['Max nice priority', '', { soft: 0, hard: 0 }],
  ['Max realtime priority', '', { soft: 0, hard: 0 }],
  ['Max realtime timeout', 'us', unlimited],
];

const column = (text: string, width: number): string => text.padEnd(width);
const amount = (limit: number): string => column(limit === INFINITY ? 'unlimited' : String(limit), 20);
const row = (label: string, soft: string, hard: string, unit: string): string =>
  `${column(label, 25)} ${column(soft, 20)} ${column(hard, 20)} ${unit.padEnd(10)}\n`;

function limitsText(limits: ResourceLimits): string {
  const rows = resources.map(([label, unit, limit]) => {
    const { soft, hard } = typeof limit === 'string' ? limits[limit] : limit;
    return row(label, amount(soft), amount(hard), unit);
  });
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + rows.join('');
}

export const limitsFile = wholeText('proc_limits', (tx: Transaction, _k, _reader, node) => {
  const task = taskOf(tx, node);
  return task === null ? GONE : ok(limitsText(tx.read(tx.read(task.process)!.limits)!));
});
