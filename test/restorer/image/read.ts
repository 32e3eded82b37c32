import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { imageJsonSchema, imageText, readImage } from '../../../src/restorer/image/index.ts';
import { image, ipc, queue, task } from './_images.ts';

const yaml = `version: 1
namespaces: { pid: own, ipc: shared }
tasks:
  - { state: zombie, pid: 5, ppid: 0, pgid: 5, sid: 5, comm: z, status: 0x700, credentials: unknown }
descriptorTables: []
openFiles: []
pipes: []
`;
const json = imageText(image([task(1)]), 'json');

const show = (text: string, file: string) => {
  const result = readImage(text, file);
  return result.ok
    ? []
    : result.errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
};

test('YAML for people is read, with octal and hexadecimal numbers', (t) => {
  const result = readImage(yaml, 'a.yaml');
  t.deepEqual(result.ok && result.image.tasks.map((task) => task.state === 'zombie' && task.status), [0x700]);
});

const wrongYaml: [title: string, text: string, errors: string[]][] = [
  ['an unknown key', `${yaml}colour: red\n`, ['a.yaml:8:1: colour: unknown key']],
  ['a key that would reach the prototype', `${yaml}__proto__: { pid: 1 }\n`, ['a.yaml:8:1: __proto__: unknown key']],
  [
    'a key in a task',
    yaml.replace('pid: 5,', 'pid: 5, constructor: 1,'),
    ['a.yaml:4:30: tasks.0.constructor: unknown key'],
  ],
  ['a negative number', yaml.replace('ppid: 0', 'ppid: -3'), ['a.yaml:4:30: tasks.0.ppid: expected number to be >=0']],
  ['a fraction', yaml.replace('sid: 5', 'sid: 5.5'), ['a.yaml:4:48: tasks.0.sid: expected int, received number']],
  [
    'a pid beyond every pid_max',
    yaml.replace('pid: 5,', 'pid: 4194305,'),
    ['a.yaml:4:22: tasks.0.pid: expected number to be <=4194304'],
  ],
  [
    'a name that is too long',
    yaml.replace('comm: z', 'comm: sixteen-chars-xx'),
    ['a.yaml:4:56: tasks.0.comm: expected string to have <=15 characters'],
  ],
  ['a missing key', yaml.replace(' comm: z,', ''), ['a.yaml:4:5: tasks.0.comm: expected string, which is missing']],
  [
    'another state',
    yaml.replace('zombie', 'asleep'),
    ["a.yaml:4:7: tasks.0.state: expected 'running' | 'stopped' | 'zombie'"],
  ],
  [
    'a word for unknown that is none',
    yaml.replace('unknown', 'dunno'),
    ['a.yaml:4:80: tasks.0.credentials: expected object, received string, or "unknown"'],
  ],
  [
    'a newer version',
    yaml.replace('version: 1', 'version: 2'),
    ['a.yaml:1:1: version: image version 2 is newer than this thaw, which reads up to version 1'],
  ],
  ['an older version than the first', yaml.replace('version: 1', 'version: 0'), ['a.yaml:1:1: version: expected 1']],
  [
    'a contradiction',
    yaml.replace('ppid: 0', 'ppid: 9'),
    ['a.yaml:4:30: tasks.0.ppid: the parent 9 of task 5 is not in the image'],
  ],
  ['a key twice', `${yaml}pipes: []\n`, ['a.yaml:8:1: the key pipes is there twice']],
  [
    'two documents',
    `${yaml}---\n${yaml}`,
    ['a.yaml:8:1: Source contains multiple documents; please use YAML.parseAllDocuments()'],
  ],
  ['a tag', yaml.replace('pipes: []', 'pipes: !!set {}'), ['a.yaml:7:1: pipes: expected array, received Set']],
  ['a strange tag', yaml.replace('pipes: []', 'pipes: !mine []'), ['a.yaml:7:8: Unresolved tag: !mine']],
  [
    'an alias to nothing',
    yaml.replace('pipes: []', 'pipes: *x'),
    ['a.yaml:1:1: Unresolved alias (the anchor must be set before the alias): x'],
  ],
  ['no text at all', '', ['a.yaml:1:1: expected object, received null']],
  ['aliases that double and double', bomb(), ['a.yaml:1:1: its aliases stand for too much']],
  ['lists that nest too deep', `a: ${'['.repeat(5000)}`, ['a.yaml:1:1: the file nests too deep for an image']],
  [
    'too much text',
    `# ${'x'.repeat(17 * 1024 * 1024)}`,
    ['a.yaml:1:1: the file is larger than 16777216 characters; an image of this size is read as JSON'],
  ],
];

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n++) lines.push(`a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]`);
  return lines.join('\n');
}

