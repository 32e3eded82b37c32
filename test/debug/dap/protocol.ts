import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import test, { type ExecutionContext } from 'ava';

const scenario = `title: Two that make a queue
programs:
  init: |
    fork(maker)
    fork(maker)
    repeat 2 { wait4(-1, _, 0, NULL) }
    pause()
  maker: |
    q = msgget(0x4d51, IPC_CREAT|0600)
    exit(0)
`;

const thaw = join(import.meta.dirname, '../../../src/cli/main.ts');

interface Stopped {
  readonly body: { readonly threadId: number; readonly reason: string };
}

/** Waits for the session to stand still after what \`act\` sets going. */
async function stopsAfter(client: DebugClient, act: () => Promise<unknown>): Promise<Stopped['body']> {
  const [event] = await Promise.all([client.waitForEvent('stopped'), act()]);
  return (event as unknown as Stopped).body;
}

/** The part of the client that talks to an adapter however it was started. */
interface Connecting {
  connect(from: Readable, to: Writable): void;
}

/** An adapter on stdio with the protocol's own client, and a scenario for it to launch. */
function adapter(t: ExecutionContext): { client: DebugClient; program: string } {
  const program = join(mkdtempSync(join(tmpdir(), 'thaw-dap-')), 'queue.yaml');
  writeFileSync(program, scenario);
  const client = new DebugClient('node', thaw, 'thaw');
  // The client would start the adapter without the argument that makes thaw speak the protocol.
  const started = spawn(process.execPath, [thaw, 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
  (client as unknown as Connecting).connect(started.stdout, started.stdin);
  t.teardown(() => started.kill());
  return { client, program };
}

test('an editor launches a scenario, stops at a line, steps forward and back, and looks at a task', async (t) => {
  const { client, program } = adapter(t);
  const { body: can } = await client.initializeRequest();
  t.true(can?.supportsStepBack);
  t.true(can?.supportsDataBreakpoints);
  await Promise.all([client.waitForEvent('initialized'), client.launchRequest({ program } as never)]);
  const set = await client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: 9 }] });
  t.like(set.body.breakpoints[0], { verified: true, line: 9 });

  const first = await stopsAfter(client, () => client.configurationDoneRequest());
  t.is(first.reason, 'breakpoint');
  const { threads } = (await client.threadsRequest()).body;
  t.deepEqual(
    threads.map(({ name }) => name),
    ['1 (init)', '2 (maker)', '3 (maker/2)'],
  );

  const { threadId } = first;
  const { stackFrames } = (await client.stackTraceRequest({ threadId })).body;
  t.like(stackFrames[0], { name: 'msgget, before idr.pre_get', line: 9, source: { path: program } });
  t.is(stackFrames[1]?.name, 'maker');

  const { scopes } = (await client.scopesRequest({ frameId: stackFrames[0]!.id })).body;
  t.deepEqual(
    scopes.map(({ name }) => name),
    ['Task', 'Kernel objects', 'Locks'],
  );
  const { variables } = (await client.variablesRequest({ variablesReference: scopes[0]!.variablesReference })).body;
  t.is(variables.find(({ name }) => name === 'task')?.value, 'task 2 (maker)');

  t.is((await stopsAfter(client, () => client.nextRequest({ threadId }))).reason, 'step');
  t.is((await client.evaluateRequest({ expression: 'result' })).body.result.length > 0, true);
  const after = (await client.stackTraceRequest({ threadId })).body.stackFrames;
  t.is(after[0]?.line, 10);
  await stopsAfter(client, () => client.stepBackRequest({ threadId }));
  t.is((await client.stackTraceRequest({ threadId })).body.stackFrames[0]?.line, 9);
  await client.disconnectRequest();
});

test('a data breakpoint stops forward after a change and back before it', async (t) => {
  const { client, program } = adapter(t);
  await client.initializeRequest();
  await Promise.all([
    client.waitForEvent('initialized'),
    client.launchRequest({ program, stopOnEntry: true } as never),
  ]);
  await stopsAfter(client, () => client.configurationDoneRequest());
  const info = (await client.dataBreakpointInfoRequest({ name: 'msg(0)' })).body;
  t.is(info.dataId, 'msg(0)');
  await client.setDataBreakpointsRequest({ breakpoints: [{ dataId: info.dataId! }] });
  t.is((await stopsAfter(client, () => client.continueRequest({ threadId: 1 }))).reason, 'data breakpoint');
  t.is((await client.evaluateRequest({ expression: 'msg(0)' })).body.result, 'msg_queue 0');
  t.is((await stopsAfter(client, () => client.continueRequest({ threadId: 1 }))).reason, 'end');
  t.is((await stopsAfter(client, () => client.reverseContinueRequest({ threadId: 1 }))).reason, 'data breakpoint');
  t.is((await client.evaluateRequest({ expression: 'msg(0)' })).body.result, 'NULL');
  await client.disconnectRequest();
});

