import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { file, folder, thaw } from './helpers/thaw.ts';

const tree = `title: a tree to freeze
programs:
  init: |
    q = msgget(0x4d51, IPC_CREAT|0600)
    msgsnd(q, {mtype=1, mtext="kept"}, 4, 0)
    fork(worker)
    pause()
  worker: |
    setsid()
    pause()
`;

test('a scenario that was frozen is restored from its image, and freezing the demonstration changes nothing', async (t) => {
  const image = join(await folder(t), 'tree.image.yaml');
  const frozen = await thaw(['checkpoint', await file(t, 'tree.yaml', tree), '-o', image]);
  t.is(frozen.code, 0, frozen.stderr);
  t.is(frozen.stdout, '');
  const restored = await thaw(['restore', image, '--fixes', 'P3', '--json']);
  t.is(restored.code, 0, restored.stdout);
  t.like(JSON.parse(restored.stdout), { restored: { tasks: 2, msg: 1 }, verified: true });
  t.is((await thaw(['diff', image, image])).code, 0);
  const other = await thaw(['diff', image, 'scenarios/demo/tree.image.yaml']);
  t.is(other.code, 1);
  t.regex(other.stdout, /^\/tasks\/1\/comm: "init" -> "root0"$/m);
});

test('a scenario that starts from an image goes on where its tasks were frozen', async (t) => {
  const directory = await folder(t);
  await thaw(['checkpoint', await file(t, 'tree.yaml', tree), '-o', join(directory, 'tree.image.yaml')]);
  const text = `title: goes on
image: tree.image.yaml
kernel: { fixes: [P3] }
programs:
  init: |
    msgrcv(0, {mtype=1, mtext="kept"}, 64, 0, IPC_NOWAIT) = 4
    wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 5}], 0, NULL)
  worker: |
    close(77) = 0
    exit(5)
`;
  await writeFile(join(directory, 'goes-on.yaml'), text);
  const { code, stdout, stderr } = await thaw(['replay', join(directory, 'goes-on.yaml')]);
  t.is(code, 1);
  t.true(stdout.includes('[pid 1] msgrcv(0, {mtype=1, mtext="kept"}, 64, 0, IPC_NOWAIT) = 4'), stdout);
  t.regex(stderr, /goes-on\.yaml:9:5: worker_2 \(pid 2\): close\(77\) returned -1 EBADF/);

  await writeFile(join(directory, 'refused.yaml'), text.replace('[P3]', '[]'));
  const refused = await thaw(['replay', join(directory, 'refused.yaml')]);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /tree\.image\.yaml cannot be restored: P3: pids below 300/);

  const missing = await thaw(['replay', await file(t, 'missing.yaml', 'title: x\nimage: nowhere.yaml\n')]);
  t.is(missing.code, 2);
  t.regex(
    missing.stderr,
    /missing\.yaml:2:8: the image nowhere\.yaml cannot be restored\n[\s\S]*\/nowhere\.yaml: no such file/,
  );
});

test('a scenario whose tasks have all ended leaves nothing to freeze', async (t) => {
  const { code, stdout, stderr } = await thaw([
    'checkpoint',
    await file(t, 'over.yaml', 'title: x\nprograms: { init: "getpid()" }\n'),
  ]);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /nothing to freeze: all of its tasks have ended/);
});

test('a plan is a scenario that replays', async (t) => {
  const { code, stdout } = await thaw(['plan', 'scenarios/demo/tree.image.yaml', '--fixes', 'P3']);
  t.is(code, 0);
  const replayed = await thaw(['replay', await file(t, 'plan.yaml', stdout)]);
  t.is(replayed.code, 0, replayed.stderr);
  t.regex(replayed.stderr, /everybody is idle/);
  t.is((await thaw(['plan', 'scenarios/demo/tree.image.yaml'])).code, 1);
});

test('a CRIU dump becomes an image', async (t) => {
  const image = join(await folder(t), 'dump.json');
  const { code, stderr } = await thaw(['import', 'criu', 'test/fixtures/criu/small/img', '-o', image]);
  t.is(code, 0);
  t.regex(stderr, /left out seccomp\.img/);
  t.like(JSON.parse(await readFile(image, 'utf8')), { version: 1 });
});

const log = `10 msgget(IPC_PRIVATE, IPC_CREAT|0600) = 0
10 msgsnd(0, {mtype=1, mtext="a"}, 1, 0) = 0
10 msgrcv(0, {mtype=1, mtext="a"}, 8, 0, IPC_NOWAIT) = 1
10 msgctl(0, IPC_RMID, NULL) = 0
10 exit_group(0) = ?
10 +++ exited with 0 +++
`;

test('a log that the simulated kernel agrees with conforms, and one that it does not shows the line', async (t) => {
  const good = await thaw(['conform', '--json', await file(t, 'good.strace', log)]);
  t.is(good.code, 0, good.stdout);
  t.like(JSON.parse(good.stdout), { compared: 5, agreed: 5, logs: [{ calls: 5, divergence: null }] });
  const bad = await thaw([
    'conform',
    await file(t, 'bad.strace', log.replace('NOWAIT) = 1', 'NOWAIT) = -1 ENOMSG (No message of desired type)')),
  ]);
  t.is(bad.code, 1);
  t.regex(bad.stdout, /line 3: msgrcv/);
  const none = await thaw(['conform', '--json', 'README.md']);
  t.is(none.code, 2);
  t.is(none.stdout, '');
});

const byWay = [
  ['sending', 1, 'who or what sent a pending signal'],
  ['procsig', 1, 'the value that came with a pending signal'],
  ['freezer', 0, null],
] as const;

for (const [way, code, loss] of byWay) {
  test(`signals of strangers come back by ${way}${loss === null ? '' : ' with the loss that is said first'}`, async (t) => {
    const image = 'scenarios/freezer/mailbox.image.yaml';
    const restored = await thaw(['restore', image, '--signals', way, '--json']);
    t.is(restored.code, code, restored.stderr);
    const { losses, verified } = JSON.parse(restored.stdout);
    t.deepEqual(
      losses.map(({ message }: { message: string }) => message),
      loss === null ? [] : [loss],
    );
    t.is(verified, loss === null);
    const planned = await thaw(['plan', image, '--signals', way]);
    const replayed = await thaw(['replay', await file(t, 'plan.yaml', planned.stdout)]);
    t.is(replayed.code, 0, replayed.stderr);
  });
}
