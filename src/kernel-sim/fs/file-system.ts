/** The in-memory file system. */

import { type Handle, layout } from '../machine/layout.ts';

interface FileSystemFields {
  root: null;
}

export type FileSystem = Handle<FileSystemFields>;

export const FileSystem = layout<FileSystemFields>('file_system', { root: null });
