/** What would make a planned call fail, so that the restore is not worth starting. SEMANTICS A7, B2-B4. */

import { RESERVED_PIDS } from '../../kernel-sim/pid/allocator.ts';
import type { Profile } from '../../kernel-sim/profile.ts';
import type { Image } from '../image/index.ts';
import { isUnprivileged } from './credentials.ts';
import type { Foresight } from './foresight.ts';
import type { Member } from './member.ts';

/** The highest number that kernel.pid_max can allow, on 64 bits. */
const HIGHEST_PID = 4_194_303;
/** fs.nr_open. */
const MOST_DESCRIPTORS = 1_048_576;

/**
 * @param helpers pids of helpers, which need numbers as tasks do
 * @param base the first descriptor number that the image does not use
 */
export function foreseeObstacles(
  image: Image,
  helpers: readonly number[],
  members: readonly Member[],
  profile: Profile,
  base: number,
  foresight: Foresight,
): void {
  if (!profile.series.has('next_syscall_data')) {
    foresight.obstacle('the interface next_syscall_data, which this kernel does not have');
  }
  const chosen = [...chosenNumbers(image), ...helpers];
  for (const { groupStep } of members) if (groupStep.kind === 'refound') chosen.push(groupStep.group);
  if (profile.series.has('next_syscall_data') && !profile.fixes.has('P3')) {
    const low = chosen.filter((pid) => pid < RESERVED_PIDS);
    if (low.length > 0)
      foresight.obstacle(`pids below ${RESERVED_PIDS}, which the posted interface refuses`, low, 'P3');
  }
  const high = chosen.filter((pid) => pid > HIGHEST_PID);
  if (high.length > 0) foresight.obstacle(`pids above ${HIGHEST_PID}, which no kernel allows`, high, 'P8');
  if (base + 16 > MOST_DESCRIPTORS) foresight.obstacle(`descriptors up to ${base - 1}, beyond fs.nr_open`, [], 'F4');
}

/** Whether the files of /proc/<pid>/sig are there, and belong to those who are to write them. */
export function foreseeSignalFiles({ tasks }: Image, profile: Profile, foresight: Foresight): void {
  if (!profile.series.has('procsig'))
    foresight.obstacle('the files of /proc/<pid>/sig, which this kernel does not have');
  if (!profile.fixes.has('G16')) return;
  const strangers = tasks.filter((task) => task.state !== 'zombie' && isUnprivileged(task.credentials));
  if (strangers.length === 0) return;
  const pids = strangers.map(({ pid }) => pid);
  foresight.obstacle('signal files of mode 0600, which belong to root once a task has changed its ids', pids, 'G16');
}

/** Whether the freezer is there, and its file of signals. */
export function foreseeFreezer({ series }: Profile, foresight: Foresight): void {
  if (!series.has('freezer-signals')) {
    foresight.obstacle('the freezer with its file of signals, which this kernel does not have');
  }
}

/** Every number that somebody of the image is created with; pid 1 is there from the start. */
function* chosenNumbers({ tasks }: Image): Generator<number> {
  for (const task of tasks) {
    if (task.pid !== 1) yield task.pid;
    if (task.state !== 'zombie') for (const { tid } of task.threads) if (tid !== task.pid) yield tid;
  }
}
