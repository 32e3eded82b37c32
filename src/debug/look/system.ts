/** `info pids`, `info locks`, `info rcu`, `info ns`, `info choices`, `info hazards`: what belongs to no task alone. */

import { isHazard } from '../../hazards/finding.ts';
import type { Actor } from '../../kernel-sim/machine/machine.ts';
import type { Debuggee } from '../debuggee.ts';
import { isTask } from '../debuggee.ts';
import { listing } from './columns.ts';
import { keysOf, objectsWith } from './objects.ts';
import { doingText, effectText } from './steps.ts';
import { isObject, objectName } from './value.ts';

/** Which numbers are taken and what for. */
export function pidsText(debuggee: Debuggee): string {
  const { view, k } = debuggee;
  const rows: string[][] = [];
  for (const number of keysOf(debuggee, k.initPidNs, 'map').sort((a, b) => a - b)) {
    if (!view.read(k.initPidNs.map.at(number))) continue;
    const pid = view.read(k.initPidNs.pids.at(number));
    const task = pid === null ? null : view.read(pid.task);
    const uses = [
      ...(task === null ? [] : [`task ${debuggee.labelOf(task)}`]),
      ...(pid !== null && view.read(pid.groupHead) !== null ? ['group'] : []),
      ...(pid !== null && view.read(pid.sessionHead) !== null ? ['session'] : []),
    ];
    rows.push([String(number), pid === null ? 'taken, cannot be found yet' : uses.join(', ')]);
  }
  return `last_pid = ${view.read(k.initPidNs.lastPid)}\n${listing(['pid', 'stands for'], rows, 'No pid is taken.')}`;
}

/** Locks that somebody holds, or one task's. */
export function locksOf(debuggee: Debuggee, holder: Actor | null = null): readonly { lock: string; holder: string }[] {
  const held: { lock: string; holder: string }[] = [];
  for (const { object, cell } of objectsWith(debuggee, 'owner')) {
    const owner = debuggee.view.read(cell as never) as unknown;
    if (!isObject(owner) || (holder !== null && owner !== holder)) continue;
    held.push({ lock: objectName(debuggee, object), holder: debuggee.nameOf(owner as Actor) });
  }
  return held;
}

export const locksText = (debuggee: Debuggee): string =>
  listing(
    ['lock', 'held by'],
    locksOf(debuggee).map(({ lock, holder }) => [lock, holder]),
    'No lock is held.',
  );

/** Memory that readers keep from being freed. */
export function readersText(debuggee: Debuggee): string {
  const rows: string[][] = [];
  for (const { object, cell } of objectsWith(debuggee, 'pins')) {
    const pins = debuggee.view.read(cell as never) as unknown;
    if (typeof pins === 'number' && pins > 0) rows.push([objectName(debuggee, object), String(pins)]);
  }
  return listing(['object', 'readers'], rows, 'No RCU reader is inside a read-side section.');
}

/** Which namespaces there are, and who is in them. */
export function namespacesText(debuggee: Debuggee): string {
  const { view } = debuggee;
  const rows = debuggee.tasks.map((task) => {
    const [pidNs, ipcNs] = [view.read(task.pidNs), view.read(task.ipcNs)];
    return [
      debuggee.nameOf(task),
      pidNs === null
        ? '-'
        : pidNs === debuggee.k.initPidNs
          ? 'initial'
          : `level ${view.read(pidNs.level)} ${objectName(debuggee, pidNs)}`,
      ipcNs === null ? '-' : ipcNs === debuggee.k.initIpcNs ? 'initial' : objectName(debuggee, ipcNs),
    ];
  });
  return listing(['task', 'pid namespace', 'IPC namespace'], rows, 'There are no tasks.');
}

/** Who could step next, and what each would do. */
export function choicesText(debuggee: Debuggee): string {
  const { session } = debuggee;
  const { machine } = session;
  const next = session.upcoming();
  const able = machine.actors.filter((actor) => machine.canStep(actor));
  const rows = able.map((actor) => [
    `${next !== null && session.actorAt(next.actor) === actor ? '>' : ' '} ${debuggee.nameOf(actor)}`,
    wouldDo(debuggee, actor),
  ]);
  return listing(
    ['  task', 'would do'],
    rows,
    next === null ? 'Nobody can step.' : 'Everybody waits: time passes next.',
  );
}

function wouldDo(debuggee: Debuggee, actor: Actor): string {
  const frame = debuggee.view.read(actor.frame);
  if (frame !== null) return effectText(frame.call.name, frame.next?.op.name ?? 'return');
  const statement = isTask(actor) ? debuggee.pointOf(actor)?.statement : undefined;
  return isTask(actor) && statement !== undefined
    ? `call ${statement.callee}`
    : isTask(actor)
      ? doingText(debuggee, actor)
      : 'end';
}

/** The hazards that became certain up to here. */
export function hazardsText(debuggee: Debuggee): string {
  const { timeline, position } = debuggee.session;
  const rows: string[][] = [];
  for (let step = 1; step <= position; step++) {
    if (!timeline.hasNotes(step)) continue;
    for (const note of timeline.notes(step)) {
      if (!isHazard(note)) continue;
      const { id, name, task, happened } = note.finding;
      rows.push([String(step), id, name, task, happened]);
    }
  }
  return listing(['step', 'id', 'name', 'task', 'what happened'], rows, 'No hazard has become certain up to here.');
}
