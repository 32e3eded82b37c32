import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import type { Alternative } from '../../../src/kernel-sim/profile.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { O_RDONLY, O_WRONLY, readOnce } from '../fs/_bench.ts';
import { type Bench, bench } from '../signal/_bench.ts';

export const ROOT = '/cgroup/freezer';
export const GROUP = `${ROOT}/g`;

/** A process 2 below init, which is in a group, and what tests of the freezer ask again and again. */
export interface Freezer extends Bench {
  /** Writes a text to a file in one call: `= length` or the errno of open or write. */
  readonly put: (path: string, text: string, by?: Task) => string;
  /** What one read of a file gives, or the errno of open or read. */
  readonly get: (path: string, by?: Task) => string;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The state of the group. */
  readonly stateOfGroup: () => string;
}

export function freezer(
  fixes: string[] = [],
  options: InitOptions = {},
  alternatives: readonly Alternative[] = ['freezer-signals'],
): Freezer {
  const bed = bench('2.6.26', fixes, options, alternatives);
  const withFile = (path: string, flags: number, by: Task, use: (fd: number) => string): string => {
    const opened = bed.call(by, 'open', path, flags, 0);
    if (!opened.ok) return opened.errno;
    const result = use(Number(opened.value.value));
    bed.call(by, 'close', opened.value.value);
    return result;
  };
  const put: Freezer['put'] = (path, text, by = bed.init) =>
    withFile(path, O_WRONLY, by, (fd) => bed.outcome(by, 'write', fd, text, text.length));
  const get: Freezer['get'] = (path, by = bed.init) =>
    withFile(path, O_RDONLY, by, (fd) => readOnce(bed, by, fd, 65_536));
  bed.call(bed.init, 'mkdir', GROUP, 0o755);
  put(`${GROUP}/tasks`, '2');
  return {
    ...bed,
    put,
    get,
    freeze: () => void put(`${GROUP}/freezer.state`, 'FROZEN'),
    thaw: () => {
      put(`${GROUP}/freezer.state`, 'THAWED');
      bed.settle();
    },
    stateOfGroup: () => get(`${GROUP}/freezer.state`).trimEnd(),
  };
}

/** Puts everybody of a process into the group. */
export const join = (bed: Freezer, ...numbers: readonly number[]): void => {
  for (const number of numbers) bed.put(`${GROUP}/tasks`, String(number));
};
