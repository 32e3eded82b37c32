/** The catalogued hazard behind what a detector has seen, where one is known: a race is a symptom, its entry says what comes of it. */

import { isHazard } from '../finding.ts';
import type { RecordedStep } from './run-record.ts';

/** By operation: the defect that the repaired kernel does not have this operation for. */
const byOperation: Readonly<Record<string, string>> = {
  'nsd.attach': 'N2',
  'nsd.detach': 'N1',
  'nsd.free': 'N1',
  'nsd.load_pointer': 'N1',
  'exit_sem.read_again': 'K2',
  'procsig.print_set': 'G2',
  'procsig.first_entry': 'G2',
  'procsig.next_entry': 'G2',
  'procsig.print_entry': 'G2',
  'procsig.load_leftover': 'G8',
  'procsig.clear_leftover': 'G8',
  'procsig.use_leftover': 'G8',
  'procsig.keep_leftover': 'G8',
  'procsig.clear_mask': 'G3',
  'procsig.set_blocked': 'G12',
  'procsig.store_flags': 'G13',
  'procsig.clear_action_mask': 'G13',
  'procsig.add_to_mask': 'G13',
  'procsig.store_handler': 'G13',
};

/** By place: what is wrong whoever does it. */
const byLocation: Readonly<Record<string, string>> = { 'task.handlers': 'G14', 'task.signals': 'G14' };

/** The hazard behind a race or a lost update, by the kind of its place and the steps that touched it; null when none is known. */
export function behindRace(locationKind: string, steps: readonly RecordedStep[]): string | null {
  if (locationKind === 'pid_namespace.lastPid') return steps.some(isChoosing) ? 'P1' : 'P7';
  // A reader that comes while the structure is filled; one that comes when it is freed is with the operation below.
  if (locationKind.startsWith('next_syscall_data.') && steps.some(({ operation }) => operation === 'store'))
    return 'N2';
  if (Object.hasOwn(byLocation, locationKind)) return byLocation[locationKind] as string;
  const known = steps.map(({ operation }) => byOperation[operation]).filter((id) => id !== undefined);
  return known.find((id) => id !== 'N1') ?? known[0] ?? null;
}

/** Whether a step reads or moves last_pid for a chosen number. */
const isChoosing = ({ operation, args }: RecordedStep): boolean =>
  operation === 'load' || (operation === 'last_pid.store' && args[3] === true);

/** The hazards that lose the last pointer to objects of a kind. */
const byLeak: Readonly<Record<string, readonly string[]>> = {
  sigqueue: ['G6', 'G4', 'G3'],
  sig_leftover: ['G8'],
  undo_list: ['S2'],
};

/** The hazard behind leaked memory: the only one that can be, or one that was seen in the run. */
export function behindLeak(kind: string, seen: ReadonlySet<string>): string | null {
  const able = byLeak[kind] ?? [];
  return (able.length === 1 ? able[0] : able.find((id) => seen.has(id))) ?? null;
}

/** The hazard behind a task that was not told of a signal. */
export const behindUntold = (seen: ReadonlySet<string>): string | null => (seen.has('G12') ? 'G12' : null);

/** The catalogued hazards that a run came to. */
export const hazardsSeen = (steps: readonly RecordedStep[]): ReadonlySet<string> =>
  new Set(steps.flatMap(({ notes }) => notes.filter((note) => isHazard(note)).map(({ finding }) => finding.id)));
