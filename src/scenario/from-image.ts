/**
 * Scenarios that start from an image: the plan that restores it runs first, and each restored task goes on with the scenario's
 * program of its name, if there is one.
 *
 * A plan is a scenario like any other, so both become one: where the program of a planned task waits for ever, the scenario's
 * statements follow instead. A task's name is its comm; the scenario's `init` belongs to pid 1.
 */

import { CATALOGUE } from '../hazards/catalogue/index.ts';
import { profileOf } from '../kernel-sim/profile.ts';
import type { Image } from '../restorer/image/index.ts';
import { planImage } from '../restorer/plan/plan.ts';
import { listed, printPlan } from '../restorer/plan/print.ts';
import type { Program, Statement } from '../userland/language/ast.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { readScenario } from './read.ts';
import type { Vocabulary } from './reading.ts';
import type { Scenario } from './scenario.ts';

/** The scenario with the image's restore in front, or why it cannot be restored. */
export function startFromImage(
  scenario: Scenario,
  image: Image,
  vocabulary: Vocabulary,
): { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly message: string } {
  const { profile: base, fixes, architecture, series } = scenario.kernel;
  const profile = profileOf(base, fixes === 'all' ? CATALOGUE.map(({ id }) => id) : fixes, architecture, series);
  const plan = planImage(image, {
    profile,
    mode: scenario.restoreMode,
    ...(scenario.restoreSignals !== undefined && { signals: scenario.restoreSignals }),
    handlers: new Set(scenario.programs.keys()),
  });
  if (plan.obstacles.length > 0) {
    const reasons = plan.obstacles.map(({ hazard, message, tasks }) =>
      [`${scenario.image} cannot be restored: `, hazard === null ? '' : `${hazard}: `, message, listed(tasks)].join(''),
    );
    const { image: place } = scenario.places;
    const told = (message: string): string =>
      place === undefined ? `${scenario.file}: ${message}` : renderDiagnostic({ ...place, message });
    return { ok: false, message: reasons.map(told).join('\n') };
  }
  const text = [...printPlan(plan, scenario.title, profile)].join('');
  const planned = readScenario(text, `the plan of ${scenario.image}`, vocabulary);
  if (!planned.ok)
    throw new Error(`the plan of ${scenario.image} is no scenario: ${JSON.stringify(planned.diagnostics)}`);
  const { programs, kernel } = planned.value;
  const restored = [...programs.values()].map((program) => continued(program, scenario.programs));
  const own = [...scenario.programs.values()].filter(({ name }) => !programs.has(name));
  return {
    ok: true,
    scenario: {
      ...scenario,
      kernel: { ...scenario.kernel, files: new Map([...kernel.files, ...scenario.kernel.files]) },
      programs: new Map([...restored, ...own].map((program) => [program.name, program])),
    },
  };
}

/** A planned program with the scenario's in place of its last wait. Mistakes from there on are the scenario's. */
function continued(planned: Program, own: ReadonlyMap<string, Program>): Program {
  const next = own.get(planned.name.replace(/_\d+$/, ''));
  const last = planned.statements.at(-1);
  if (next === undefined || last === undefined || !isPause(last)) return planned;
  return { ...planned, source: next.source, statements: [...planned.statements.slice(0, -1), ...next.statements] };
}

const isPause = (statement: Statement): boolean => statement.kind === 'call' && statement.callee === 'pause';
