/** Pid namespaces: the numbers given out in one, and who adopts orphans there. SEMANTICS C1, C2; pid_namespaces(7). */

import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Task } from '../task/task.ts';
import type { Pid } from './pid.ts';

interface PidNamespaceFields {
  /** 0 for the initial namespace, one more for each level below. */
  level: number;
  parent: PidNamespace | null;
  /** The namespace's init, which adopts orphans; null before it is there and after its death. */
  reaper: Task | null;
  /** 6.x: its init is ending, and nobody gets a number there any more. */
  closed: boolean;
  /** 6.x: a task in it is the child of one outside: it came by unshare or setns. */
  hasOutsiders: boolean;
  /** 2.6.26: the number given out last, from which the search goes on. 6.x: the cursor of the idr minus one. */
  lastPid: number;
  /** Which numbers are taken. A number is taken before its task can be found and until nothing names it any more. */
  map: TableOf<boolean>;
  /** Which of the numbers taken were chosen by a task: no kernel knows this, detectors do. */
  chosen: TableOf<boolean>;
  /** The struct pid that a number stands for, once it can be found. */
  pids: TableOf<Pid | null>;
}

export type PidNamespace = Handle<PidNamespaceFields>;

export const PidNamespace = layout<PidNamespaceFields>(
  'pid_namespace',
  {
    level: 0,
    parent: null,
    reaper: null,
    closed: false,
    hasOutsiders: false,
    lastPid: 0,
    map: table(false),
    chosen: table(false),
    pids: table<Pid | null>(null),
  },
  { shadow: ['chosen'] },
);
