/** Who has to wait at the gate, and whose ends and stops a parent can wait for before it. */

import type { Mode } from './context.ts';
import type { Member } from './member.ts';

/** Decides `waits` of every member, and splits whom it watches. */
export function planWaiting(members: readonly Member[], mode: Mode): void {
  for (const member of members) member.waits = hasToWait(member);
  for (const member of members) {
    for (const child of member.watched) {
      const late = child.waits || (mode === 'parallel' && !isCreatedBy(child, member));
      (late ? member.watchedLate : member.watchedEarly).push(child);
    }
    if (member.role === 'task' && member.watchedLate.length > 0) member.waits = true;
  }
}

/**
 * Whether the last of its state has to come after everybody: joining a group that somebody else makes, a stop (a helper's end could undo
 * it), and the signal for a parent's death while a helper is still the parent.
 */
function hasToWait({ role, task, groupStep, creator, asSibling }: Member): boolean {
  if (role !== 'task' || task === null) return false;
  if (groupStep.kind === 'join' || task.state === 'stopped') return true;
  const adopted = creator?.isHelper === true && !asSibling;
  return adopted && task.state !== 'zombie' && task.threads.some(({ pdeathsig }) => pdeathsig !== 0);
}

/** Whether a task, or a helper that it reaps, has made a child of its: only then it knows that the child is there. */
function isCreatedBy(child: Member, parent: Member): boolean {
  const { creator } = child;
  return creator === parent || (creator?.isHelper === true && creator.creator === parent);
}
