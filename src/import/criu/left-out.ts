/** Which files of a dump an import did not read, and why: what the image therefore does not say. */
import type { Directory } from './directory.ts';

/** A group of files, such as `pagemap-*.img`, that was not read. */
export interface LeftOut {
  file: string;
  why: string;
}

const REASONS: Record<string, string> = {
  mm: 'memory layout: thaw models no memory',
  pagemap: 'memory: thaw models none',
  'pagemap-shmem': 'shared anonymous memory that is no System V segment',
  pages: 'memory pages: thaw models none',
  seccomp: 'seccomp filters are not modelled',
  timens: 'clock offsets of a time namespace are not modelled',
  memfd: 'contents of memory files are not modelled',
  cgroup: 'control groups are not modelled',
  utsns: 'uts namespaces are not modelled',
  'tty-info': 'terminals are not modelled',
  'fifo-data': 'named pipes are not modelled',
  unixsk: 'sockets are not modelled',
  inetsk: 'sockets are not modelled',
};

/** The groups of `.img` files that were not read, by name. */
export function leftOutOf(directory: Directory): LeftOut[] {
  const groups = new Map<string, string>();
  for (const name of directory.names) {
    if (!name.endsWith('.img') || directory.wasRead(name)) continue;
    const kind = name.replace(/\.img$/, '').replace(/(?:-\d+)+$/, '');
    const group = name.replace(/(?:-\d+)+\.img$/, '-*.img');
    groups.set(group, REASONS[kind] ?? 'not a kind of file that thaw reads');
  }
  return [...groups].map(([file, why]) => ({ file, why }));
}
