import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { TestConsole } from './helpers/console.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync('scenarios/**/*.yaml', { cwd: root }).sort();

const move = fc.record({
  kind: fc.constantFrom('jump', 'choose', 'switch' as const),
  count: fc.nat(1000),
});

/** Forward as far as the run is known to go, and then by as many steps as are asked for. */
async function walk(console: TestConsole, moves: readonly { kind: string; count: number }[]): Promise<void> {
  const { session } = console.console.debuggee!;
  for (const { kind, count } of moves) {
    if (kind === 'jump') {
      for (let i = session.timeline.length; i < count && session.forward(); i++);
      session.jump(count % (session.timeline.length + 1));
    } else if (kind === 'choose') {
      const able = session.machine.actors.filter((actor) => session.machine.canStep(actor));
      const chosen = able[count % able.length];
      if (chosen !== undefined) session.choose(chosen);
    } else {
      const branch = session.branches.kept[count % session.branches.kept.length];
      if (branch !== undefined) session.switchTo(branch.name);
    }
  }
}

test('in random scenarios going back N steps and forward N steps leaves the same state, across branches too', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(move, { maxLength: 8 }),
      fc.nat(300),
      async (file, moves, n) => {
        const console = new TestConsole(readFileSync(join(root, file), 'utf8'));
        if (!(await console.console.load())) return; // of a room that is not there yet, or from an image
        await walk(console, moves);
        const { session, k } = console.console.debuggee!;
        const state = (): string => `${session.position} ${k.machine.store.hashLo}:${k.machine.store.hashHi}`;
        const before = state();
        let back = 0;
        while (back < n && session.back()) back++;
        for (let i = 0; i < back; i++) session.forward();
        t.is(state(), before, file);
      },
    ),
    { numRuns: 60 },
  );
});
