import test from 'ava';
import { isKnown } from '../../../src/restorer/image/index.ts';
import { hash } from '../../restorer/run/_recorded.ts';
import { imported, recorded } from './_fixtures.ts';

interface FileEntry {
  id: number;
  reg?: { flags: string; pos: number; name: string; size?: number; mode: number };
  pipe?: { pipe_id: number; flags: string };
}

const FLAGS: Record<string, number> = { O_RDWR: 2, O_WRONLY: 1, O_APPEND: 0o2000, O_LARGEFILE: 0o100000 };
const flagsOf = (text: string) =>
  (text === '' ? [] : text.split(' | ')).reduce((sum, name) => sum | (FLAGS[name] ?? 0), 0);

for (const name of ['small', 'host-3', 'ipc-small']) {
  test(`${name}: open files and pipe data are as CRIU's own decoder says`, async (t) => {
    const { openFiles, pipes } = await imported(t, name);
    const files: FileEntry[] = (await recorded(name, 'json', 'files.json')).entries;
    t.true(openFiles.length > 5);
    for (const file of openFiles) {
      const { reg, pipe } = files.find(({ id }) => id === file.id)!;
      if (file.kind === 'pipe') {
        t.deepEqual([file.pipe, file.flags], [pipe!.pipe_id, Number(pipe!.flags)]);
      } else {
        t.deepEqual([file.path, file.position, file.flags], [reg!.name, reg!.pos, flagsOf(reg!.flags)]);
      }
      if (file.kind === 'regular') t.deepEqual([file.mode, file.size], [reg!.mode & 0o7777, reg!.size ?? 'unknown']);
    }
    const data = (await recorded(name, 'json', 'pipes-data.json')).entries;
    t.deepEqual(
      pipes.map(({ id, size, buffered }) => ({ id, size, buffered: isKnown(buffered) && buffered.join('') })),
      data.map(({ pipe_id, size, extra }: { pipe_id: number; size: number; extra: string }) => ({
        id: pipe_id,
        size,
        buffered: Buffer.from(extra, 'base64').toString('latin1'),
      })),
    );
  });
}

test('one open file behind several descriptors of several tasks is one entry', async (t) => {
  const { openFiles, descriptorTables } = await imported(t, 'small');
  const log = openFiles.filter((file) => file.kind === 'regular' && file.path.endsWith('shared-0.log'));
  t.is(log.length, 1);
  const references = descriptorTables.flatMap(({ descriptors }) =>
    descriptors.filter(({ file }) => file === log[0]!.id),
  );
  t.true(references.length > 4);
  t.true(references.some(({ cloexec }) => cloexec) && references.some(({ cloexec }) => !cloexec));
});

test('an image of a tree without an IPC namespace says nothing about IPC objects', async (t) => {
  t.is((await imported(t, 'small')).ipc, undefined);
  t.is((await imported(t, 'host-3')).ipc, undefined);
});

test('queues, messages, semaphores and segments are as the IPC calls said before the dump', async (t) => {
  const { ipc } = await imported(t, 'ipc-small');
  const before = await recorded('ipc-small', 'ipc.before.json');
  const same = ({ id, key, uid, gid, cuid, cgid, mode }: Record<string, number>) => ({
    id,
    key,
    uid,
    gid,
    cuid,
    cgid,
    mode,
  });
  const object = <T extends { mode: number }>(one: T) => ({ ...same(one), mode: one.mode.toString(8) });
  const seen: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const queue of ipc!.msg) {
    const messages = isKnown(queue.messages) ? queue.messages : [];
    seen[`msg${queue.id}`] = {
      ...object(queue),
      qnum: messages.length,
      qbytes: queue.qbytes,
      cbytes: messages.reduce((sum, { text }) => sum + text.length, 0),
      msgs: messages.map(({ type, text }) => `${type}:${text.length}:${hash(text)}`),
    };
  }
  for (const set of ipc!.sem) seen[`sem${set.id}`] = { ...object(set), v: set.values };
  for (const segment of ipc!.shm) {
    const nattch = isKnown(segment.attaches) ? segment.attaches.length : -1;
    seen[`shm${segment.id}`] = { ...object(segment), size: segment.size, nattch };
  }
  for (const [name, { qnum, qbytes, cbytes, msgs, v, size, nattch, ...rest }] of Object.entries<Record<string, never>>(
    before,
  )) {
    if (name === 'end') continue;
    if (name.startsWith('msg')) expected[name] = { ...same(rest), qnum, qbytes, cbytes, msgs };
    else if (name.startsWith('sem'))
      expected[name] = { ...same(rest), v: (v as unknown as string[]).map((text) => Number.parseInt(text, 10)) };
    else expected[name] = { ...same(rest), size, nattch };
  }
  t.deepEqual(seen, expected);
});

