/**
 * Attachments of shared memory, which are the only part of mm-* that an image has; shmat(2), SEMANTICS C10.
 */
import type { Attach, SharedMemory } from '../../restorer/image/index.ts';
import type { Directory } from './directory.ts';
import { ImageFile } from './image-file.ts';
import type { Area } from './schema.ts';

const IS_SYSVIPC = 1024;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const SHM_RDONLY = 0o10000;
const SHM_EXEC = 0o100000;

/** Every attachment of the tasks `pids`, by the segment's id. */
export async function readAttaches(
  directory: Directory,
  pids: Iterable<number>,
): Promise<Map<number, SharedMemory['attaches']>> {
  const attaches = new Map<number, Attach[]>();
  for (const pid of pids) {
    if (directory.diagnostics.full) break;
    const memory = (await ImageFile.open(directory, 'mm', `mm-${pid}.img`))?.single('Memory');
    for (const area of memory?.areas ?? []) {
      // A part of a segment after its start belongs to an attachment that mprotect or munmap has cut.
      if (!(area.status & IS_SYSVIPC) || area.offset !== 0n) continue;
      const id = Number(area.shmid);
      attaches.set(id, [...(attaches.get(id) ?? []), { pid, address: Number(area.start), flags: flagsOf(area) }]);
    }
  }
  return attaches;
}

function flagsOf({ prot }: Area): number {
  return (prot & PROT_WRITE ? 0 : SHM_RDONLY) | (prot & PROT_EXEC ? SHM_EXEC : 0);
}
