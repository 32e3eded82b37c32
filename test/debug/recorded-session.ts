import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { record, withRecording } from '../../scripts/record-debugging.ts';

const page = join(import.meta.dirname, '../../docs/debugging.md');

test('the session in docs/debugging.md is what the debugger shows now', async (t) => {
  const text = readFileSync(page, 'utf8');
  t.is(text, withRecording(text, await record()), 'run node scripts/record-debugging.ts');
});

test('the recorded session finds N10, goes back, and sees it vanish in the other order', async (t) => {
  const recording = await record();
  const [found, vanished] = recording.split('for the other order.');
  t.regex(found ?? '', /HAZARD N10/);
  t.regex(found ?? '', /print result\n5001\n/);
  t.regex(vanished ?? '', /print result\n5000\n/);
  t.regex(vanished ?? '', /No hazard has become certain up to here\./);
  t.notRegex(vanished ?? '', /HAZARD/);
});