test('a call can be broken on by name, and its frame restarted', async (t) => {
  const { client, program } = adapter(t);
  await client.initializeRequest();
  await Promise.all([
    client.waitForEvent('initialized'),
    client.launchRequest({ program, stopOnEntry: true } as never),
  ]);
  await stopsAfter(client, () => client.configurationDoneRequest());
  const set = await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'msgget' }, { name: 'msgqet' }] });
  t.true(set.body.breakpoints[0]?.verified);
  t.regex(set.body.breakpoints[1]?.message ?? '', /did you mean "msgget"/);
  const { threadId } = await stopsAfter(client, () => client.continueRequest({ threadId: 1 }));
  await stopsAfter(client, () => client.stepInRequest({ threadId }));
  const frames = (await client.stackTraceRequest({ threadId })).body.stackFrames;
  await stopsAfter(client, () => client.restartFrameRequest({ frameId: frames[0]!.id }));
  t.is((await client.stackTraceRequest({ threadId })).body.stackFrames[0]?.name, 'user mode');
  await client.disconnectRequest();
});

test('a scenario that cannot be loaded is refused with its place, and the adapter lives on', async (t) => {
  const { client, program } = adapter(t);
  writeFileSync(program, scenario.replace('pause()', 'paus()'));
  await client.initializeRequest();
  await t.throwsAsync(async () => client.launchRequest({ program } as never), {
    message: /unknown call "paus"; did you mean "pause"/,
  });
  writeFileSync(program, scenario);
  await Promise.all([client.waitForEvent('initialized'), client.launchRequest({ program } as never)]);
  await client.disconnectRequest();
});

test('a bad expression and an unknown request are answered with what is wrong', async (t) => {
  const { client, program } = adapter(t);
  await client.initializeRequest();
  await t.throwsAsync(async () => client.threadsRequest(), { message: /nothing was launched/ });
  await Promise.all([
    client.waitForEvent('initialized'),
    client.launchRequest({ program, stopOnEntry: true } as never),
  ]);
  await stopsAfter(client, () => client.configurationDoneRequest());
  await t.throwsAsync(async () => client.evaluateRequest({ expression: 'task(' }), { message: /\^/ });
  await t.throwsAsync(async () => client.customRequest('fly'), { message: /does not know the request fly/ });
  await client.disconnectRequest();
});

test('on a port of the loopback interface each connection debugs a scenario of its own', async (t) => {
  const program = join(mkdtempSync(join(tmpdir(), 'thaw-dap-')), 'queue.yaml');
  writeFileSync(program, scenario);
  const started = spawn(process.execPath, [thaw, 'dap', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(() => started.kill());
  const port = await new Promise<number>((resolve) => {
    started.stderr.on('data', (text: Buffer) => {
      const found = /127\.0\.0\.1:(\d+)/.exec(text.toString());
      if (found !== null) resolve(Number(found[1]));
    });
  });
  for (let i = 0; i < 2; i++) {
    const client = new DebugClient('node', thaw, 'thaw');
    await client.start(port);
    await client.initializeRequest();
    await Promise.all([
      client.waitForEvent('initialized'),
      client.launchRequest({ program, stopOnEntry: true } as never),
    ]);
    const { reason } = await stopsAfter(client, () => client.configurationDoneRequest());
    t.is(reason, 'entry');
    await client.disconnectRequest();
  }
});

test('an editor launches an image: the plan that restores it is its source', async (t) => {
  const { client } = adapter(t);
  await client.initializeRequest();
  const program = join(import.meta.dirname, '../../../scenarios/demo/tree.image.yaml');
  await Promise.all([client.waitForEvent('initialized'), client.launchRequest({ program, fixes: 'P3' } as never)]);
  const { content } = (await client.sourceRequest({ sourceReference: 1 })).body;
  const line = content.split('\n').findIndex((text) => text.includes('fork(')) + 1;
  const source = { sourceReference: 1 };
  const set = await client.setBreakpointsRequest({ source, breakpoints: [{ line }] });
  t.like(set.body.breakpoints[0], { verified: true, line });
  const { threadId } = await stopsAfter(client, () => client.configurationDoneRequest());
  const { stackFrames } = (await client.stackTraceRequest({ threadId })).body;
  t.like(stackFrames[0], { line, source: { name: 'the plan of tree.image.yaml', sourceReference: 1 } });
  await client.disconnectRequest();
});

test('an image that cannot be restored, and a schedule of another scenario, are refused with the reason', async (t) => {
  const { client, program } = adapter(t);
  await client.initializeRequest();
  const image = join(import.meta.dirname, '../../../scenarios/demo/tree.image.yaml');
  await t.throwsAsync(client.launchRequest({ program: image } as never), { message: /cannot be restored: P3/ });
  const schedule = join(program, '../other.schedule.yaml');
  const start = 'version: 1\nscenario: Another\nhazard: P6\ntask: init\npreemptions: 0\nconstraints: []\n';
  writeFileSync(schedule, `${start}schedule: []\n`);
  await t.throwsAsync(client.launchRequest({ program, schedule } as never), {
    message: /the schedule is of "Another"/,
  });
});
