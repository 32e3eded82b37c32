// Runs before `npm start` and `npm test`: installs the dependencies when they are missing or older than the lock file.
// Plain JavaScript without dependencies, since the first run happens on whatever Node the machine has (20 or newer).
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const binaries = join(root, 'node_modules', '.bin');

/** Modification time of a file of the project in milliseconds; 0 when there is none. */
function modified(...path) {
  return statSync(join(root, ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** PATH without the Node of the project, which the installation replaces while it runs. */
function machinePath() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== binaries)
    .join(delimiter);
}

if (modified('node_modules', '.package-lock.json') < modified('package-lock.json')) {
  console.error('thaw: installing its dependencies into node_modules (once, about 15 seconds)');
  const install = spawnSync('npm', ['ci', '--include=dev', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: machinePath() },
    shell: process.platform === 'win32',
    stdio: ['ignore', 2, 2], // stdout belongs to the command that follows
  });
  if (install.error) console.error(`thaw: cannot run npm: ${install.error.message}`);
  process.exitCode = install.status ?? 1;
}
