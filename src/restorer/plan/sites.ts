/**
 * Who opens what. An open file that several tasks share is inherited: the lowest member that all its users come from opens it, and
 * everybody on the way to them carries it along. Since every task comes from pid 1 there always is such a member.
 *
 * Left out on purpose: descriptor tables that several processes share (CLONE_FILES without CLONE_THREAD); each gets its own.
 */

import type { Descriptor, Image } from '../image/index.ts';
import type { Foresight } from './foresight.ts';
import type { Member, Opening } from './member.ts';

/** The descriptors that a member has in the end. */
export type Tables = ReadonlyMap<Member, readonly Descriptor[]>;

/** Decides who opens and who carries each open file, and says what each member's descriptors are in the end. */
export function planSites(image: Image, members: readonly Member[], foresight: Foresight): Tables {
  const tables = tablesOf(image, members, foresight);
  const users = usersOf(tables);
  for (const { opening, files } of openings(image, users, foresight)) {
    const all = files.flatMap(({ id }) => users.get(id) ?? []);
    const site = all.reduce(commonCreator);
    site.opens.push(opening);
    for (const { id } of files) for (const user of users.get(id) ?? []) carryTo(user, site, id);
  }
  return tables;
}

function tablesOf(image: Image, members: readonly Member[], foresight: Foresight): Tables {
  const known = new Map(image.descriptorTables.map((table) => [table.id, table]));
  const kinds = new Map(image.openFiles.map((file) => [file.id, file.kind]));
  const seen = new Map<number, Member>();
  const tables = new Map<Member, readonly Descriptor[]>();
  for (const member of members) {
    const { task } = member;
    if (task === null || task.state === 'zombie') continue;
    const first = seen.get(task.descriptors);
    if (first !== undefined) {
      foresight.loss('a descriptor table shared between processes, of which each gets a copy', [
        first.number,
        task.pid,
      ]);
    }
    seen.set(task.descriptors, member);
    // Unknown kinds of files are left out here; openings() says so.
    const descriptors = known.get(task.descriptors)!.descriptors.filter(({ file }) => kinds.get(file) !== 'other');
    tables.set(
      member,
      descriptors.toSorted((a, b) => a.fd - b.fd),
    );
    for (const { fd, file } of known.get(task.descriptors)!.descriptors) {
      if (kinds.get(file) === 'other') foresight.loss(`descriptor ${fd}, which is not a file or a pipe`, [task.pid]);
    }
  }
  return tables;
}

/** The members that have each open file, in the order of creation. */
function usersOf(tables: Tables): Map<number, Member[]> {
  const users = new Map<number, Member[]>();
  for (const [member, descriptors] of tables) {
    for (const file of new Set(descriptors.map(({ file }) => file))) {
      const known = users.get(file);
      if (known === undefined) users.set(file, [member]);
      else known.push(member);
    }
  }
  return users;
}

function* openings(
  image: Image,
  users: ReadonlyMap<number, Member[]>,
  foresight: Foresight,
): Generator<{ opening: Opening; files: Image['openFiles'] }> {
  const ends = new Map<number, Image['openFiles']>();
  for (const file of image.openFiles) {
    if (!users.has(file.id)) continue;
    if (file.kind === 'pipe') {
      const known = ends.get(file.pipe);
      if (known === undefined) ends.set(file.pipe, [file]);
      else known.push(file);
    } else if (file.kind !== 'other') yield { opening: { kind: 'file', file }, files: [file] };
  }
  for (const pipe of image.pipes) {
    const files = ends.get(pipe.id);
    if (files === undefined) continue;
    const modes = new Set(files.map(({ flags }) => flags & 3));
    if (modes.size < files.length || modes.has(2)) {
      foresight.loss(
        'an end of a pipe that was opened more than once, whose openings become one',
        pidsOf(files, users),
      );
    }
    yield { opening: { kind: 'pipe', pipe, ends: files }, files };
  }
}

const pidsOf = (files: Image['openFiles'], users: ReadonlyMap<number, Member[]>) =>
  files.flatMap(({ id }) => users.get(id) ?? []).map(({ number }) => number);

/** The lowest member that both come from. */
function commonCreator(a: Member, b: Member): Member {
  let one = a;
  let other = b;
  while (one !== other) {
    if (one.depth >= other.depth) one = one.creator!;
    else other = other.creator!;
  }
  return one;
}

function carryTo(user: Member, site: Member, file: number): void {
  for (let at = user; at !== site && !at.carries.has(file); at = at.creator!) at.carries.add(file);
}
