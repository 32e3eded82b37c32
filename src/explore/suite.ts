/**
 * Exploring many scenarios in several processes. A worker that dies is replaced and its job done again; the answers come back in
 * the order of the files, whatever the number of workers.
 */

import { createInterface } from 'node:readline';
import PQueue from 'p-queue';
import { startChild } from './child.ts';
import { type Answer, answer, type Job } from './worker.ts';

/** How often a job is tried before its worker's death is its result. */
const TRIES = 3;

class Worker {
  readonly #process = startChild('worker', { stdin: 'pipe', stdout: 'pipe' });
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  constructor() {
    // Writing to a process that has just died fails: its missing answer says so already.
    this.#process.stdin.on('error', () => {});
  }

  /** The answer, or null when the process died. */
  async ask(job: Job): Promise<Answer | null> {
    this.#process.stdin.write(`${JSON.stringify(job)}\n`);
    const { done, value } = await this.#lines.next();
    return done === true ? null : (JSON.parse(value) as Answer);
  }

  end(): void {
    this.#process.stdin.end();
  }
}

/**
 * Explores and judges scenarios.
 *
 * @param jobs processes to use; with 1 everything happens in this one
 * @param onAnswer called for each answer as soon as it and all before it are there
 */
export async function runSuite(
  all: readonly Job[],
  jobs: number,
  onAnswer: (answer: Answer) => void = () => {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  if (jobs <= 1) {
    for (const job of all) {
      const one = await answer(job);
      answers.push(one);
      onAnswer(one);
    }
    return answers;
  }
  const idle: Worker[] = [];
  const queue = new PQueue({ concurrency: jobs });
  let told = 0;
  const done: (Answer | undefined)[] = all.map(() => undefined);
  await queue.addAll(
    all.map((job, i) => async () => {
      done[i] = await ask(job, idle);
      for (let next = done[told]; next !== undefined; next = done[++told]) onAnswer(next);
    }),
  );
  for (const worker of idle) worker.end();
  return done.filter((one) => one !== undefined);
}

async function ask(job: Job, idle: Worker[]): Promise<Answer> {
  for (let tries = 0; tries < TRIES; tries++) {
    const worker = idle.pop() ?? new Worker();
    const one = await worker.ask(job);
    if (one === null) continue;
    idle.push(worker);
    return one;
  }
  return {
    file: job.file,
    ok: false,
    message: `the process exploring it died ${TRIES} times`,
    invalid: false,
    exploration: null,
  };
}
