// The `kernel:` part of a scenario file with its defaults: which kernel, its limits, its files, and who pid 1 is.

import { INFINITY, type Limit } from '../kernel-sim/task/limits.ts';
import { utf8Bytes } from '../userland/language/string-literal.ts';
import { didYouMean } from '../userland/language/suggest.ts';
import { checkCapability, hazard, type Reading } from './reading.ts';
import type { InitialFile, KernelChoice, KernelLimits, StartCredentials } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';

type KernelSource = NonNullable<ScenarioFile['kernel']>;
type LimitSource = NonNullable<NonNullable<KernelSource['limits']>['nofile']>;

/** The kernel that a file and the command line ask for together; the command line wins. */
export function chooseKernel(source: KernelSource, reading: Reading): KernelChoice {
  const { overrides, vocabulary, mistake } = reading;
  const { interfaces } = vocabulary;
  const fromFile = source.fixes ?? [];
  const own = fromFile === 'all' ? fromFile : fromFile.map((word, i) => hazard(word, ['kernel', 'fixes', i], reading));
  const chosen = overrides.interface ?? source.interface;
  if (chosen !== undefined && !interfaces.has(chosen)) {
    const option = overrides.interface === undefined ? '' : '--interface: ';
    mistake(['kernel', 'interface'], `${option}unknown interface "${chosen}"${didYouMean(chosen, interfaces)}`);
  }
  return {
    profile: overrides.profile ?? source.profile ?? '2.6.26',
    fixes: overrides.fixes === undefined ? own : fixesOnCommandLine(overrides.fixes, reading),
    ...(source.architecture !== undefined && { architecture: source.architecture }),
    ...(chosen !== undefined && { interface: chosen }),
    ...(source.series !== undefined && { series: source.series }),
    limits: chooseLimits(source.limits ?? {}),
    files: new Map(Object.entries(source.files ?? {}).map(([path, file]) => [path, initialFile(file)])),
    credentials: startCredentials(source.credentials ?? {}, reading),
  };
}

function fixesOnCommandLine(
  fixes: readonly string[] | 'all',
  { vocabulary, mistake }: Reading,
): readonly string[] | 'all' {
  if (fixes === 'all') return fixes;
  return fixes.map((word) => {
    const id = vocabulary.hazardId(word);
    if (id === undefined) mistake(['kernel', 'fixes'], `--fixes: unknown hazard "${word}"`);
    return id ?? word;
  });
}

function chooseLimits({
  sem,
  nofile,
  nproc,
  sigpending,
  msgqueue,
  memlock,
  ...sysctls
}: NonNullable<KernelSource['limits']>): KernelLimits {
  const resources = Object.entries({ nofile, nproc, sigpending, msgqueue, memlock }).flatMap(([name, source]) =>
    source === undefined ? [] : [[name, limitOf(source)]],
  );
  return { ...sysctls, ...(sem !== undefined && { sem: semLimits(sem) }), ...Object.fromEntries(resources) };
}

function semLimits(sem: NonNullable<NonNullable<KernelSource['limits']>['sem']>): NonNullable<KernelLimits['sem']> {
  const numbers = typeof sem === 'string' ? sem.split(/\s+/).map(Number) : sem;
  const [semmsl = 0, semmns = 0, semopm = 0, semmni = 0] = numbers;
  return { semmsl, semmns, semopm, semmni };
}

function limitOf(source: LimitSource): Limit {
  if (source === 'unlimited') return { soft: INFINITY, hard: INFINITY };
  const [soft, hard] = typeof source === 'number' ? [source, source] : source;
  return { soft, hard };
}

function initialFile({
  mode = 0o644,
  uid = 0,
  gid = 0,
  content = '',
}: NonNullable<KernelSource['files']>[string]): InitialFile {
  return { mode, uid, gid, content: utf8Bytes(content) };
}

/** Without a list of its own, root has every capability and anybody else none; capabilities(7). */
function startCredentials(source: NonNullable<KernelSource['credentials']>, reading: Reading): StartCredentials {
  const { uid = 0, gid = 0, groups = [] } = source;
  const capabilities = source.capabilities ?? (uid === 0 ? 'all' : []);
  if (capabilities !== 'all') {
    for (const [i, word] of capabilities.entries()) {
      checkCapability(word, ['kernel', 'credentials', 'capabilities', i], reading);
    }
  }
  return { uid, gid, groups, capabilities };
}
