/**
 * Restoring an image into a kernel that is booted for it: the plan's programs run until all wait, and then the kernel is read back by
 * system calls and compared. DESIGN, "Restore".
 *
 * Nothing is started that is known to fail. A restore that fails all the same says which call did what, and leaves nothing behind.
 */

import { boot, createInit } from '../../kernel-sim/boot.ts';
import { populate } from '../../kernel-sim/fs/file-system.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';
import { type Policy, Runner } from '../../kernel-sim/machine/schedule.ts';
import type { Profile } from '../../kernel-sim/profile.ts';
import type { Library } from '../../userland/code.ts';
import { Interpreter } from '../../userland/interpreter.ts';
import type { Difference, Image } from '../image/index.ts';
import type { Mode } from '../plan/context.ts';
import type { Foreseen } from '../plan/foresight.ts';
import { type Interface, type Plan, planImage } from '../plan/plan.ts';
import type { SignalInterface } from '../plan/signals-by-file.ts';
import { cleanUp } from './clean-up.ts';
import { type Counts, countsOf, NOTHING } from './counts.ts';
import { type Failure, failureIn, stuckTask } from './failure.ts';
import { PlanLibrary } from './library.ts';
import { PlainInterpreter } from './plain-interpreter.ts';
import { verify } from './verify.ts';

export interface RestoreOptions {
  /** The kernel to restore into, with the fixes it has. */
  readonly profile: Profile;
  readonly mode?: Mode;
  readonly interface?: Interface;
  /** How signal state is brought back; by sending it to oneself when nothing is said. */
  readonly signals?: SignalInterface;
  /** Who steps next; by default each task runs until it has to wait. */
  readonly schedulePolicy?: Policy;
  /** Called after each step, while its notes and its footprint are in the store. */
  readonly onStep?: (k: Kernel, actor: Actor) => void;
  /** Programs that signal handlers of the image name. */
  readonly programs?: Library;
  /** Keep journal, hashes and footprints, for who goes on with the kernel. Without them the kernel is used up by the verification. */
  readonly tracking?: boolean;
  /** Read the kernel back and compare. */
  readonly verify?: boolean;
}

export interface Restore {
  /** What was restored; nothing if it failed. */
  readonly restored: Counts;
  readonly calls: number;
  readonly steps: number;
  /** Everything was read back, and is as in the image. */
  readonly verified: boolean;
  readonly differences: readonly Difference[];
  /** Catalogued defects that stand in the way, or that the plan gets past with a loss. */
  readonly hazards: readonly Foreseen[];
  /** What the image has and the restore does not bring back. */
  readonly losses: readonly Foreseen[];
  /** What stood in the way, so that nothing was started. */
  readonly obstacles: readonly Foreseen[];
  readonly failure: Failure | null;
  /** The kernel with the restored tasks; null after a failure. */
  readonly kernel: Kernel | null;
}

/** Restores an image that `checkImage` finds nothing wrong with. */
export function restoreImage(image: Image, options: RestoreOptions): Restore {
  const { profile, mode, interface: by, signals, programs = new Map() } = options;
  const plan = planImage(image, {
    profile,
    ...(mode !== undefined && { mode }),
    ...(by !== undefined && { interface: by }),
    ...(signals !== undefined && { signals }),
    handlers: new Set(programs.keys()),
  });
  if (plan.obstacles.length > 0) return failed(plan, { calls: 0, steps: 0 }, null);
  const k = bootFor(plan, options);
  const run = runPlan(k, options);
  if (run.failure !== null) {
    cleanUp(k, image);
    return failed(plan, run, run.failure);
  }
  const differences = options.verify === false ? null : verify(k, image);
  return {
    restored: countsOf(image),
    calls: run.calls,
    steps: run.steps,
    verified: differences?.length === 0,
    differences: differences ?? [],
    hazards: hazardsOf(plan),
    losses: plan.losses,
    obstacles: [],
    failure: null,
    kernel: k,
  };
}

function bootFor(plan: Plan, { profile, programs = new Map(), tracking = false }: RestoreOptions): Kernel {
  const library = new PlanLibrary(plan, programs);
  const interpreter = new (tracking ? Interpreter : PlainInterpreter)({ library, params: new Map() });
  const k = boot({ profile, userland: interpreter, tracking });
  interpreter.attach(k);
  populate(k.machine.store, k, plan.world);
  interpreter.spawnFirst(k.machine.store, createInit(k), library.get('init')!);
  return k;
}

interface Run {
  readonly calls: number;
  readonly steps: number;
  readonly failure: Failure | null;
}

/** Steps between two looks at whether something went wrong; what is built until then is taken away with the rest. */
const STRIDE = 64;

/** Counts what a run does, and notices the first call that does not do what the plan says. */
class Watch {
  calls = 0;
  steps = 0;
  failure: Failure | null = null;
  readonly #k: Kernel;
  readonly #onStep: RestoreOptions['onStep'];

  constructor(k: Kernel, onStep: RestoreOptions['onStep']) {
    this.#k = k;
    this.#onStep = onStep;
  }

  observe(actor: Actor): void {
    this.steps++;
    const { notes } = this.#k.machine.store;
    for (const { type } of notes) {
      if (type === 'call.enter') this.calls++;
      else if (type.startsWith('program.')) this.failure ??= failureIn(this.#k, notes);
    }
    this.#onStep?.(this.#k, actor);
  }
}

/** Runs until everybody waits, or something does not do what the plan says. */
function runPlan(k: Kernel, { schedulePolicy, onStep }: RestoreOptions): Run {
  const runner = new Runner(k.machine, schedulePolicy);
  const watch = new Watch(k, onStep);
  const observe = (actor: Actor) => watch.observe(actor);
  while (watch.failure === null && runner.run(STRIDE, observe) === 'out-of-steps');
  dismiss(k.machine);
  const { calls, steps, failure } = watch;
  return { calls, steps, failure: failure ?? stuckTask(k) };
}

/** The runner of a run that is over hears of nothing any more. */
function dismiss(machine: Machine): void {
  machine.store.onChange = null;
  machine.store.watched.clear();
  machine.onBirth = null;
}

function failed(plan: Plan, { calls, steps }: { calls: number; steps: number }, failure: Failure | null): Restore {
  return {
    restored: NOTHING,
    calls,
    steps,
    verified: false,
    differences: [],
    hazards: hazardsOf(plan),
    losses: plan.losses,
    obstacles: plan.obstacles,
    failure,
    kernel: null,
  };
}

const hazardsOf = ({ obstacles, losses }: Plan): Foreseen[] =>
  [...obstacles, ...losses].filter(({ hazard }) => hazard !== null);
