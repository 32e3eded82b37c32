/** What /proc and the IPC calls say of a restored tree, in the words of the recordings beside the CRIU dumps. */

import type { Kernel } from '../../../src/kernel-sim/kernel.ts';
import { checkpoint } from '../../../src/restorer/checkpoint/checkpoint.ts';
import type { Image, Ipc, OpenFile } from '../../../src/restorer/image/index.ts';

/** Reads a restored kernel, with the namespaces of the image. */
export const read = (k: Kernel, image: Image): Image =>
  checkpoint(k, {
    namespaces: image.namespaces,
    outside: new Set(image.tasks.some(({ pid }) => pid === 1) ? [0] : [0, 1]),
    ipc: image.ipc !== undefined,
  });

const mask = (signals: readonly number[]): string =>
  signals
    .reduce((bits, signo) => bits | (1n << BigInt(signo - 1)), 0n)
    .toString(16)
    .padStart(16, '0');

/** The part of proc.before.json that does not depend on where the tree ran. */
export function procOf(image: Image): Record<string, object> {
  const files = new Map(image.openFiles.map((file) => [file.id, file]));
  const tables = new Map(image.descriptorTables.map(({ id, descriptors }) => [id, descriptors]));
  return Object.fromEntries(
    image.tasks.map((task) => {
      const { pid, ppid, pgid, sid, comm } = task;
      const place = {
        comm,
        ppid: ppid === 0 ? 'outside' : String(ppid),
        nspid: String(pid),
        nspgid: String(pgid),
        nssid: String(sid),
      };
      if (task.state === 'zombie')
        return [pid, { ...place, state: 'Z', exit: String(task.status), tasks: {}, fds: {} }];
      const { threads, signals, descriptors } = task;
      const handled = signals.actions.filter(({ handler }) => handler !== 'SIG_DFL');
      return [
        pid,
        {
          ...place,
          state: task.state === 'stopped' ? 'T' : 'S',
          exit: '0',
          SigPnd: mask(threads[0]!.pending.map(({ signo }) => signo)),
          ShdPnd: mask(signals.pending.map(({ signo }) => signo)),
          SigBlk: mask(threads[0]!.blocked),
          SigIgn: mask(handled.filter(({ handler }) => handler === 'SIG_IGN').map(({ signal }) => signal)),
          SigCgt: mask(handled.filter(({ handler }) => handler !== 'SIG_IGN').map(({ signal }) => signal)),
          Threads: String(threads.length),
          tasks: Object.fromEntries(
            threads.map(({ tid, comm: name = comm, pending, blocked }) => [
              tid,
              [name, mask(pending.map(({ signo }) => signo)), mask(blocked)],
            ]),
          ),
          fds: Object.fromEntries(
            tables.get(descriptors)!.map(({ fd, file, cloexec }) => [fd, descriptorOf(files.get(file)!, cloexec)]),
          ),
        },
      ];
    }),
  );
}

function descriptorOf(file: OpenFile, cloexec: boolean): [string, string, string] {
  const flags = `0${(file.flags | (cloexec ? 0o2000000 : 0)).toString(8)}`;
  return file.kind === 'pipe' ? ['pipe', '0', flags] : [file.path!, String(file.position), flags];
}

/** The recording with what it says beside that left out. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the recording
export function recordedProc(before: any): Record<string, object> {
  return Object.fromEntries(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    Object.entries(before).map(([pid, task]: [string, any]) => {
      const { pgid: _pgid, sid: _sid, timers: _timers, hpid: _hpid, ...rest } = task;
      if (task.state !== 'Z') return [pid, rest];
      const { comm, ppid, nspid, nspgid, nssid, state, exit } = task;
      return [pid, { comm, ppid, nspid, nspgid, nssid, state, exit, tasks: {}, fds: {} }];
    }),
  );
}

/** h*33+c from 5381 over the bytes, as the recordings have it. */
export function hash(text: string): string {
  let h = 5381;
  for (const char of text) h = (Math.imul(h, 33) + char.charCodeAt(0)) >>> 0;
  return h.toString(16).padStart(8, '0');
}

const object = ({
  id,
  key,
  uid,
  gid,
  cuid,
  cgid,
  mode,
}: Ipc['msg'][number] | Ipc['sem'][number] | Ipc['shm'][number]) => ({
  id,
  key,
  uid,
  gid,
  cuid,
  cgid,
  mode: mode.toString(8),
});

/** The part of ipc.before.json that CRIU's dumps keep: no times and last pids, no contents of segments. */
export function ipcOf({ msg, sem, shm }: Ipc): Record<string, object> {
  return Object.fromEntries([
    ...msg.map((queue) => {
      const messages = queue.messages === 'unknown' ? [] : queue.messages;
      const msgs = messages.map(({ type, text }) => `${type}:${text.length}:${hash(text)}`);
      const cbytes = messages.reduce((sum, { text }) => sum + text.length, 0);
      return [`msg${queue.id}`, { ...object(queue), qnum: msgs.length, qbytes: queue.qbytes, cbytes, msgs }];
    }),
    ...sem.map((set) => [`sem${set.id}`, { ...object(set), v: set.values }]),
    ...shm.map((segment) => [`shm${segment.id}`, { ...object(segment), size: segment.size }]),
  ]);
}

/** The same part of a recording. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the recording
export function recordedIpc(before: any): Record<string, object> {
  return Object.fromEntries(
    Object.entries(before)
      .filter(([name]) => name !== 'end')
      // biome-ignore lint/suspicious/noExplicitAny: as above
      .map(([name, one]: [string, any]) => {
        const { id, key, uid, gid, cuid, cgid, mode, qnum, qbytes, cbytes, msgs, size, v } = one;
        const common = { id, key, uid, gid, cuid, cgid, mode };
        if (name.startsWith('msg')) return [name, { ...common, qnum, qbytes, cbytes, msgs }];
        if (name.startsWith('shm')) return [name, { ...common, size }];
        return [name, { ...common, v: v.map((text: string) => Number(text.split('/')[0])) }];
      }),
  );
}
