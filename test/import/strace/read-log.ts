import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import { gather, maxLineLength, readLog } from '../../../src/import/strace/read-log.ts';
import type { RecordedCall, Recording } from '../../../src/import/strace/recording.ts';

async function read(...pieces: readonly string[]): Promise<Recording> {
  const result = await gather('log', pieces);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const calls = ({ events }: Recording): RecordedCall[] =>
  events.flatMap((event) => (event.kind === 'enter' ? [event.call] : []));

test('the halves of a split call are put together, and the call knows both lines', async (t) => {
  const log = await read(
    '4 wait4(5,  <unfinished ...>\n5 exit_group(3) = ?\n4 <... wait4 resumed>NULL, 0, NULL) = 5\n',
  );
  const [wait] = calls(log);
  t.is(wait?.text, 'wait4(5, NULL, 0, NULL) = 5');
  t.deepEqual([wait?.line, wait?.endLine, wait?.result], [1, 3, { kind: 'value', value: 5, remark: '' }]);
});

test('a log may come in pieces of any size', async (t) => {
  const text = '4 getpid() = 4\n4 kill(4, SIGUSR1) = 0\n4 +++ exited with 0 +++\n';
  const whole = await read(text);
  t.deepEqual((await read(...text.split(/(?<=.)/s))).events, whole.events);
});

test('an interrupted call has the restart code as its result', async (t) => {
  const [call] = calls(await read('4 pause() = ? ERESTARTNOHAND (To be restarted if no handler)\n'));
  t.deepEqual(call?.result, { kind: 'errno', errno: 'ERESTARTNOHAND' });
});

test('a task killed inside a call leaves it without a result', async (t) => {
  const killed =
    '4 pause( <unfinished ...>\n4 <... pause resumed> <unfinished ...>) = ?\n4 +++ killed by SIGKILL +++\n';
  for (const text of [
    killed,
    '4 pause( <unfinished ...>\n4 +++ killed by SIGKILL +++\n',
    '4 pause( <unfinished ...>\n',
  ]) {
    const log = await read(text);
    t.deepEqual(
      calls(log).map(({ result }) => result.kind),
      ['none'],
      text,
    );
    t.is(log.unreadable.count, 0);
  }
});

test('paths behind descriptors (-y) and times behind calls (-T) are taken away, but not out of strings', async (t) => {
  const log = await read(
    '4 openat(AT_FDCWD</root>, "a3<b>", O_RDONLY) = 3</root/a3\\74b\\76> <0.000012>\n4 pipe([3<pipe:[7]>, 4<pipe:[7]>]) = 0\n',
  );
  t.deepEqual(
    calls(log).map(({ text }) => text),
    ['openat(AT_FDCWD, "a3<b>", O_RDONLY) = 3', 'pipe([3, 4]) = 0'],
  );
});

test('numbers of another pid namespace are remarks', async (t) => {
  const [call] = calls(await read("105 getpid() = 1 /* 105 in strace's PID NS */\n"));
  t.deepEqual(call?.result, { kind: 'value', value: 1, remark: '' });
});

test('a call whose arguments nobody can read keeps its name and result', async (t) => {
  const [call] = calls(await read('4 frobnicate(<odd>, }{) = -1 ENOSYS (Function not implemented)\n'));
  t.deepEqual([call?.name, call?.args, call?.result], ['frobnicate', null, { kind: 'errno', errno: 'ENOSYS' }]);
});

test('lines of other programs in between are counted, shown and passed over', async (t) => {
  const log = await read('4 getpid() = 4\nhello from the program\n4 getppid() = 1\n5 <... read resumed>) = 0\n');
  t.is(calls(log).length, 2);
  t.is(log.unreadable.count, 2);
  t.deepEqual(
    log.unreadable.first.map(({ line }) => line),
    [2, 4],
  );
});

test('midnight does not make time go backwards', async (t) => {
  const log = await read('4 23:59:59 getpid() = 4\n4 00:00:01 getpid() = 4\n');
  t.deepEqual(
    log.events.map(({ time }) => time),
    [86_399, 86_399, 86_401, 86_401],
  );
});

const refused: readonly [title: string, text: string, message: RegExp][] = [
  ['an empty file', '', /^log:1: the log is empty/],
  ['a log of another tool', 'Nov 21 host sshd[1]: Accepted password\n'.repeat(5), /^log:1: .*strace -f is expected/],
  ['binary data', '\x7fELF\x02\x01\x00\xff'.repeat(100), /^log:1: /],
  ['a log that turns into something else', `4 getpid() = 4\n${'not a call\n'.repeat(2000)}`, /^log:2: /],
];

for (const [title, text, message] of refused) {
  test(`${title} is refused with file and line`, async (t) => {
    const result = await gather('log', [text]);
    t.regex(result.ok ? '' : result.message, message);
  });
}

test('a line of any length costs no more than the bound', async (t) => {
  const piece = 'x'.repeat(maxLineLength / 4);
  const log = await read(
    '4 getpid() = 4\n4 write(1, "',
    ...Array.from({ length: 40 }, () => piece),
    '\n4 getppid() = 1\n',
  );
  t.is(calls(log).length, 2);
  t.regex(log.unreadable.first[0]!.message, /longer than/);
});

test('reading stops at the bound of events and says so', async (t) => {
  const result = await gather(
    'log',
    (function* () {
      for (;;) yield '4 getpid() = 4\n';
    })(),
    { events: 1000, bytes: 1e9 },
  );
  t.regex(result.ok ? (result.value.cut ?? '') : result.message, /more than 1000 events/);
});

test('reading stops at the bound of bytes and says so', async (t) => {
  const endless = function* () {
    for (;;) yield '4 getpid() = 4\n';
  };
  const result = await gather('log', endless(), { events: 1e9, bytes: 20_000 });
  t.regex(result.ok ? (result.value.cut ?? '') : result.message, /longer than 20000 bytes/);
});

test('a missing file and a folder are messages', async (t) => {
  const missing = await readLog(join(tmpdir(), 'thaw-no-such-log'));
  t.regex(missing.ok ? '' : missing.message, /no such file/);
  const folder = await readLog(tmpdir());
  t.regex(folder.ok ? '' : folder.message, /is a directory/);
});

test('a file is read as bytes', async (t) => {
  const file = join(tmpdir(), `thaw-bytes-${process.pid}.strace`);
  await writeFile(file, Buffer.from('4 write(1, "\xff\xfe", 2) = 2\n', 'latin1'));
  const result = await readLog(file);
  t.true(result.ok);
});

test('whatever is read, there is an answer', async (t) => {
  const piece = oneof(
    string({ unit: 'binary', maxLength: 40 }),
    constantFrom(
      '4 getpid() = 4\n',
      '4 wait4(',
      ' <unfinished ...>\n',
      '4 <... wait4 resumed>',
      ') = ?\n',
      '"',
      '\\',
      '{',
      '[',
      '/*',
    ),
    constantFrom('--- SIGUSR1 {', '} ---\n', '+++ exited with ', '0 +++\n', '<0.1>', '= -1 E', '\n', '3<', '>'),
  );
  await assert(
    asyncProperty(array(piece, { maxLength: 60 }), async (pieces) => {
      const result = await gather('log', pieces);
      return result.ok ? result.value.events.length > 0 : result.message.startsWith('log:');
    }),
    { numRuns: 400 },
  );
  t.pass();
});