test("IPC objects are as CRIU's own decoder says, and so are the limits", async (t) => {
  const { ipc } = await imported(t, 'ipc-small');
  const {
    sem_ctls,
    shm_ctlmax: _1,
    shm_ctlall: _2,
    ...limits
  } = (await recorded('ipc-small', 'json', 'ipcns-var-10.json')).entries[0];
  const { sem, shmmax, shmall, ...rest } = isKnown(ipc!.limits) ? ipc!.limits : {};
  t.deepEqual(sem, sem_ctls);
  t.deepEqual([shmmax, shmall], ['18446744073692774399', '18446744073692774399']);
  t.deepEqual(Object.values(rest), Object.values(limits));
  const queues = (await recorded('ipc-small', 'json', 'ipcns-msg-10.json')).entries;
  for (const [index, { qbytes, extra }] of queues.entries()) {
    const queue = ipc!.msg[index]!;
    t.is(queue.qbytes, qbytes);
    const texts = extra.filter((part: unknown) => typeof part === 'string');
    t.deepEqual(
      isKnown(queue.messages) && queue.messages.map(({ text }) => text),
      texts.map((text: string) => Buffer.from(text, 'base64').toString('latin1')),
    );
  }
});

test('what CRIU does not dump is unknown', async (t) => {
  const { ipc } = await imported(t, 'ipc-small');
  const { lspid, lrpid, stime, rtime, ctime } = ipc!.msg[0]!;
  const { otime, ctime: changed, pids } = ipc!.sem[0]!;
  const { cpid, lpid, atime, dtime, ctime: made, contents } = ipc!.shm[0]!;
  const all = [lspid, lrpid, stime, rtime, ctime, otime, changed, pids, cpid, lpid, atime, dtime, made, contents];
  t.true([...all, ipc!.undo, ipc!.mqueue].every((value) => value === 'unknown'));
});

test('marks and owners that CRIU loses on restore are in the image', async (t) => {
  const marked = (await imported(t, 'quirk-shmdest')).ipc!.shm;
  t.deepEqual(
    marked.map(({ id, key, dest, locked, mode }) => ({ id, key, dest, locked, mode })),
    [
      { id: 0, key: 0, dest: true, locked: false, mode: 0o600 },
      { id: 1, key: 0x56, dest: false, locked: true, mode: 0o600 },
    ],
  );
  const owned = (await imported(t, 'quirk-cuid')).ipc!;
  for (const { uid, gid, cuid, cgid } of [...owned.msg, ...owned.sem, ...owned.shm])
    t.deepEqual([uid, gid, cuid, cgid], [1000, 1001, 1000, 1001]);
  t.is((await imported(t, 'quirk-qbytes_high')).ipc!.msg[0]!.qbytes, 65_536);
  const [queue] = (await imported(t, 'quirk-bigmsg')).ipc!.msg;
  t.deepEqual(isKnown(queue!.messages) && queue!.messages.map(({ text }) => text.length), [12_000]);
});
