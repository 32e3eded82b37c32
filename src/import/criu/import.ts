/**
 * Makes a thaw image of a directory of CRIU image files. CRIU.md lists what such a dump holds and loses; the field numbers are in
 * schema.ts.
 *
 * It reads what thaw's image describes: the tree, threads, credentials, signals, descriptors, pipes with their data, System V objects.
 * It leaves out on purpose: registers, memory other than shared segments, timers, namespaces other than pid and ipc, control groups.
 */
import { IMAGE_VERSION, type Image, validateImage } from '../../restorer/image/index.ts';
import { Diagnostics, type ImportError } from './diagnostics.ts';
import { Directory } from './directory.ts';
import { pathsOf, readDescriptors, readFileTable, readPipes } from './files.ts';
import { ImageFile } from './image-file.ts';
import { readIpc } from './ipc.ts';
import { type LeftOut, leftOutOf } from './left-out.ts';
import { readAttaches } from './memory.ts';
import type { Messages } from './schema.ts';
import { readTree, type Tree } from './tasks.ts';

export type CriuImport = { ok: true; image: Image; leftOut: LeftOut[] } | { ok: false; errors: ImportError[] };

/** The version of the layout of a directory that CRIU has written since 2013. */
const LAYOUT = 2;

/** Reads the dump in `path`; never follows a path that an image names, and never throws for what the files hold. */
export async function importCriu(path: string): Promise<CriuImport> {
  const diagnostics = new Diagnostics();
  const directory = await Directory.open(path, diagnostics);
  if (!directory) return { ok: false, errors: diagnostics.errors };
  const draft = await readImage(directory);
  if (!draft || diagnostics.errors.length > 0) return { ok: false, errors: diagnostics.errors };
  const checked = validateImage(draft);
  if (!checked.ok) {
    for (const { path, message } of checked.problems) diagnostics.report('.', `${path.join('.')}: ${message}`);
    return { ok: false, errors: diagnostics.errors };
  }
  return { ok: true, image: checked.image, leftOut: leftOutOf(directory) };
}

async function readImage(directory: Directory): Promise<Image | undefined> {
  const inventory = await readInventory(directory);
  if (!inventory) return undefined;
  const files = await readFileTable(directory);
  const tree = await readTree(directory, pathsOf(files));
  const own = namespacesOf(tree, inventory, directory.diagnostics);
  const tables = new Set([...tree.ids.values()].map((ids) => ids.files));
  const { descriptorTables, openFiles } = await readDescriptors(directory, tables, files);
  return {
    version: IMAGE_VERSION,
    source: 'a CRIU dump',
    namespaces: { pid: own.pid ? 'own' : 'shared', ipc: own.ipc === undefined ? 'shared' : 'own' },
    tasks: tree.tasks,
    descriptorTables,
    openFiles,
    pipes: await readPipes(directory, openFiles),
    ...(own.ipc !== undefined && {
      ipc: await readIpc(directory, own.ipc, await readAttaches(directory, tree.ids.keys())),
    }),
  };
}

async function readInventory(directory: Directory): Promise<Messages['Inventory'] | undefined> {
  const file = await ImageFile.open(directory, 'inventory', 'inventory.img');
  const inventory = file?.single('Inventory');
  if (!file || !inventory) return undefined;
  if (inventory.version !== LAYOUT) file.reject(`layout version ${inventory.version}, expected ${LAYOUT}`);
  if (!inventory.fdinfo_per_id) file.reject('descriptors are stored by pid, as CRIU did before version 1');
  if (!inventory.root_ids)
    file.reject('the namespaces of CRIU itself are missing, so those of the tree cannot be told');
  return inventory;
}

/** Which namespaces the tree has of its own: those whose number is not that of CRIU itself. `ipc` is the number where it is own. */
function namespacesOf(
  { tasks, ids }: Tree,
  { root_ids }: Messages['Inventory'],
  diagnostics: Diagnostics,
): { pid: boolean; ipc?: number } {
  const root = tasks.find((task) => task.ppid === 0);
  const own = root && ids.get(root.pid);
  if (!own) {
    if (diagnostics.errors.length === 0) diagnostics.report('pstree.img', 'the tree has no root that is alive');
    return { pid: false };
  }
  for (const [pid, other] of ids) {
    for (const kind of ['pid_ns', 'ipc_ns'] as const) {
      if (other[kind] !== own[kind])
        diagnostics.report(`ids-${pid}.img`, `another ${kind} than its root has: nested namespaces`);
    }
  }
  const differs = (kind: 'pid_ns' | 'ipc_ns') => own[kind] !== undefined && own[kind] !== root_ids?.[kind];
  return { pid: differs('pid_ns'), ...(differs('ipc_ns') && { ipc: own.ipc_ns! }) };
}
