/** Which message msgrcv takes; convert_mode, testmsg and find_msg of ipc/msg.c, SEMANTICS C8. */

import { MSG_COPY, MSG_EXCEPT } from '../abi/ipc.ts';
import type { Transaction } from '../machine/store.ts';
import { type Message, type MessageQueue, messages, type Selection } from './message-queue.ts';

/** What msgtyp and the flags ask for: 0 any, positive that type (or, MSG_EXCEPT, any other), negative the lowest up to -msgtyp. */
export function selectionOf(type: number, flags: number, is26: boolean): Selection {
  if (!is26 && (flags & MSG_COPY) !== 0) return { mode: 'at', index: type };
  if (type === 0) return { mode: 'any' };
  if (type < 0) return { mode: 'up-to', type: -type };
  return { mode: (flags & MSG_EXCEPT) === 0 ? 'equal' : 'not-equal', type };
}

/** Whether a waiting receiver takes this message. */
export function selects(tx: Transaction, selection: Selection, message: Message): boolean {
  const type = tx.read(message.type);
  switch (selection.mode) {
    case 'any':
      return true;
    case 'equal':
      return type === selection.type;
    case 'not-equal':
      return type !== selection.type;
    case 'up-to':
      return type <= selection.type;
    case 'at':
      return false; // never waits
  }
}

/** The message of a queue that is taken, null when there is none. Among several types the lowest, among equals the earliest. */
export function findMessage(tx: Transaction, queue: MessageQueue, selection: Selection): Message | null {
  let index = 0;
  let found: Message | null = null;
  for (const message of messages.members(tx, queue)) {
    if (selection.mode === 'at') {
      if (index++ === selection.index) return message;
      continue;
    }
    if (!selects(tx, selection, message)) continue;
    if (selection.mode !== 'up-to' || tx.read(message.type) === 1) return message;
    if (found === null || tx.read(message.type) < tx.read(found.type)) found = message;
  }
  return found;
}
