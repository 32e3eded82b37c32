/**
 * Contents of shared memory in a dump: pagemap-shmem-* says which pages there are, pages-* holds them one after another. A dump whose
 * pages were left out, or are in an earlier dump, has unknown contents.
 */
import { type Segment, type SharedMemory, UNKNOWN } from '../../restorer/image/index.ts';
import type { Directory } from './directory.ts';
import { ImageFile } from './image-file.ts';
import { latin1 } from './message.ts';

const PAGE = 4096;
const IN_PARENT = 1;
const PRESENT = 4;

/** The parts of segment `shmid` that are not zero. */
export async function readContents(
  directory: Directory,
  shmid: number,
  size: number,
): Promise<SharedMemory['contents']> {
  const pagemap = await ImageFile.open(directory, 'pagemap', `pagemap-shmem-${shmid}.img`);
  const head = pagemap?.single('PagemapHead');
  if (!pagemap || !head) return UNKNOWN;
  const pages = `pages-${head.pages}.img`;
  const segments: Segment[] = [];
  let position = 0;
  for (const { address, flags = PRESENT, count, compat_count, in_parent } of pagemap.all('Pagemap')) {
    if (in_parent || flags & IN_PARENT) return UNKNOWN;
    if (!(flags & PRESENT)) continue;
    if (!directory.has(pages)) return UNKNOWN;
    const offset = Number(address);
    const stored = PAGE * (Number(count ?? 0n) || compat_count);
    const length = Math.min(stored, size - offset);
    const bytes = length > 0 ? await directory.read(pages, { offset: position, length }) : undefined;
    if (!bytes) {
      pagemap.reject(`pages of segment ${shmid} at ${offset}, which has ${size} bytes, cannot be had`);
      return UNKNOWN;
    }
    segments.push({ offset, bytes: latin1(bytes) });
    position += stored;
  }
  return segments;
}
