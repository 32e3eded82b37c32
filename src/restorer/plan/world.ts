/**
 * What of the world around a tree an image tells: the files and directories that its tasks have open or work in. A file system is no
 * part of an image; on a machine it is there before a restore. A kernel that was just booted is given these.
 */

import type { InitialFile } from '../../kernel-sim/fs/file-system.ts';
import type { Image } from '../image/index.ts';

/** Bytes that a file is made with at most; the simulated file system has room for no more in one file. */
export const LARGEST_FILE = 64 * 1024 * 1024;

/** The files that a restore of `image` opens, of the size and mode that the image saw, and the directories that it changes to. */
export function worldOf(image: Image): InitialFile[] {
  const world = new Map<string, InitialFile>();
  for (const task of image.tasks) {
    if (task.state === 'zombie' || task.cwd === '/') continue;
    world.set(task.cwd, { path: task.cwd, type: 'directory' });
  }
  for (const file of image.openFiles) {
    if (file.kind !== 'regular' || world.has(file.path)) continue;
    const { path, mode, uid, gid, size } = file;
    world.set(path, {
      path,
      ...(mode !== 'unknown' && { mode }),
      ...(uid !== 'unknown' && { uid }),
      ...(gid !== 'unknown' && { gid }),
      ...(size !== 'unknown' && size > 0 && { content: '\0'.repeat(Math.min(size, LARGEST_FILE)) }),
    });
  }
  return [...world.values()];
}
