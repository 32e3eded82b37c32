/** Toy kernels for the explorer: a few shared cells and actors that load, store, count, lock and wait. */

import { load, operation, type Steps, store } from '../../../src/kernel-sim/machine/effect.ts';
import { type Cell, type Handle, layout, type TableOf, table } from '../../../src/kernel-sim/machine/layout.ts';
import { Machine } from '../../../src/kernel-sim/machine/machine.ts';
import { lock, Mutex, unlock } from '../../../src/kernel-sim/machine/mutex.ts';
import type { Transaction } from '../../../src/kernel-sim/machine/store.ts';

export type ToyStep =
  | { readonly kind: 'increment' | 'count' | 'own' | 'report'; readonly cell: number }
  | { readonly kind: 'copy'; readonly from: number; readonly to: number }
  | { readonly kind: 'await'; readonly cell: number; readonly atLeast: number }
  | { readonly kind: 'locked'; readonly cell: number }
  | { readonly kind: 'spawn'; readonly program: readonly ToyStep[] };

interface BoardFields {
  cells: TableOf<number>;
  own: TableOf<number>;
}

const Board = layout<BoardFields>('board', { cells: table(0), own: table(0) });

const count = operation('count', (tx: Transaction, cell: Cell<number>): void => tx.add(cell, 1));

const awaitAtLeast = operation('await', (_tx: Transaction, _cell: Cell<number>, _least: number): void => {}, {
  when: (tx, cell, least) => tx.read(cell) >= least,
});

const report = operation('report', (tx: Transaction, cell: Cell<number>, who: string): void => {
  const value = tx.read(cell);
  if (value !== 1) return;
  const finding = { id: `saw-one-${who}`, name: 'toy', task: who, at: { step: 0, call: 'toy' }, accesses: [] };
  tx.note({ type: 'hazard', finding: { ...finding, intended: '', happened: '', fix: '' } });
});

const spawn = operation(
  'spawn',
  (tx: Transaction, machine: Machine, toy: Toy, name: string, program: readonly ToyStep[]): void => {
    machine.launchThread(tx, { name, args: [], start: () => run(machine, toy, name, program) });
  },
);

interface Toy {
  readonly board: Handle<BoardFields>;
  readonly mutex: Mutex;
}

function* run(machine: Machine, toy: Toy, name: string, program: readonly ToyStep[]): Steps<void> {
  for (const [i, step] of program.entries()) {
    const at = (cell: number): Cell<number> => toy.board.cells.at(cell);
    switch (step.kind) {
      case 'increment':
        yield* store(at(step.cell), (yield* load(at(step.cell))) + 1);
        break;
      case 'count':
        yield* count(at(step.cell));
        break;
      case 'own':
        yield* store(toy.board.own.at(`${name}.${step.cell}`), i);
        break;
      case 'copy':
        yield* store(at(step.to), yield* load(at(step.from)));
        break;
      case 'await':
        yield* awaitAtLeast(at(step.cell), step.atLeast);
        break;
      case 'locked':
        yield* lock(toy.mutex, toy.board);
        yield* store(at(step.cell), (yield* load(at(step.cell))) + 1);
        yield* unlock(toy.mutex, toy.board);
        break;
      case 'report':
        yield* report(at(step.cell), name);
        break;
      case 'spawn':
        yield* spawn(machine, toy, `${name}.${i}`, step.program);
        break;
    }
  }
}

/** A machine at its start, with one actor for each program. */
export function toyMachine(programs: readonly (readonly ToyStep[])[]): Machine {
  const machine = new Machine();
  const toy = { board: machine.store.create(Board), mutex: machine.store.create(Mutex) };
  programs.forEach((program, i) => {
    machine.launchThread(machine.store, { name: `t${i}`, args: [], start: () => run(machine, toy, `t${i}`, program) });
  });
  return machine;
}
