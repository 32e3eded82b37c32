/**
 * Open files, descriptor tables and pipes of a dump: files.img, fdinfo-*, pipes-data.img. SEMANTICS C14.
 *
 * files.img also holds mapped files and directories that are somebody's place; only what a descriptor refers to is an open file.
 */
import {
  type Descriptor,
  type DescriptorTable,
  type FileOwner,
  type OpenFile,
  type Pipe,
  UNKNOWN,
} from '../../restorer/image/index.ts';
import type { Directory } from './directory.ts';
import { ImageFile } from './image-file.ts';
import type { FileEntry, OwnerEntry } from './schema.ts';

const FD_CLOEXEC = 1;

/** The kinds of open files by CRIU's number, where it is not a regular file. */
const KINDS = [
  'unknown',
  'file',
  'pipe',
  'fifo',
  'inet socket',
  'unix socket',
  'eventfd',
  'epoll',
  'inotify',
  'signalfd',
  'packet socket',
  'terminal',
  'fanotify',
  'netlink socket',
  'namespace',
  'tun',
  'external',
  'timerfd',
  'memfd',
];

/** What the file type bits of a mode say; inode(7). */
const MODES: Record<number, string> = {
  2401: 'fifo',
  4802: 'character device',
  9604: 'directory',
  14406: 'block device',
  21609: 'symbolic link',
};
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFCHR = 0o020000;

/** Every file of files.img by its id. */
export async function readFileTable(directory: Directory): Promise<Map<number, FileEntry>> {
  const file = await ImageFile.open(directory, 'files', 'files.img');
  return new Map((file?.all('File') ?? [].values()).map((entry) => [entry.id, entry]));
}

/** The paths of the files that have one. */
export function pathsOf(files: ReadonlyMap<number, FileEntry>): Map<number, string> {
  return new Map([...files.values()].flatMap(({ id, regular }) => (regular ? [[id, regular.name] as const] : [])));
}

/** The descriptor tables with the given ids, and the open files they refer to. */
export async function readDescriptors(
  directory: Directory,
  ids: ReadonlySet<number>,
  files: ReadonlyMap<number, FileEntry>,
) {
  const descriptorTables: DescriptorTable[] = [];
  const open = new Map<number, OpenFile>();
  for (const id of ids) {
    if (directory.diagnostics.full) break;
    const fdinfo = await ImageFile.open(directory, 'fdinfo', `fdinfo-${id}.img`);
    const descriptors: Descriptor[] = [];
    for (const { file, flags, fd } of fdinfo?.all('Descriptor') ?? []) {
      descriptors.push({ fd, file, cloexec: (flags & FD_CLOEXEC) !== 0 });
      const entry = files.get(file);
      if (entry) open.set(file, openFile(entry));
      else fdinfo!.reject(`descriptor ${fd} refers to file ${file}, which files.img does not have`);
    }
    descriptorTables.push({ id, descriptors });
  }
  return { descriptorTables, openFiles: [...open.values()].sort((a, b) => a.id - b.id) };
}

function openFile({ id, type, regular, pipe, memfd }: FileEntry): OpenFile {
  if (pipe) return { kind: 'pipe', id, flags: pipe.flags, ...ownerOf(pipe.owner), pipe: pipe.pipe };
  if (!regular) {
    const details = memfd && { position: Number(memfd.position), ...ownerOf(memfd.owner) };
    return { kind: 'other', id, flags: memfd?.flags ?? 0, ...details, what: KINDS[type] ?? `kind ${type}` };
  }
  const { flags, name, mode = S_IFREG } = regular;
  const opened = { id, flags, ...ownerOf(regular.owner), path: name, position: Number(regular.position) };
  const fileType = mode & S_IFMT;
  if (fileType === S_IFCHR && name === '/dev/null') return { kind: 'null', ...opened };
  if (fileType !== S_IFREG) return { kind: 'other', ...opened, what: MODES[fileType] ?? KINDS[type] ?? 'file' };
  return {
    kind: 'regular',
    ...opened,
    mode: regular.mode === undefined ? UNKNOWN : mode & 0o7777,
    uid: UNKNOWN,
    gid: UNKNOWN,
    size: regular.size === undefined ? UNKNOWN : Number(regular.size),
  };
}

/** The kinds of fcntl(F_GETOWN_EX), by number. */
const OWNER_KINDS: FileOwner['kind'][] = ['thread', 'task', 'group'];

/** Who gets signals about the file; id 0 is nobody. */
function ownerOf(owner: OwnerEntry | undefined): { owner?: FileOwner } {
  if (!owner || owner.id === 0) return {};
  const { id, uid, euid, signal, kind } = owner;
  return { owner: { kind: OWNER_KINDS[kind] ?? 'task', id, uid, euid, signal } };
}

/** The pipes that open files refer to, with the bytes that wait in them. */
export async function readPipes(directory: Directory, openFiles: readonly OpenFile[]): Promise<Pipe[]> {
  const ids = new Set(openFiles.flatMap((file) => (file.kind === 'pipe' ? [file.pipe] : [])));
  const pipes = new Map<number, Pipe>([...ids].map((id) => [id, { id, size: UNKNOWN, buffered: UNKNOWN }]));
  if (directory.has('pipes-data.img')) {
    const file = await ImageFile.open(directory, 'pipes-data', 'pipes-data.img');
    for (const { pipe: id, bytes, size } of file?.all('PipeData') ?? []) {
      const data = file!.raw(bytes);
      if (data === undefined) break;
      if (ids.has(id)) pipes.set(id, { id, size: size ?? UNKNOWN, buffered: data === '' ? [] : [data] });
    }
  }
  return [...pipes.values()];
}
