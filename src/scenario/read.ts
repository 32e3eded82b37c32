// Reads a scenario from its text: YAML, schema, parameters, programs, constraints. Pure; load.ts has the file.
// The file format is docs/scenario-format.md. Left out on purpose: image and schedule files, which are only named here.

import { didYouMean } from '../userland/language/suggest.ts';
import { checkDocument } from './check.ts';
import { type Constraint, type ParsedConstraint, parseConstraint } from './constraint.ts';
import type { Diagnostic, Parsed } from './diagnostic.ts';
import { type Path, YamlDocument } from './document.ts';
import { chooseKernel } from './kernel-choice.ts';
import { paramValues } from './params.ts';
import { readPrograms } from './programs.ts';
import { hazard, type Overrides, type Reading, type Vocabulary } from './reading.ts';
import type { Place, Scenario, SchedulePin } from './scenario.ts';
import { type ScenarioFile, scenarioSchema } from './schema.ts';

/** Characters of a scenario file; more is refused unread. */
export const maxScenarioLength = 4 * 1024 * 1024;

/** Reads a scenario; `file` is what messages call it. Every mistake that can be told from the others is reported. */
export function readScenario(
  text: string,
  file: string,
  vocabulary: Vocabulary,
  overrides: Overrides = {},
): Parsed<Scenario> {
  if (text.length > maxScenarioLength) {
    const message = `longer than ${maxScenarioLength} characters, the most that is read`;
    return { ok: false, diagnostics: [{ file, line: 1, column: 1, length: 1, message, sourceLine: '' }] };
  }
  const document = YamlDocument.read(text, file);
  if (!document.ok) return document;
  const checked = checkDocument(document.value, scenarioSchema);
  if (!checked.ok) return checked;

  const diagnostics: Diagnostic[] = [];
  const reading: Reading = {
    document: document.value,
    vocabulary,
    overrides,
    mistake: (path, message, about) => diagnostics.push(document.value.problem(path, message, about)),
  };
  const scenario = assemble(checked.value, reading, diagnostics);
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: scenario };
}

function assemble(source: ScenarioFile, reading: Reading, diagnostics: Diagnostic[]): Scenario {
  const { document, vocabulary, overrides, mistake } = reading;
  const { params, mistakes } = paramValues(source.params ?? {}, overrides.set ?? {});
  for (const message of mistakes) mistake(['params'], message, 'key');

  const texts = source.programs ?? {};
  const programs = readPrograms(document, texts, params.keys(), vocabulary);
  if (!programs.ok) diagnostics.push(...programs.diagnostics);
  if (source.image === undefined && !Object.hasOwn(texts, 'init')) {
    mistake(['programs'], 'pid 1 runs the program init, and there is none', 'key');
  }
  if (source.image === undefined && source.restore !== undefined) {
    mistake(['restore'], 'there is nothing to restore without an image', 'key');
  }
  const schedule = source.schedule === undefined ? undefined : readSchedule(source, source.schedule, reading);
  const hazards = source.expect?.hazards?.map((word, i) => hazard(word, ['expect', 'hazards', i], reading));
  return {
    file: document.file,
    title: source.title,
    about: source.about ?? '',
    kernel: chooseKernel(source.kernel ?? {}, reading),
    params,
    programs: programs.ok ? programs.value : new Map(),
    ...(source.image !== undefined && { image: source.image }),
    restoreMode: source.restore?.mode ?? 'sequential',
    ...(source.restore?.signals !== undefined && { restoreSignals: source.restore.signals }),
    ...(schedule !== undefined && { schedule }),
    places: {
      ...(source.image !== undefined && { image: placeOf(['image'], document) }),
      ...(typeof source.schedule === 'string' && { schedule: placeOf(['schedule'], document) }),
    },
    budget: { ...source.budget },
    expect: { ...source.expect, ...(hazards !== undefined && { hazards: [...new Set(hazards)] }) },
  };
}

function placeOf(path: Path, document: YamlDocument): Place {
  const { message: _, ...place } = document.problem(path, '');
  return place;
}

function readSchedule(
  source: ScenarioFile,
  schedule: NonNullable<ScenarioFile['schedule']>,
  reading: Reading,
): SchedulePin {
  if (typeof schedule === 'string') return { kind: 'file', file: schedule, constraints: [] };
  const choices = schedule.filter((choice) => typeof choice === 'number');
  if (choices.length === schedule.length) return { kind: 'choices', choices };
  const constraints = schedule.flatMap((text, i): Constraint[] => {
    const parsed = parseConstraint(String(text));
    if (parsed.ok) checkPoints(parsed.constraint, ['schedule', i], source, reading);
    else reading.mistake(['schedule', i], complaint(String(text), parsed));
    return parsed.ok ? [parsed.constraint] : [];
  });
  return { kind: 'constraints', constraints };
}

function complaint(text: string, { offset, message }: Extract<ParsedConstraint, { ok: false }>): string {
  const rest = text.slice(offset).trim();
  return rest === ''
    ? `${message} at the end`
    : `${message} at "${rest.length > 40 ? `${rest.slice(0, 37)}...` : rest}"`;
}

/** A restored image brings programs of its own, whose names only the planner knows. */
function checkPoints(constraint: Constraint, path: Path, source: ScenarioFile, { vocabulary, mistake }: Reading): void {
  const names = Object.keys(source.programs ?? {});
  for (const { program, call } of [constraint.earlier, constraint.later]) {
    if (source.image === undefined && !names.includes(program)) {
      mistake(path, `unknown program "${program}"${didYouMean(program, names)}`);
    }
    if (!vocabulary.calls.has(call)) mistake(path, `unknown call "${call}"${didYouMean(call, vocabulary.calls)}`);
  }
}
