/**
 * Restoring System V objects: made first, with their ids, by whoever has created them; filled; and when everybody is there given
 * their history, which every other call would change again. SEMANTICS A7, C7-C10; msgctl(2), semctl(2), shmctl(2).
 */

import type { Expr } from '../../userland/language/ast.ts';
import {
  type Ipc,
  isKnown,
  type Knowable,
  type MessageQueue,
  type SemaphoreSet,
  type SharedMemory,
} from '../image/index.ts';
import type { ArmedNumbers } from './numbers.ts';
import type { Script } from './script.ts';
import { any, array, either, minusOne, name, none, number, struct, text } from './syntax.ts';

/** msg_qbytes of a new queue; kernel.msgmnb. */
const DEFAULT_QBYTES = 16_384;

/** The variable that holds where a segment is attached while it is filled. */
export const SEGMENT = 'at';

interface Common {
  readonly id: number;
  readonly key: number;
  readonly uid: number;
  readonly gid: number;
  readonly cuid: number;
  readonly cgid: number;
  readonly mode: number;
}

export class IpcObjects {
  readonly #script: Script;
  readonly #numbers: ArmedNumbers;
  readonly #ipc: Ipc;
  #creator = { uid: 0, gid: 0 };

  constructor(script: Script, numbers: ArmedNumbers, ipc: Ipc) {
    this.#script = script;
    this.#numbers = numbers;
    this.#ipc = ipc;
  }

  /** Makes and fills every object. */
  make(): void {
    const { shm, msg, sem } = this.#ipc;
    for (const segment of shm) this.#as(segment, () => this.#makeSegment(segment));
    for (const queue of msg) this.#as(queue, () => this.#makeQueue(queue));
    for (const set of sem) this.#as(set, () => this.#makeSet(set));
    this.#become(0, 0);
    for (const segment of shm) this.#fillSegment(segment);
    for (const queue of msg) this.#fillQueue(queue);
    for (const set of sem) this.#fillSet(set);
  }

  /** Owners, modes, times and last pids, when nobody will touch the objects any more. */
  finish(): void {
    const { shm, msg, sem } = this.#ipc;
    for (const segment of shm) {
      if (isDoomed(segment)) this.#script.call('shmctl', [number(segment.id), name('IPC_RMID'), none]);
    }
    for (const segment of shm) this.#finishSegment(segment);
    for (const queue of msg) this.#finishQueue(queue);
    for (const set of sem) this.#finishSet(set);
  }

  // --- making ---

