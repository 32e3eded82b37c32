import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface SourceFile {
  /** Path from the project's root with forward slashes, such as `src/cli/main.ts`. */
  readonly path: string;
  /** The room: the folder right under `src/`, such as `kernel-sim`. */
  readonly room: string;
  readonly text: string;
}

/** Every TypeScript file under `src/`, sorted by path. */
export function sources(): SourceFile[] {
  return globSync('src/**/*.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, room: path.split('/')[1]!, text: readFileSync(join(root, path), 'utf8') }));
}

/** The text without its comments, which may speak of what the code must not do. */
export function code(file: SourceFile): string {
  return file.text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
}

/** What a file imports: paths from the root for its own project, bare names (`node:fs`, `yaml`) for the rest. */
export function imports(file: SourceFile): string[] {
  const specifiers = code(file).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...specifiers].map(([, specifier]) =>
    specifier!.startsWith('.') ? posix.join(posix.dirname(file.path), specifier!) : specifier!,
  );
}
