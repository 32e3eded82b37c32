import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { root, thaw } from './helpers/thaw.ts';

/** A command in a document, and what the document says that it prints. */
interface Example {
  readonly words: readonly string[];
  readonly output: string[];
  code?: number;
}

/** The commands in the `console` blocks of a document; `$ echo $?` is about the command before. */
function examplesIn(text: string): Example[] {
  const examples: Example[] = [];
  let asked = false;
  for (const [, block] of text.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const line of block!.trimEnd().split('\n')) {
      const command = /^\$ thaw (.*)$/.exec(line)?.[1];
      if (command !== undefined) examples.push({ words: command.split(' '), output: [] });
      else if (line === '$ echo $?') asked = true;
      else if (asked) {
        examples.at(-1)!.code = Number(line);
        asked = false;
      } else examples.at(-1)!.output.push(line);
    }
  }
  return examples;
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Whether lines are what a document shows, where a line `…` stands for any lines and `…` in a line for any text. */
function shows(output: readonly string[]): RegExp {
  const pattern = output.map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literal).join('.*')}\n`));
  return new RegExp(`^${pattern.join('')}$`);
}

for (const document of ['README.md', 'docs/trace.md', 'docs/hazards.md', 'docs/netlink.md']) {
  for (const { words, output, code } of examplesIn(readFileSync(join(root, document), 'utf8'))) {
    test(`${document} shows what "thaw ${words.join(' ')}" prints`, async (t) => {
      const ended = await thaw(words);
      t.regex(`${[ended.stdout, ended.stderr].filter((text) => text !== '').join('\n')}\n`, shows(output));
      if (code !== undefined) t.is(ended.code, code);
    });
  }
}
