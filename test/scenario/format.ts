import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { namePattern } from '../../src/scenario/schema.ts';
import { parseProgram } from '../../src/userland/language/parse.ts';
import { mistakes, scenarioWith } from './helpers/scenario.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/scenario-format.md'), 'utf8');
const calls = new Set(['clone', 'exit', 'fork', 'kill', 'msgget', 'open', 'rt_sigaction', 'vfork', 'wait4', 'write']);

/** The examples in a table of a section: the code in its second column. */
function examples(heading: string): string[] {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`))!;
  const cells = [...section.matchAll(/^\| [^|]+ \| ((?:\\\||[^|])+) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!.replaceAll('\\|', '|')));
}

const programMistakes = (text: string) => {
  const parsed = parseProgram('p', text, { file: 'page', line: 1, column: 1 }, calls);
  return parsed.ok ? [] : parsed.diagnostics.map(({ message }) => message);
};

test('the scenario on top of the page is a scenario, and the kernel below it a kernel', (t) => {
  const [whole, kernel] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
  t.deepEqual(mistakes(whole!), []);
  t.deepEqual(mistakes(scenarioWith(kernel!)), []);
});

for (const code of examples('Programs')) {
  test(`the page's statement reads: ${code}`, (t) => {
    t.deepEqual(programMistakes(code), []);
  });
}

for (const code of new Set([...examples('Values'), ...examples('What is compared')])) {
  test(`the page's value reads: ${code}`, (t) => {
    t.deepEqual(programMistakes(code.startsWith('wait4') ? code : `exit(${code})`), []);
  });
}

for (const code of examples('schedule')) {
  test(`the page's schedule reads: ${code}`, (t) => {
    const names = [...code.matchAll(/(\w+)@/g)].map(([, name]) => name!).filter((name) => namePattern.test(name));
    const programs = ['init', ...names].map((name) => `${name}: exit(0)`).join(', ');
    t.deepEqual(mistakes(`title: t\nprograms: { ${programs} }\n${code}`), []);
  });
}

test('the page knows every key of the first level and of the kernel', (t) => {
  const schema = readFileSync(join(import.meta.dirname, '../../schema/scenario.schema.json'), 'utf8');
  const { properties } = JSON.parse(schema) as { properties: Record<string, { properties?: Record<string, unknown> }> };
  const { kernel, expect } = properties;
  const limits = (kernel!.properties!.limits as { properties: object }).properties;
  for (const keys of [properties, kernel!.properties!, limits, expect!.properties!]) {
    for (const key of Object.keys(keys)) t.true(page.includes(`\`${key}\``), key);
  }
});
