/** What the programs of a plan are called: after what their task is called, and its number. */

import type { Member } from './member.ts';

export interface ProgramNames {
  readonly names: Map<Member, string>;
  readonly threadNames: Map<number, string>;
}

/** The name of everybody's program. */
export function programNames(members: readonly Member[]): ProgramNames {
  const names = new Map<Member, string>();
  const threadNames = new Map<number, string>();
  for (const member of members) {
    const { role, task, number } = member;
    if (role === 'init') names.set(member, 'init');
    else names.set(member, `${task === null ? role : word(task.comm)}_${number}`);
    if (task === null || task.state === 'zombie') continue;
    for (const { tid, comm } of task.threads.slice(1)) threadNames.set(tid, `${word(comm ?? task.comm)}_${tid}`);
  }
  return { names, threadNames };
}

/** A comm as a word of the language. */
function word(comm: string): string {
  const safe = comm.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(safe) ? safe : `t${safe}`;
}

/** One line on whose program it is. */
export function aboutMember({ role, task, number, creator }: Member): string {
  switch (role) {
    case 'init':
      return task === null ? 'pid 1, which the image does not have' : `pid 1, ${task.comm}`;
    case 'task':
      return `task ${number}, ${task!.comm}${task!.state === 'running' ? '' : `, ${task!.state}`}`;
    case 'leader':
      return `stands in for ${number}, the dead leader of a session`;
    case 'courier':
      return `brings children of ${creator!.number} to init and is gone`;
    case 'clerk':
      return `stands in for ${number}, who is dead and has set semaphores`;
  }
}
