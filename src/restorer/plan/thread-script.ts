/** The program of a thread beside the leader: its own state, a word that it is there, and the pause. It shares all else. */

import type { LiveTask, Thread } from '../image/index.ts';
import type { PlanContext } from './context.ts';
import { takeCredentials } from './credentials.ts';
import { awaitRelease, reportThread } from './meeting.ts';
import { Script } from './script.ts';
import { setDeathSignal } from './settling.ts';
import { setThreadSignals } from './signals.ts';
import { name, text } from './syntax.ts';

/** Writes the program of a thread whose leader is at `depth`. */
export function writeThread(context: PlanContext, task: LiveTask, thread: Thread, depth: number): Script {
  const script = new Script();
  script.call('prctl', [name('PR_SET_NAME'), text(thread.comm ?? task.comm)]);
  takeCredentials(script, thread.credentials ?? task.credentials, context.capabilities);
  setDeathSignal(script, thread.pdeathsig);
  setThreadSignals(script, context, task, thread);
  reportThread(script, depth);
  if (context.coordinator !== null && task.state !== 'stopped') awaitRelease(script);
  script.call('pause', [], { expect: 'anything' });
  return script;
}
