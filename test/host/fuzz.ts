/**
 * Random calls on this machine's own kernel, recorded by strace in fresh namespaces and conformed: how disagreements beyond the given
 * logs are found. THAW_FUZZ_SEEDS=200 makes more than the few logs of an ordinary run; THAW_FUZZ_FIRST chooses the first seed.
 */

import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { conform } from '../../src/import/conform/conform.ts';

const recorder = fileURLToPath(new URL('recorder.c', import.meta.url));
const seeds = Number(process.env.THAW_FUZZ_SEEDS ?? 4);
const first = Number(process.env.THAW_FUZZ_FIRST ?? 1);

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** Why nothing can be recorded here; null when it can. */
async function obstacle(): Promise<string | null> {
  if (process.platform !== 'linux') return 'this is no Linux';
  if (!works('cc', '--version')) return 'there is no C compiler';
  if (!works('strace', '--version')) return 'there is no strace';
  if (!works('unshare', '-fpimu', '--mount-proc', 'strace', '-o', '/dev/null', 'true'))
    return 'namespaces or tracing are not allowed';
  const capabilities = /CapBnd:\s*([0-9a-f]+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${capabilities}`) & (1n << 24n)) === 0n
    ? null
    : 'root has CAP_SYS_RESOURCE here, which recordings are made without';
}

const reason = await obstacle();
const run = reason === null ? test : test.skip;

run(
  `fresh random logs of this machine's kernel agree in every compared call${reason === null ? '' : ` (${reason})`}`,
  async (t) => {
    t.timeout(600_000);
    const folder = await mkdtemp(join(tmpdir(), 'thaw-fuzz-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const program = join(folder, 'recorder');
    t.true(works('cc', '-O1', '-static', '-o', program, recorder) || works('cc', '-O1', '-o', program, recorder));
    let compared = 0;
    for (let seed = first; seed < first + seeds; seed += 1) {
      const home = join(folder, String(seed));
      await mkdir(home, { mode: 0o700 });
      const log = join(folder, `${seed}.strace`);
      const script = `ulimit -Sn 1024; ulimit -Hn 4096; strace -f -q -ttt -v -s 4096 -o ${log} ${program} ${seed} 200 </dev/null >${folder}/out 2>&1; :`;
      spawnSync('unshare', ['-fpimu', '--mount-proc', 'setsid', 'sh', '-c', script], {
        cwd: home,
        timeout: 30_000,
        stdio: 'ignore',
      });
      const conformed = await conform(log);
      if (!conformed.ok) {
        t.fail(conformed.message);
        continue;
      }
      const { report } = conformed;
      compared += report.compared;
      t.deepEqual(report.divergences, [], `seed ${seed}`);
    }
    t.log(`${compared} calls compared in ${seeds} logs`);
  },
);
