import test from 'ava';
import { code, imports, type SourceFile, sources } from './_sources.ts';

/** Which rooms of `src/` a room may import from besides itself. A room that is not listed here fails the test. */
const below: Record<string, string[]> = {
  'kernel-sim': [],
  syscalls: ['kernel-sim'],
  userland: ['syscalls', 'kernel-sim'],
  restorer: ['userland', 'syscalls', 'kernel-sim'],
  trace: ['userland', 'syscalls', 'kernel-sim'],
  hazards: ['trace', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
  scenario: ['hazards', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
  import: ['scenario', 'hazards', 'trace', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
  explore: ['scenario', 'hazards', 'trace', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
  debug: ['scenario', 'hazards', 'trace', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
  cli: ['debug', 'explore', 'import', 'scenario', 'hazards', 'trace', 'restorer', 'userland', 'syscalls', 'kernel-sim'],
};

/** Rooms where a run must stay a pure function of its input, and the one file there that reads files. */
const pureRooms = ['kernel-sim', 'syscalls', 'userland', 'restorer', 'scenario'];
const readsFiles = 'src/scenario/load.ts';

const impure =
  /\b(Date\.now|new Date\b|Math\.random|performance\.now|process\.(?:env|argv|cwd|hrtime|stdout|stderr)|console\.|setTimeout|setInterval|setImmediate|crypto\.)/;

const isPure = (file: SourceFile) => pureRooms.includes(file.room) && file.path !== readsFiles;
const isPackage = (imported: string) => !imported.startsWith('src/');

test('rooms import only from the rooms below them', (t) => {
  const upward = sources().flatMap((file) =>
    imports(file)
      .filter((imported) => !isPackage(imported))
      .filter((imported) => ![file.room, ...(below[file.room] ?? [])].includes(imported.split('/')[1]!))
      .map((imported) => `${file.path} imports ${imported}`),
  );
  t.deepEqual(upward, []);
});

test('the kernel imports nothing but itself', (t) => {
  const outside = sources()
    .filter((file) => file.room === 'kernel-sim')
    .flatMap((file) =>
      imports(file)
        .filter(isPackage)
        .map((name) => `${file.path} imports ${name}`),
    );
  t.deepEqual(outside, []);
});

test('no clock, randomness, environment or I/O reaches a simulated run', (t) => {
  const leaks = sources()
    .filter(isPure)
    .flatMap((file) => {
      const modules = imports(file).filter((name) => name.startsWith('node:'));
      const globals = impure.exec(code(file))?.[1];
      return [...modules, ...(globals ? [globals] : [])].map((what) => `${file.path} uses ${what}`);
    });
  t.deepEqual(leaks, []);
});
