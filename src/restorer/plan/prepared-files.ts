/**
 * The files and directories that the image's tasks have open or work in. A file system is no part of an image: on a machine they are
 * there before the restore; in a kernel that was just booted the plan makes them, with the size and mode that the image saw.
 */

import type { Image, OpenFile } from '../image/index.ts';
import type { Script } from './script.ts';
import { either, name, number, text } from './syntax.ts';

type RegularFile = Extract<OpenFile, { kind: 'regular' }>;

/** Makes what is not there; `fd` is the number that an open gives. */
export function prepareFiles(script: Script, image: Image, fd: number): void {
  const files = new Map<string, RegularFile>();
  for (const file of image.openFiles) if (file.kind === 'regular' && !files.has(file.path)) files.set(file.path, file);
  const directories = directoriesOf(image, files.keys());
  if (files.size + directories.length === 0) return;
  script.say('the files that the tasks have open, and the directories they work in');
  script.call('umask', [number(0)], { expect: 'anything' });
  for (const path of directories) script.call('mkdir', [text(path), number(0o755, 8)], { expect: 'anything' });
  for (const file of files.values()) makeFile(script, file, fd);
}

function makeFile(script: Script, { path, mode, uid, gid, size }: RegularFile, fd: number): void {
  const permissions = number(mode === 'unknown' ? 0o644 : mode, 8);
  script.call('open', [text(path), either([name('O_CREAT'), name('O_WRONLY')]), permissions], { expect: fd });
  if (size !== 'unknown' && size > 0) script.call('ftruncate', [number(fd), number(size)]);
  if (uid !== 'unknown' && gid !== 'unknown' && (uid !== 0 || gid !== 0)) {
    script.call('fchown', [number(fd), number(uid), number(gid)]);
  }
  script.call('close', [number(fd)]);
}

/** Every directory on the way to a file or to a working directory, outer ones first. */
function directoriesOf(image: Image, files: Iterable<string>): string[] {
  const directories = new Set<string>();
  const addAbove = (path: string) => {
    for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) directories.add(path.slice(0, at));
  };
  for (const task of image.tasks) if (task.state !== 'zombie') addAbove(`${task.cwd}/`);
  for (const path of files) addAbove(path);
  directories.delete('');
  return [...directories];
}
