/** msgget, msgsnd, msgrcv, msgctl; decode, delegate to kernel-sim/ipc, encode. */

import { IPC_INFO, IPC_RMID, IPC_SET, IPC_STAT, MSG_INFO, MSG_STAT, MSG_STAT_ANY } from '../kernel-sim/abi/ipc.ts';
import { dropAfterFailure } from '../kernel-sim/ipc/control.ts';
import { queueInfo, removeQueue, type StatBy, setQueue, statQueue } from '../kernel-sim/ipc/message-control.ts';
import { getQueue } from '../kernel-sim/ipc/message-queue.ts';
import { receiveMessage } from '../kernel-sim/ipc/message-receive.ts';
import { sendMessage } from '../kernel-sim/ipc/message-send.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, OUT, type Return, returning, returningZero, type Struct } from './datum.ts';
import {
  buffer,
  commandOf,
  historyIn,
  isOldLayout,
  isWritable,
  ownerIn,
  permissionStruct,
  statValue,
  structureIn,
} from './ipc-structure.ts';
import { int, long, out, struct } from './parameter.ts';
import { syscall } from './syscall.ts';

interface SendArguments {
  readonly msqid: number;
  readonly msgp: Struct | null | typeof FAULT;
  readonly msgsz: number;
  readonly msgflg: number;
}

function* send(k: Kernel, task: Task, { msqid, msgp, msgsz, msgflg }: SendArguments): Steps<Result<Return>> {
  if (msgp === null || msgp === FAULT) return fail('EFAULT'); // the type is read before anything is looked at
  const { mtype, mtext = '' } = msgp;
  const text = typeof mtext === 'string' ? mtext : null;
  return returningZero(
    yield* sendMessage(k, task, msqid, { type: integerOf(mtype), text, size: msgsz, flags: msgflg }),
  );
}

interface ReceiveArguments {
  readonly msqid: number;
  readonly msgp: null | typeof OUT | typeof FAULT;
  readonly msgsz: number;
  readonly msgtyp: number;
  readonly msgflg: number;
}

function* receive(k: Kernel, task: Task, args: ReceiveArguments): Steps<Result<Return>> {
  const { msqid, msgsz: size, msgtyp: type, msgflg: flags } = args;
  const received = yield* receiveMessage(k, task, msqid, { size, type, flags, writable: args.msgp === OUT });
  if (!received.ok) return received;
  const { type: mtype, text: mtext } = received.value;
  return ok({ value: mtext.length, out: { msgp: { mtype, mtext } } });
}

function* status(k: Kernel, task: Task, id: number, by: StatBy, buf: Datum | undefined): Steps<Result<Return>> {
  if (k.is26 && buf === null) return fail('EFAULT'); // asked before anything else
  const looked = yield* statQueue(k, task, id, by);
  if (!looked.ok) return looked;
  if (!isWritable(buf)) return fail('EFAULT');
  const { permissions, stime, rtime, ctime, qnum, qbytes, lspid, lrpid } = looked.value;
  const ds = {
    msg_perm: permissionStruct(permissions),
    msg_stime: stime,
    msg_rtime: rtime,
    msg_ctime: ctime,
    msg_qnum: qnum,
    msg_qbytes: qbytes,
    msg_lspid: lspid,
    msg_lrpid: lrpid,
  };
  return ok({ value: statValue(by, looked.value.id), out: { buf: ds } });
}

/** Members of struct msginfo that are constants: each kernel's MSGPOOL, and MSGMAP and MSGTQL, which are MSGMNB. */
const MSGPOOL = { '2.6.26': 256, '6.x': 512_000 };
const MSGSEG = { '2.6.26': 16_384, '6.x': 65_535 };
const MSGMNB = 16_384;

function* info(k: Kernel, task: Task, totals: boolean, buf: Datum | undefined): Steps<Result<Return>> {
  const { highest, msgmax, msgmnb, msgmni, queues, messages, bytes } = yield* queueInfo(task);
  if (!isWritable(buf)) return fail('EFAULT');
  const { base } = k.profile;
  const msginfo = {
    msgpool: totals ? queues : MSGPOOL[base],
    msgmap: totals ? messages : MSGMNB,
    msgmax,
    msgmnb,
    msgmni,
    msgssz: 16,
    msgtql: totals ? bytes : MSGMNB,
    msgseg: MSGSEG[base],
  };
  return ok({ value: highest, out: { buf: msginfo } });
}

function* change(k: Kernel, task: Task, id: number, cmd: number, buf: Datum | undefined): Steps<Result<Return>> {
  const structure = structureIn(buf);
  if (structure === null) {
    yield* dropAfterFailure(k, task);
    return fail('EFAULT');
  }
  const history = historyIn(cmd, structure);
  const qbytes = integerOf(structure.msg_qbytes);
  const old = isOldLayout(cmd, structure) && qbytes === 0; // too large for the old field
  return returningZero(
    yield* setQueue(k, task, id, {
      owner: ownerIn(structure, 'msg_perm'),
      qbytes: old ? integerOf(structure.msg_lqbytes) : qbytes,
      stime: history('msg_stime'),
      rtime: history('msg_rtime'),
      ctime: history('msg_ctime'),
      lspid: history('msg_lspid'),
      lrpid: history('msg_lrpid'),
    }),
  );
}

interface ControlArguments {
  readonly msqid: number;
  readonly cmd: number;
  readonly buf: Datum | undefined;
}

function* control(k: Kernel, task: Task, { msqid, cmd, buf }: ControlArguments): Steps<Result<Return>> {
  if (msqid < 0 || cmd < 0) return fail('EINVAL');
  switch (commandOf(k, cmd)) {
    case IPC_INFO:
      return yield* info(k, task, false, buf);
    case MSG_INFO:
      return yield* info(k, task, true, buf);
    case IPC_STAT:
      return yield* status(k, task, msqid, 'id', buf);
    case MSG_STAT:
      return yield* status(k, task, msqid, 'index', buf);
    case MSG_STAT_ANY:
      return k.is26 ? fail('EINVAL') : yield* status(k, task, msqid, 'index-any', buf);
    case IPC_SET:
      return yield* change(k, task, msqid, cmd, buf);
    case IPC_RMID:
      return returningZero(yield* removeQueue(k, task, msqid));
    default:
      return fail('EINVAL');
  }
}

export const msgCalls = [
  syscall({
    name: 'msgget',
    family: 'sysvipc',
    parameters: { key: int('ipc_key'), msgflg: int('ipc_get_flags') },
    run: function* (k, task, { key, msgflg }) {
      return returning(yield* getQueue(k, task, key, msgflg));
    },
  }),
  syscall({
    name: 'msgsnd',
    family: 'sysvipc',
    parameters: { msqid: int('msqid'), msgp: struct('msgbuf'), msgsz: long('size'), msgflg: int('msgflg') },
    run: send,
  }),
  syscall({
    name: 'msgrcv',
    family: 'sysvipc',
    parameters: {
      msqid: int('msqid'),
      msgp: out('msgbuf'),
      msgsz: long('size'),
      msgtyp: long('msgtyp'),
      msgflg: int('msgflg'),
    },
    run: receive,
  }),
  syscall({
    name: 'msgctl',
    family: 'sysvipc',
    parameters: { msqid: int('msqid'), cmd: int('msgctl_cmd'), buf: buffer('msqid_ds') },
    run: control,
  }),
];
