import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import { runSuite } from '../../src/explore/suite.ts';

const files = [
  'scenarios/pids/p1-last-pid-rmw.yaml',
  'scenarios/pids/p6-taken-by-neighbour.yaml',
  'scenarios/pids/p7-last-pid-store.yaml',
  'scenarios/pids/no-such-file.yaml',
];
const jobs = files.map((file) => ({ file, overrides: {} }));

/** The worker processes that this process has started. */
async function workers(): Promise<number[]> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(
    tasks.map((tid) => readFile(`/proc/self/task/${tid}/children`, 'utf8').catch(() => '')),
  );
  const pids = lists.flatMap((list) => list.split(' ').filter((pid) => pid !== ''));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, i) => lines[i]?.includes('explore/worker')).map(Number);
}

test.serial('the answers are the same to the byte whatever the number of workers', async (t) => {
  const one = JSON.stringify(await runSuite(jobs, 1));
  t.is(JSON.stringify(await runSuite(jobs, 2)), one);
  t.is(JSON.stringify(await runSuite(jobs, 3)), one);
});

test.serial('answers are told in the order of the files', async (t) => {
  const told: string[] = [];
  await runSuite(jobs, 3, ({ file }) => told.push(file));
  t.deepEqual(told, files);
});

const hasProc = process.platform === 'linux' ? test.serial : test.skip;

hasProc('a worker that dies is replaced and its job done again', async (t) => {
  const running = runSuite(jobs, 2);
  let killed = 0;
  for (let i = 0; i < 2000 && killed === 0; i++) {
    for (const pid of await workers()) {
      try {
        process.kill(pid, 'SIGKILL');
        killed++;
      } catch (error) {
        // The worker may have ended by itself since it was seen.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  t.true(killed > 0);
  t.is(JSON.stringify(await running), JSON.stringify(await runSuite(jobs, 1)));
});
