/**
 * A process that searches branches of one scenario's tree of schedules, as {@link SharedSearch} tells it to.
 *
 * It opens the scenario by itself and samples it as everybody does. Between two turns of its search it tells which states it has
 * come to and hears which the others have.
 */

import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Overrides } from '../../scenario/reading.ts';
import type { Seen } from '../coverage.ts';
import { Explorer } from '../explore.ts';
import { openScenario } from '../open.ts';
import { subjectOf } from '../scenario.ts';
import type { Search } from '../search.ts';
import type { Branch } from '../search-terms.ts';
import type { Sharing } from '../sharing.ts';
import { inTurns } from '../turns.ts';
import { Claiming, type Claims, receive, sleepersOf } from './claims.ts';
import { Knowledge, type Told } from './knowledge.ts';

/** What every process that takes part has to know. */
export interface Task {
  readonly file: string;
  readonly overrides: Overrides;
  readonly budget: { readonly states: number; readonly steps: number };
  readonly preemptions?: number;
  readonly seed: number;
  /** Its place among all that were ever started: of two that have come to a state, the first counts it. */
  readonly rank: number;
}

export type Order =
  | { readonly kind: 'open'; readonly task: Task }
  /** Begin anew, knowing this. */
  | { readonly kind: 'round'; readonly round: number; readonly told: Told }
  | { readonly kind: 'plan'; readonly count: number }
  | { readonly kind: 'branch'; readonly branch: Branch }
  | { readonly kind: 'claims'; readonly claims: Claims }
  | { readonly kind: 'count' }
  /** Leave the branch at hand. */
  | { readonly kind: 'stop' };

/** The states that are a process's to count, and the steps that lead on from them. */
export interface Count {
  readonly kind: 'counted';
  readonly states: number;
  readonly edges: number;
}

/** The branches of the tree of schedules, and the state from which they part. */
export interface Plan {
  readonly kind: 'planned';
  readonly root: string;
  readonly branches: readonly Branch[];
}

/** How the search of a branch ended. */
export interface Done {
  readonly kind: 'done';
  readonly complete: boolean;
  readonly bounded: boolean;
  readonly surprised: boolean;
  readonly seen: Seen;
  readonly told: Told;
}

export type Answer =
  | { readonly kind: 'opened' }
  | Plan
  | Count
  | { readonly kind: 'claims'; readonly claims: Claims }
  | { readonly kind: 'told'; readonly told: Told }
  | Done;

/** Turns of a branch after which it is first told what was learned. */
const FIRST_LOOK = 64;

class SearchProcess {
  readonly #task: Task;
  readonly #explorer: Explorer;
  readonly #sharing: Sharing;
  readonly #knowledge: Knowledge;
  readonly #claiming = new Claiming();
  #search: Search;
  #round = 0;
  /** Whether the branch at hand is to be left. */
  readonly #stop: { asked: boolean };

  private constructor(task: Task, stop: { asked: boolean }, explorer: Explorer, sharing: Sharing) {
    this.#task = task;
    this.#stop = stop;
    this.#explorer = explorer;
    this.#sharing = sharing;
    this.#knowledge = new Knowledge(sharing, explorer.walker);
    this.#search = this.#newSearch();
  }

  static async open(task: Task): Promise<SearchProcess> {
    const opened = await openScenario(task.file, task.overrides);
    if (!opened.ok) throw new Error(opened.message);
    const stop = { asked: false };
    const { seed, preemptions } = task;
    const explorer = new Explorer(subjectOf(opened.scenario), {
      strategy: 'auto',
      budget: { ...task.budget, expired: () => stop.asked },
      seed,
      ...(preemptions !== undefined && { preemptions }),
    });
    return new SearchProcess(task, stop, explorer, await inTurns(explorer.survey()));
  }

  begin(round: number, told: Told): void {
    this.#stop.asked = false;
    this.#search.leave();
    this.#claiming.take();
    this.#round = round;
    this.#knowledge.hear(told);
    this.#explorer.coverage.restart();
    this.#search = this.#newSearch();
  }

  plan(count: number): Plan {
    return { kind: 'planned', root: this.#search.root, branches: this.#search.branches(count) };
  }

  hear(claims: Claims): void {
    if (claims.round !== this.#round) return;
    const isSenior = claims.rank < this.#task.rank;
    receive(claims, this.#explorer.walker.machine.actors, (lo, hi, value, edges) =>
      this.#search.claim(lo, hi, value, edges ?? 0, isSenior && edges !== null),
    );
  }

  /** How many states are this process's to count, once everything that the others claim was heard. */
  count(): Count {
    return { kind: 'counted', ...this.#search.count };
  }

  stop(): void {
    this.#stop.asked = true;
  }

  async search(branch: Branch): Promise<Done> {
    const turns = this.#search.runBelow(branch);
    for (let turn = 1; ; turn++) {
      const { done, value } = turns.next();
      this.#tell();
      // What there is to learn is learned early, most of it: looking through all cells is worth while ever more seldom.
      if (turn >= FIRST_LOOK && Number.isInteger(Math.log2(turn)))
        answer({ kind: 'told', told: this.#knowledge.tell() });
      if (done === true) {
        const { complete, bounded } = value;
        const { seen } = this.#explorer.coverage;
        this.#explorer.coverage.restart();
        const { surprised } = this.#sharing;
        return {
          kind: 'done',
          complete,
          bounded,
          surprised,
          seen,
          told: this.#knowledge.tell(),
        };
      }
      await setImmediate();
    }
  }

  #newSearch(): Search {
    return this.#explorer.newSearch(this.#sharing, (lo, hi, value, edges) => this.#claiming.add(lo, hi, value, edges));
  }

  #tell(): void {
    if (this.#claiming.isEmpty) return;
    const actors = this.#task.preemptions === undefined ? sleepersOf(this.#explorer.walker.machine.actors) : null;
    const claims = { round: this.#round, rank: this.#task.rank, actors, states: this.#claiming.take() };
    answer({ kind: 'claims', claims });
  }
}

function answer(message: Answer): void {
  process.send?.(message);
}

function serve(): void {
  let opened: SearchProcess | null = null;
  const carryOut = async (order: Order): Promise<void> => {
    if (order.kind === 'open') {
      opened = await SearchProcess.open(order.task);
      answer({ kind: 'opened' });
    }
    if (opened === null) return;
    if (order.kind === 'round') opened.begin(order.round, order.told);
    else if (order.kind === 'plan') answer(opened.plan(order.count));
    else if (order.kind === 'branch') answer(await opened.search(order.branch));
    else if (order.kind === 'claims') opened.hear(order.claims);
    else if (order.kind === 'count') answer(opened.count());
    else if (order.kind === 'stop') opened.stop();
  };
  process.on('message', (order: Order) => void carryOut(order));
  // Ctrl-C reaches every process of the terminal; who started this one decides what becomes of it.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) serve();
