import test from 'ava';
import { printProgram } from '../../src/userland/language/print.ts';
import { race, scenario, scenarioWith } from './helpers/scenario.ts';

test('a scenario holds what its file says, and defaults for the rest', (t) => {
  const { programs, params, ...rest } = scenario(race);
  t.deepEqual(rest, {
    file: 'x.yaml',
    title: 'A neighbour takes the pid',
    about: '',
    kernel: {
      profile: '2.6.26',
      fixes: [],
      limits: { pid_max: 32768 },
      files: new Map(),
      credentials: { uid: 0, gid: 0, groups: [], capabilities: 'all' },
    },
    restoreMode: 'sequential',
    places: {},
    budget: {},
    expect: { hazards: ['P6'] },
  });
  t.deepEqual(
    [...params],
    [
      ['pid', 5000],
      ['neighbours', 1],
    ],
  );
  t.deepEqual([...programs.keys()], ['init', 'restorer', 'neighbour', 'worker']);
  t.is(printProgram(programs.get('neighbour')!), 'fork(worker)\n');
});

test('limits are numbers, pairs of a soft and a hard one, or unlimited', (t) => {
  const { limits } = scenario(
    scenarioWith('kernel: { limits: { sem: 32 1024 16 8, nofile: 64, nproc: [10, 20], memlock: unlimited } }'),
  ).kernel;
  t.deepEqual(limits, {
    sem: { semmsl: 32, semmns: 1024, semopm: 16, semmni: 8 },
    nofile: { soft: 64, hard: 64 },
    nproc: { soft: 10, hard: 20 },
    memlock: { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY },
  });
  t.deepEqual(scenario(scenarioWith('kernel: { limits: { sem: [1, 2, 3, 4] } }')).kernel.limits.sem, {
    semmsl: 1,
    semmns: 2,
    semopm: 3,
    semmni: 4,
  });
});

test('files have modes in octal and contents in bytes', (t) => {
  const { files } = scenario(scenarioWith('kernel: { files: { /tmp/a: { mode: 0600, content: é }, /b: {} } }')).kernel;
  t.deepEqual(
    [...files],
    [
      ['/tmp/a', { mode: 0o600, uid: 0, gid: 0, content: '\xc3\xa9' }],
      ['/b', { mode: 0o644, uid: 0, gid: 0, content: '' }],
    ],
  );
});

test('pid 1 is root with every capability, or somebody with none, unless the file lists them', (t) => {
  const start = (keys: string) => scenario(scenarioWith(`kernel: { credentials: { ${keys} } }`)).kernel.credentials;
  t.deepEqual(start('uid: 1000'), { uid: 1000, gid: 0, groups: [], capabilities: [] });
  t.deepEqual(start('capabilities: [CAP_KILL]').capabilities, ['CAP_KILL']);
  t.deepEqual(start('uid: 1, gid: 2, groups: [3], capabilities: all').capabilities, 'all');
});

test('a schedule is a file, constraints or choices', (t) => {
  const pin = (keys: string) => scenario(scenarioWith(keys)).schedule;
  t.deepEqual(pin('schedule: lost-pid.json'), { kind: 'file', file: 'lost-pid.json', constraints: [] });
  t.deepEqual(pin('schedule: [0, 2, 1]'), { kind: 'choices', choices: [0, 2, 1] });
  t.like(pin('schedule: [init@fork#2 before worker/2@exit]'), {
    kind: 'constraints',
    constraints: [
      {
        earlier: { program: 'init', task: 1, call: 'fork', occurrence: 2 },
        later: { program: 'worker', task: 2, call: 'exit', occurrence: 1 },
      },
    ],
  });
  t.is(pin(''), undefined);
});

test('an image takes the place of init, and its programs have names of their own', (t) => {
  const read = scenario(
    'title: t\nimage: a.yaml\nrestore: { mode: parallel }\nschedule: [restore-1@fork before x@exit]'.replace(
      'restore-1',
      'r1',
    ),
  );
  t.like(read, { image: 'a.yaml', restoreMode: 'parallel' });
});

test('expectations and budgets are kept as they are', (t) => {
  const read = scenario(
    scenarioWith('expect: { deadlock: true, outcome: sometimes }\nbudget: { states: 10, steps: 20 }'),
  );
  t.deepEqual(read.expect, { deadlock: true, outcome: 'sometimes' });
  t.deepEqual(read.budget, { states: 10, steps: 20 });
});

test('--set changes a parameter to a value of the same kind', (t) => {
  const text = scenarioWith('params: { pid: 5000, name: q }');
  const set = (settings: Record<string, string>) => [...scenario(text, { set: settings }).params.values()];
  t.deepEqual(set({ pid: '0x10' }), [16, 'q']);
  t.deepEqual(set({ pid: '-1', name: '7' }), [-1, '7']);
  t.deepEqual(set({ pid: '010', name: 'é' }), [8, '\xc3\xa9']);
});

test('the command line wins over the file', (t) => {
  const text = scenarioWith('kernel: { profile: 6.x, fixes: [N1], interface: ns_last_pid }');
  t.like(scenario(text).kernel, { profile: '6.x', fixes: ['N1'], interface: 'ns_last_pid' });
  t.like(scenario(text, { fixes: 'all', profile: '2.6.26', interface: 'next_syscall_data' }).kernel, {
    profile: '2.6.26',
    fixes: 'all',
    interface: 'next_syscall_data',
  });
  t.deepEqual(scenario(text, { fixes: ['p6'] }).kernel.fixes, ['P6']);
});

test('anchors and aliases save repetition', (t) => {
  const read = scenario('title: t\nprograms:\n  init: &p |\n    exit(0)\n  worker: *p\n');
  t.is(printProgram(read.programs.get('worker')!), 'exit(0)\n');
});
