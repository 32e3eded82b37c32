/**
 * One exhaustive search by several processes.
 *
 * The tree of schedules is split into branches, which a queue hands out. Every process tells the others which states it has come to,
 * so that none is searched twice but by chance; together they come to the states that one search would come to. When a cell that
 * one of them took for private turns out to be shared, or a process dies (and is replaced), all begin again.
 */

import PQueue from 'p-queue';
import type { Coverage } from '../coverage.ts';
import type { Effort } from '../explore.ts';
import type { Branch } from '../search-terms.ts';
import type { Claims } from './claims.ts';
import { Gathered, type Told } from './knowledge.ts';
import type { Done, Plan, Task } from './search-process.ts';
import { SearchWorker } from './search-worker.ts';

/** Branches for each process: enough that none is left with much to do when the others are done. */
const BRANCHES = 16;

/** Deaths of processes after which they are not replaced any more. */
const DEATHS = 3;

/** Milliseconds between two looks at whether the budget is over. */
const LOOK = 50;

/** Why a round ended before all branches were searched. */
type Break = 'surprised' | 'moved' | 'died' | 'full' | 'expired';

export class SharedSearch {
  readonly #task: Omit<Task, 'rank'>;
  readonly #coverage: Coverage;
  readonly #expired: () => boolean;
  readonly #gathered = new Gathered();
  readonly #workers: SearchWorker[];
  #round = 0;
  #started = 0;
  #states = 0;
  #edges = 0;
  #isBounded = false;
  #break: Break | null = null;
  #deaths = 0;

  /**
   * @param coverage gets what is seen
   * @param jobs how many processes
   */
  constructor(task: Omit<Task, 'rank'>, coverage: Coverage, jobs: number, expired: () => boolean) {
    this.#task = task;
    this.#coverage = coverage;
    this.#expired = expired;
    this.#workers = Array.from({ length: jobs }, () => this.#start());
  }

  /** Searches; null when there are more states than may be kept, or processes keep dying: then it is for one process to say. */
  async run(): Promise<Pick<Effort, 'complete' | 'states' | 'steps'> | null> {
    const looking = setInterval(() => {
      if (this.#expired()) this.#interrupt('expired');
    }, LOOK);
    try {
      do await this.#search();
      while (
        this.#break === 'surprised' ||
        this.#break === 'moved' ||
        (this.#break === 'died' && this.#deaths < DEATHS)
      );
    } finally {
      clearInterval(looking);
      for (const worker of this.#workers) worker.end();
    }
    if (this.#break === 'full' || this.#break === 'died') return null;
    return { complete: this.#break === null && !this.#isBounded, states: this.#states, steps: this.#edges };
  }

  /** One round: all branches, from nothing but what is known of cells. */
  async #search(): Promise<void> {
    this.#isBounded = false;
    this.#break = null;
    this.#coverage.restart();
    await Promise.all(this.#workers.map((worker) => worker.opened));
    const plan = await this.#plan();
    const idle = [...this.#workers];
    const queue = new PQueue({ concurrency: this.#workers.length });
    await queue.addAll((plan?.branches ?? []).map((branch) => async () => this.#searchBranch(branch, idle)));
    if (this.#break === null || this.#break === 'expired') await this.#count();
    // What was learned on the way may move the root: then there are other states.
    if (this.#break === null && (await this.#plan())?.root !== plan?.root) this.#break = 'moved';
  }

  /** Lets all begin a round with what all know. */
  async #plan(): Promise<Plan | null> {
    const round = ++this.#round;
    const told = this.#gathered.restart();
    for (const worker of this.#workers) worker.send({ kind: 'round', round, told });
    const [first] = this.#workers as [SearchWorker];
    const plan = await first.plan(this.#workers.length * BRANCHES);
    if (plan === null) this.#died(first);
    return plan;
  }

  async #searchBranch(branch: Branch, idle: SearchWorker[]): Promise<void> {
    if (this.#break !== null) return;
    const worker = idle.pop() as SearchWorker;
    const done = await worker.search(branch);
    if (done === null) {
      this.#died(worker);
      return;
    }
    idle.push(worker);
    this.#take(done);
  }

  #take({ complete, bounded, surprised, seen, told }: Done): void {
    this.#coverage.add(seen);
    this.#learn(told);
    this.#isBounded ||= bounded;
    if (surprised) this.#interrupt('surprised');
    else if (!complete && this.#break === null) this.#interrupt('full');
  }

  /** Ends the round. */
  #interrupt(why: Break): void {
    if (this.#break !== null) return;
    this.#break = why;
    for (const worker of this.#workers) worker.send({ kind: 'stop' });
  }

  #died(worker: SearchWorker): void {
    this.#deaths++;
    this.#workers[this.#workers.indexOf(worker)] = this.#start();
    this.#interrupt('died');
  }

  #start(): SearchWorker {
    const worker: SearchWorker = new SearchWorker(
      { ...this.#task, rank: this.#started++ },
      {
        onClaims: (claims) => this.#spread(claims, worker),
        onTold: (told) => this.#learn(told),
      },
    );
    return worker;
  }

  #learn(told: Told): void {
    this.#gathered.add(told);
    if (this.#gathered.surprised) this.#interrupt('surprised');
  }

  /** Tells the others of states that a process has come to. */
  #spread(claims: Claims, from: SearchWorker): void {
    if (claims.round !== this.#round) return;
    for (const worker of this.#workers) if (worker !== from) worker.send({ kind: 'claims', claims });
  }

  /** Adds up what each counts: every state once, since of two that have come to it one leaves it to the other. */
  async #count(): Promise<void> {
    const counts = await Promise.all(this.#workers.map((worker) => worker.count()));
    this.#states = counts.reduce((sum, count) => sum + (count?.states ?? 0), 0);
    this.#edges = counts.reduce((sum, count) => sum + (count?.edges ?? 0), 0);
  }
}