  #as({ cuid, cgid }: Common, make: () => void): void {
    this.#become(cuid, cgid);
    make();
  }

  /** Takes the effective ids of an object's creator; the real ones stay root's, so there is a way back. */
  #become(uid: number, gid: number): void {
    const now = this.#creator;
    if (now.uid === uid && now.gid === gid) return;
    if (now.uid !== 0) this.#script.call('setresuid', [minusOne, number(0), minusOne]);
    if (now.gid !== gid) this.#script.call('setresgid', [minusOne, number(gid), minusOne]);
    if (uid !== 0) this.#script.call('setresuid', [minusOne, number(uid), minusOne]);
    this.#creator = { uid, gid };
  }

  #makeSegment(segment: SharedMemory): void {
    this.#numbers.object(segment.id, 'shmget', [keyOf(segment), number(segment.size), creation(segment)]);
  }

  #makeQueue(queue: MessageQueue): void {
    this.#numbers.object(queue.id, 'msgget', [keyOf(queue), creation(queue)]);
  }

  #makeSet(set: SemaphoreSet): void {
    this.#numbers.object(set.id, 'semget', [keyOf(set), number(set.values.length), creation(set)]);
  }

  // --- filling ---

  #fillSegment({ id, contents, locked }: SharedMemory): void {
    if (isKnown(contents) && contents.length > 0) {
      this.#script.call('shmat', [number(id), none, number(0)], { bind: SEGMENT, expect: 'anything' });
      for (const { offset, bytes } of contents) {
        this.#script.call('poke', [plus(SEGMENT, offset), text(bytes)], { expect: 'anything' });
      }
      this.#script.call('shmdt', [name(SEGMENT)]);
    }
    if (locked === true) this.#script.call('shmctl', [number(id), name('SHM_LOCK'), none]);
  }

  #fillQueue(queue: MessageQueue): void {
    const { id, messages } = queue;
    if (!isKnown(messages)) return;
    const bytes = messages.reduce((sum, message) => sum + message.text.length, 0);
    const room = Math.max(bytes, messages.length);
    if (room > DEFAULT_QBYTES) {
      this.#script.call('msgctl', [
        number(id),
        name('IPC_SET'),
        struct({ msg_perm: owner(queue), msg_qbytes: number(room) }),
      ]);
    }
    for (const { type, text: bytes } of messages) {
      const message = struct({ mtype: number(type), mtext: text(bytes) });
      this.#script.call('msgsnd', [number(id), message, number(bytes.length), name('IPC_NOWAIT')]);
    }
  }

  #fillSet({ id, values }: SemaphoreSet): void {
    if (values.every((value) => value === 0)) return;
    this.#script.call('semctl', [number(id), number(0), name('SETALL'), array(values.map((value) => number(value)))]);
  }

  // --- history ---

  #finishSegment(segment: SharedMemory): void {
    const { id, cpid, lpid, atime, dtime, ctime } = segment;
    const history = { shm_atime: atime, shm_dtime: dtime, shm_ctime: ctime, shm_cpid: cpid, shm_lpid: lpid };
    const isChanged = changesHands(segment);
    this.#set('shmctl', [number(id)], { shm_perm: owner(segment) }, history, isChanged);
  }

  #finishQueue(queue: MessageQueue): void {
    const { id, stime, rtime, ctime, lspid, lrpid, qbytes, messages } = queue;
    const history = { msg_stime: stime, msg_rtime: rtime, msg_ctime: ctime, msg_lspid: lspid, msg_lrpid: lrpid };
    const filled =
      isKnown(messages) && messages.reduce((sum, message) => sum + message.text.length, 0) > DEFAULT_QBYTES;
    const isChanged = changesHands(queue) || qbytes !== DEFAULT_QBYTES || filled;
    this.#set('msgctl', [number(id)], { msg_perm: owner(queue), msg_qbytes: number(qbytes) }, history, isChanged);
  }

  #finishSet(set: SemaphoreSet): void {
    const history = { sem_otime: set.otime, sem_ctime: set.ctime };
    this.#set('semctl', [number(set.id), number(0)], { sem_perm: owner(set) }, history, changesHands(set));
  }

  /** IPC_SET: with the history where the image knows any of it, else only where something is to be changed. */
  #set(
    callee: string,
    which: readonly Expr[],
    fields: Readonly<Record<string, Expr>>,
    history: Readonly<Record<string, Knowable<number>>>,
    isChanged: boolean,
  ): void {
    const args = (more: Readonly<Record<string, Expr>>) => [...which, name('IPC_SET'), struct({ ...fields, ...more })];
    if (Object.values(history).some(isKnown)) {
      // All of it is set at once; what the image does not know becomes "never" and "nobody".
      const known = Object.entries(history).map(([field, value]) => [field, number(isKnown(value) ? value : 0)]);
      this.#numbers.history(callee, args(Object.fromEntries(known)));
    } else if (isChanged) this.#script.call(callee, args({}));
  }
}

/** Removed but attached: removing what nobody has attached would destroy it. */
const isDoomed = ({ dest, attaches }: SharedMemory): boolean =>
  dest === true && attaches !== 'unknown' && attaches.length > 0;

const keyOf = ({ key }: Common): Expr => (key === 0 ? name('IPC_PRIVATE') : number(key, 16));

const creation = ({ mode }: Common): Expr => either([name('IPC_CREAT'), name('IPC_EXCL'), number(mode, 8)]);

const owner = ({ uid, gid, mode }: Common): Expr =>
  struct({ uid: number(uid), gid: number(gid), mode: number(mode, 8) });

const changesHands = ({ uid, gid, cuid, cgid }: Common): boolean => uid !== cuid || gid !== cgid;

const plus = (variable: string, offset: number): Expr =>
  offset === 0
    ? name(variable)
    : { kind: 'binary', operator: '+', left: name(variable), right: number(offset), span: any.span };
