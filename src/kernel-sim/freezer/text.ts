/** How the files of a group take and give texts; kernel/cgroup.c:cgroup_write_string, cgroup_seqfile_show. For use inside operations. */

import type { Destination, Source, Taken } from '../fs/file.ts';
import { fail, ok, type Result } from '../result.ts';

/** A word longer than this is none of ours. */
const WORD_MAX = 64;

/** What a write says, the blanks behind it cut off: E2BIG when it cannot be a word, EFAULT when it cannot be read. */
export function wordIn({ count, bytes }: Source): Result<string> {
  if (count >= WORD_MAX) return fail('E2BIG');
  if (bytes === null) return fail('EFAULT');
  return ok(bytes.split('\0')[0]!.replace(/\s+$/, ''));
}

/** The part of a text that a read gets. */
export function slice(text: string, into: Destination, position: number): Result<Taken> {
  const bytes = text.slice(position, position + into.count);
  return bytes !== '' && !into.good ? fail('EFAULT') : ok({ bytes, position: position + bytes.length });
}
