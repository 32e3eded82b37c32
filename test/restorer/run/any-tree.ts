/** Whatever history a tree has had, what it has come to can be restored: histories are made up, lived through, and restored. */

import test from 'ava';
import * as fc from 'fast-check';
import type { Image, Task } from '../../../src/restorer/image/index.ts';
import { complaints, type Fd, live, MODES, restore, root, tree, zombie } from '../helpers/tree.ts';

interface Process {
  readonly pid: number;
  ppid: number;
  sid: number;
  pgid: number;
  dead: boolean;
  fds: Map<number, number>;
  cloexec: Set<number>;
}

/** One thing that happens: to whom, what, and a number that what happens may need. */
type Event = readonly [
  who: number,
  what: 'fork' | 'setsid' | 'setpgid' | 'exit' | 'reap' | 'open' | 'dup' | 'close',
  detail: number,
];

/** Processes as far as an image tells of them; the rules are those of 2.6.26. SEMANTICS C5, C6, C14. */
class History {
  readonly processes = new Map<number, Process>();
  #next = 2;
  #files = 0;

  constructor() {
    this.processes.set(1, { pid: 1, ppid: 0, sid: 1, pgid: 1, dead: false, fds: new Map(), cloexec: new Set() });
  }

  live([who, what, detail]: Event): void {
    const all = [...this.processes.values()].filter(({ dead }) => !dead);
    const self = all[who % all.length]!;
    switch (what) {
      case 'fork':
        this.#fork(self);
        break;
      case 'setsid':
        if (self.pgid !== self.pid) [self.sid, self.pgid] = [self.pid, self.pid];
        break;
      case 'setpgid':
        this.#join(self, detail);
        break;
      case 'exit':
        this.#exit(self);
        break;
      case 'reap':
        this.#reap(self);
        break;
      case 'open':
        self.fds.set(lowest(self.fds), ++this.#files);
        break;
      case 'dup':
        this.#duplicate(self, detail);
        break;
      case 'close':
        self.fds.delete(detail % 8);
    }
  }

  #fork(parent: Process): void {
    const pid = this.#next++;
    const { sid, pgid, fds, cloexec } = parent;
    const child = { pid, ppid: parent.pid, sid, pgid, dead: false, fds: new Map(fds), cloexec: new Set(cloexec) };
    this.processes.set(pid, child);
  }

  #join(self: Process, detail: number): void {
    if (self.sid === self.pid) return;
    const groups = [...this.processes.values()].filter(({ sid }) => sid === self.sid).map(({ pgid }) => pgid);
    const group = [self.pid, ...groups][detail % (groups.length + 1)]!;
    // Where the number of a group belongs to somebody who has left it, the plan says that it is lost.
    if (this.#leads(self)) return;
    self.pgid = group;
  }

  /** Whether others are in the group of this number. */
  #leads({ pid, pgid }: Process): boolean {
    return pgid === pid && [...this.processes.values()].some((other) => other.pid !== pid && other.pgid === pid);
  }

  #exit(self: Process): void {
    if (self.pid === 1) return;
    self.dead = true;
    self.fds.clear();
    for (const other of this.processes.values()) if (other.ppid === self.pid) other.ppid = 1;
  }

  #reap(self: Process): void {
    for (const { pid, ppid, dead } of this.processes.values()) {
      if (!dead || ppid !== self.pid) continue;
      this.processes.delete(pid);
      return;
    }
  }

  #duplicate({ fds, cloexec }: Process, detail: number): void {
    const [first] = fds.values();
    if (first === undefined) return;
    fds.set(detail % 8, first);
    if (detail % 3 === 0) cloexec.add(detail % 8);
    else cloexec.delete(detail % 8);
  }

  get image(): Image {
    const fds: Record<number, Fd[]> = {};
    const tasks = [...this.processes.values()].map(({ pid, ppid, sid, pgid, dead, fds: own, cloexec }): Task => {
      if (dead) return zombie({ pid, ppid, sid, pgid }, (pid % 200) << 8);
      fds[pid] = [...own].map(([fd, file]) => [fd, file, cloexec.has(fd)]);
      return pid === 1 ? root() : live({ pid, ppid, sid, pgid });
    });
    const openFiles = Array.from({ length: this.#files }, (_, n) => fileOf(n + 1));
    return tree(tasks, fds, { openFiles });
  }
}

function lowest(fds: ReadonlyMap<number, number>): number {
  let fd = 0;
  while (fds.has(fd)) fd++;
  return fd;
}

const fileOf = (id: number): Image['openFiles'][number] => ({
  kind: 'regular',
  id,
  flags: 0o100002,
  path: `/tmp/${id % 3}`,
  position: id % 5,
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
});

const event = fc.tuple(
  fc.nat(1000),
  fc.constantFrom('fork', 'fork', 'fork', 'setsid', 'setpgid', 'exit', 'reap', 'open', 'dup', 'close'),
  fc.nat(1000),
) as fc.Arbitrary<Event>;

test('the tree that any history leads to is restored', (t) => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const history = new History();
      for (const one of events) history.live(one);
      for (const mode of MODES) t.deepEqual(complaints(restore(history.image, { mode })), []);
    }),
    { numRuns: 150, seed: 4711 },
  );
});
