/**
 * freezer.state: reading it says THAWED, FREEZING or FROZEN and a newline, and writing the first or the last asks for it;
 * kernel/cgroup_freezer.c:freezer_read, freezer_write. A write does not move the position.
 */

import { type Destination, type File, fileOperations, type Put, type Source, type Taken } from '../fs/file.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { changeState, stateOf } from './freeze.ts';
import { liveGroupOf } from './node.ts';
import { slice, wordIn } from './text.ts';

const read = operation(
  'freezer.read_state',
  (tx: Transaction, file: File, into: Destination, position: number): Result<Taken> => {
    const cgroup = liveGroupOf(tx, file);
    return cgroup.ok ? slice(`${stateOf(tx, cgroup.value)}\n`, into, position) : cgroup;
  },
);

const write = operation(
  'freezer.write_state',
  (tx: Transaction, file: File, from: Source, position: number): Result<Put> => {
    const word = wordIn(from);
    if (!word.ok) return word;
    const goal = word.value;
    if (goal !== 'THAWED' && goal !== 'FROZEN') return fail('EINVAL'); // nobody can ask for FREEZING
    const cgroup = liveGroupOf(tx, file);
    if (!cgroup.ok) return cgroup;
    changeState(tx, cgroup.value, goal);
    return ok({ count: from.count, position });
  },
);

export const stateFile = fileOperations('freezer.state', {
  seeking: 'moves',
  read: (_k, _task, file, into, position) => read(file, into, position),
  write: (_k, _task, file, from, position) => write(file, from, position),
});
