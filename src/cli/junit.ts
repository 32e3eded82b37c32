/** Test results as JUnit XML. */

import type { Answer } from '../explore/worker.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

const escapeXml = (text: string): string => text.replaceAll(/[&<>"\n]/g, (character) => entities[character] as string);

/** One suite with a case for each scenario. */
export function junit(answers: readonly Answer[], seconds: number): string {
  const failures = answers.filter(({ ok }) => !ok).length;
  const cases = answers.map(({ file, ok, message }) =>
    ok
      ? `  <testcase name="${escapeXml(file)}"/>`
      : `  <testcase name="${escapeXml(file)}"><failure message="${escapeXml(message)}"/></testcase>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="thaw" tests="${answers.length}" failures="${failures}" time="${seconds.toFixed(3)}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}
