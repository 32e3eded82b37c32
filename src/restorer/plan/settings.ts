/** What a child inherits beside descriptors: working directory, umask, limits; fork(2), getrlimit(2). */

import { type LiveTask, RLIMITS, type Rlimits, type Task } from '../image/index.ts';
import type { Script } from './script.ts';
import { name, number, struct, text } from './syntax.ts';

type Limit = NonNullable<Rlimits[keyof Rlimits]>;

/** Settings of a task as far as its plan has made them; what is not there is as the kernel had it. */
export interface Settings {
  readonly cwd?: string;
  readonly umask?: number;
  readonly limits: Readonly<Partial<Record<keyof Rlimits, Limit>>>;
}

const NONE = 'unlimited';

/** Whether the limit on descriptors leaves room for `highest`. */
const leavesRoom = ({ soft }: Limit, highest: number): boolean => soft === NONE || Number(soft) > highest;

/**
 * Makes the settings of `task` that differ from what it inherits.
 *
 * @param highest the highest descriptor the restorer still needs: a limit on descriptors that is lower has to wait
 */
export function makeSettings(script: Script, task: Task, inherited: Settings, highest: number): Settings {
  if (task.state === 'zombie') return inherited;
  const { cwd, umask } = task;
  if (cwd !== inherited.cwd) script.call('chdir', [text(cwd)]);
  if (umask !== inherited.umask) script.call('umask', [number(umask, 8)], { expect: 'anything' });
  let limits = inherited.limits;
  for (const [resource, limit] of differing(task, limits)) {
    if (resource === 'nofile' && !leavesRoom(limit, highest)) continue;
    setLimit(script, resource, limit);
    limits = { ...limits, [resource]: limit };
  }
  const isInherited = cwd === inherited.cwd && umask === inherited.umask && limits === inherited.limits;
  return isInherited ? inherited : { cwd, umask, limits };
}

/** Sets the limits that were too low to go on with. */
export function lateLimits(script: Script, task: LiveTask, { limits }: Settings): void {
  for (const [resource, limit] of differing(task, limits)) setLimit(script, resource, limit);
}

/** The limits of a task that are not as in `made`. */
function differing({ rlimits }: LiveTask, made: Settings['limits']): readonly [keyof Rlimits, Limit][] {
  if (rlimits === 'unknown') return NONE_DIFFERS;
  let different: [keyof Rlimits, Limit][] | null = null;
  for (const resource of RLIMITS) {
    const limit = rlimits[resource];
    if (limit === undefined || isSame(made[resource], limit)) continue;
    different ??= [];
    different.push([resource, limit]);
  }
  return different ?? NONE_DIFFERS;
}

const NONE_DIFFERS: readonly [keyof Rlimits, Limit][] = [];

const isSame = (a: Limit | undefined, b: Limit): boolean =>
  a !== undefined && (a === b || (String(a.soft) === String(b.soft) && String(a.hard) === String(b.hard)));

/** `setrlimit(RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=4096})`. */
function setLimit(script: Script, resource: keyof Rlimits, { soft, hard }: Limit): void {
  script.call('setrlimit', [
    name(`RLIMIT_${resource.toUpperCase()}`),
    struct({ rlim_cur: limit(soft), rlim_max: limit(hard) }),
  ]);
}

function limit(value: number | string) {
  if (value === NONE) return name('RLIM64_INFINITY');
  return number(typeof value === 'number' ? value : BigInt(value));
}