for (const [title, text, errors] of wrongYaml) {
  test(`YAML with ${title} is an error at its place`, (t) => {
    t.deepEqual(show(text, 'a.yaml'), errors);
  });
}

const wrongJson: [title: string, text: string, errors: string[]][] = [
  [
    'a negative number',
    json.replace('"ppid":0', '"ppid":-1'),
    ['a.json:5:28: tasks.0.ppid: expected number to be >=0'],
  ],
  [
    'a key that would reach the prototype',
    json.replace('"pid":1,', '"pid":1,"__proto__":{"a":1},'),
    ['a.json:5:28: tasks.0.__proto__: unknown key'],
  ],
  [
    'a trailing comma',
    json.replace('"pipes":[]', '"pipes":[],'),
    ['a.json:10:1: Expected double-quoted property name'],
  ],
  ['no end', json.slice(0, 60), ['a.json:4:6: Unterminated string']],
  ['nothing in it', '', ['a.json:1:1: Unexpected end of JSON input']],
  ['a list around it', `[${json}]`, ['a.json:1:1: expected object, received array']],
  ['lists that nest too deep', '['.repeat(100_000), ['a.json:1:1: the file nests too deep for an image']],
];

for (const [title, text, errors] of wrongJson) {
  test(`JSON with ${title} is an error at its place`, (t) => {
    t.deepEqual(show(text, 'a.json'), errors);
  });
}

test('a file that starts as JSON is read as JSON, whatever its name', (t) => {
  t.true(readImage(json, 'a.image').ok);
  t.regex(show(`${json}}`, 'a.image')[0]!, /Unexpected non-whitespace character after JSON/);
});

test('many errors are counted, not all listed', (t) => {
  const tasks = Array.from({ length: 50 }, (_, index) => task(index + 1, { ppid: 99 }));
  const errors = show(imageText(image(tasks), 'json'), 'a.json');
  t.is(errors.length, 21);
  t.regex(errors[20]!, /and 30 more/);
});

test('byte strings may be text or base64, and hold any byte', (t) => {
  const read = (text: string) => {
    const result = readImage(
      imageText(image([], { ipc: ipc({ msg: [queue(0)] }) }), 'json').replace(
        '"messages":[]',
        `"messages":[{"type":1,"text":${text}}]`,
      ),
      'a.json',
    );
    return result.ok ? result.image.ipc!.msg[0]!.messages : result.errors[0]!.message;
  };
  t.deepEqual(read('"caf\\u00e9"'), [{ type: 1, text: 'caf\xe9' }]);
  t.deepEqual(read('{"base64":"Y2Fm6Q=="}'), [{ type: 1, text: 'caf\xe9' }]);
  t.deepEqual(read('{"base64":""}'), [{ type: 1, text: '' }]);
  t.is(read('"\\u0100"'), 'ipc.msg.0.messages.0.text: a byte string may hold characters U+0000 to U+00FF only');
  t.is(read('{"base64":"Y2F"}'), 'ipc.msg.0.messages.0.text.base64: not base64');
});

test('whatever the text, the answer is an image or errors with places', (t) => {
  const good = [
    yaml,
    json,
    imageText(image([task(1), task(2, { ppid: 1 })], { ipc: ipc({ msg: [queue(3)] }) }), 'yaml'),
  ];
  const mutated = fc
    .record({
      text: fc.constantFrom(...good),
      at: fc.nat(),
      cut: fc.nat({ max: 20 }),
      put: fc.string({ maxLength: 12, unit: 'binary' }),
    })
    .map(({ text, at, cut, put }) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut));
  const truncated = fc
    .record({ text: fc.constantFrom(...good), at: fc.nat() })
    .map(({ text, at }) => text.slice(0, at % text.length));
  const anything = fc.oneof(mutated, truncated, fc.string({ unit: 'binary' }), fc.json());
  fc.assert(
    fc.property(anything, fc.constantFrom('a.yaml', 'a.json'), (text, file) => {
      const result = readImage(text, file);
      return (
        result.ok || (result.errors.length > 0 && result.errors.every(({ line, column }) => line > 0 && column > 0))
      );
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

test('the JSON Schema in the project is the one that thaw prints', (t) => {
  const file = join(import.meta.dirname, '../../../schema/image.schema.json');
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), imageJsonSchema());
});

test('the example in the documentation is an image', (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/image-format.md'), 'utf8');
  t.deepEqual(show(/```yaml\n(.*?)```/s.exec(page)![1]!, 'image-format.md'), []);
});
