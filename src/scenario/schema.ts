// The keys of a scenario file, as a schema: it checks files, and as JSON Schema it lets editors complete and check them.
// What needs to know the system calls, the hazards or the programs themselves is checked in read.ts.

import { z } from 'zod';
import { ALTERNATIVES } from '../kernel-sim/profile.ts';
import { expected } from './expected.ts';

/** What a name of a program or a parameter looks like. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_]*$/;

/** The keys of `limits`. */
const sysctls = {
  threads_max: 'kernel.threads-max: threads in the system',
  msgmni: 'kernel.msgmni: message queues in an ipc namespace',
  msgmax: 'kernel.msgmax: bytes of one message',
  msgmnb: 'kernel.msgmnb: bytes that a new queue holds',
  shmmni: 'kernel.shmmni: shared memory segments in an ipc namespace',
  shmmax: 'kernel.shmmax: bytes of one segment',
  shmall: 'kernel.shmall: pages of all segments',
  mq_queues_max: 'fs.mqueue.queues_max: POSIX queues in an ipc namespace',
  mq_msg_max: 'fs.mqueue.msg_max: messages in one POSIX queue',
  idr_spare_layers: 'spare idr layers that creators of IPC objects share: 12, less to inject their running out (I2)',
  mq_msgsize_max: 'fs.mqueue.msgsize_max: bytes of one message of a POSIX queue',
} as const;

const resources = {
  nofile: 'RLIMIT_NOFILE: one more than the highest descriptor',
  nproc: 'RLIMIT_NPROC: processes of a user',
  sigpending: 'RLIMIT_SIGPENDING: queued signals of a user',
  msgqueue: 'RLIMIT_MSGQUEUE: bytes in POSIX queues of a user',
  memlock: 'RLIMIT_MEMLOCK: bytes locked in memory',
} as const;

const text = (what: string) => z.string(expected(what)).min(1, expected(what));
const count = (what = 'a whole number from 0') => z.int(expected(what)).min(0, expected(what));
const mapping = 'a mapping';

const limit = z
  .union(
    [count(), z.tuple([count(), count()]), z.literal('unlimited')],
    expected('a number, [soft, hard] or unlimited'),
  )
  .optional();

const pidMax = 'a number from 301 to 4194304';

const limits = z.strictObject(
  {
    pid_max: z
      .int(expected(pidMax))
      .min(301, expected(pidMax))
      .max(4_194_304, expected(pidMax))
      .optional()
      .meta({ description: 'kernel.pid_max: numbers stay below it' }),
    ...mapKeys(sysctls, (about) => count().optional().meta({ description: about })),
    sem: z
      .union(
        [z.string().regex(/^\d+\s+\d+\s+\d+\s+\d+$/), z.tuple([count(), count(), count(), count()])],
        expected('four numbers: semmsl, semmns, semopm, semmni'),
      )
      .optional()
      .meta({ description: 'kernel.sem: semaphores in a set, in all, operations in a call, sets' }),
    ...mapKeys(resources, (about) => limit.meta({ description: about })),
  },
  expected(mapping),
);

function mapKeys<K extends string, T>(from: Readonly<Record<K, string>>, make: (about: string) => T): Record<K, T> {
  const entries = Object.entries<string>(from).map(([key, about]) => [key, make(about)]);
  return Object.fromEntries(entries) as Record<K, T>;
}

const hazardId = text('a hazard id such as P6');

const fixes = z
  .union([z.literal('all'), z.array(hazardId)], expected('a list of hazard ids, or all'))
  .meta({ description: 'The hazards that this kernel has repaired: ids, or all' });

const file = z.strictObject(
  {
    mode: count('permission bits such as 0644').max(0o7777, expected('permission bits such as 0644')).optional(),
    uid: count().optional(),
    gid: count().optional(),
    content: z.string(expected('a text')).optional(),
  },
  expected('a mapping with mode, uid, gid and content'),
);

const credentials = z.strictObject(
  {
    uid: count().optional(),
    gid: count().optional(),
    groups: z.array(count(), expected('a list of group ids')).optional(),
    capabilities: z
      .union(
        [z.literal('all'), z.array(text('a capability such as CAP_KILL'))],
        expected('a list of capabilities, or all'),
      )
      .optional(),
  },
  expected(mapping),
);

const kernel = z.strictObject(
  {
    profile: z
      .enum(['2.6.26', '6.x'], expected('2.6.26 or 6.x'))
      .optional()
      .meta({ description: 'The base: 2.6.26 with the posted series (the default), or a current kernel' }),
    architecture: z
      .enum(['x86-64', 'i386'], expected('x86-64 or i386'))
      .optional()
      .meta({ description: 'What the kernel was built for: x86-64 (the default), or i386, on which G1 shows' }),
    fixes: fixes.optional(),
    interface: text('the name of an interface')
      .optional()
      .meta({ description: 'How a restorer asks for numbers, such as next_syscall_data' }),
    series: z
      .array(z.enum(ALTERNATIVES, expected(ALTERNATIVES.join(' or '))), expected('a list of series'))
      .optional()
      .meta({ description: 'Alternatives that were only proposed, such as netlink-cr; off without' }),
    limits: limits.optional().meta({ description: 'Sysctls, and the resource limits of pid 1' }),
    files: z
      .record(z.string().startsWith('/'), file, expected('a mapping from paths to files'))
      .optional()
      .meta({ description: 'Files that are there at the start, by absolute path' }),
    credentials: credentials
      .optional()
      .meta({ description: 'What pid 1 starts with; root with all capabilities otherwise' }),
  },
  expected(mapping),
);

const schedule = z
  .union(
    [text('a file'), z.array(text('a constraint')).min(1), z.array(count()).min(1)],
    expected('a file name, a list of constraints `a@call#1 before b@call#1`, or a list of choices by number'),
  )
  .meta({ description: 'The order of steps: a schedule file, constraints, or the choices themselves' });

const name = z.string().regex(namePattern);

/** A scenario file as it is written. */
export const scenarioSchema = z
  .strictObject(
    {
      title: text('a sentence that says what happens').meta({ description: 'What happens, in a sentence' }),
      about: z.string(expected('a text')).optional().meta({ description: 'Where it comes from and what to look at' }),
      kernel: kernel.optional().meta({ description: 'The kernel that the programs run on' }),
      params: z
        .record(name, z.union([z.int(), z.string()], expected('a whole number or a text')), expected(mapping))
        .optional()
        .meta({ description: 'Values that programs use as ${name} and --set name=value changes' }),
      programs: z
        .record(name, z.string(expected('a program, one call per line')), expected(mapping))
        .optional()
        .meta({ description: 'What tasks and signal handlers run, by name; pid 1 runs init' }),
      image: text('the file name of an image').optional().meta({ description: 'An image that is restored first' }),
      restore: z
        .strictObject(
          {
            mode: z.enum(['sequential', 'parallel'], expected('sequential or parallel')).optional(),
            signals: z
              .enum(['sending', 'procsig', 'freezer'], expected('sending, procsig or freezer'))
              .optional()
              .meta({
                description:
                  'How pending signals come back: sent to oneself, written to /proc/<pid>/sig, or while all are frozen',
              }),
          },
          expected(mapping),
        )
        .optional()
        .meta({ description: 'How the image is restored' }),
      schedule: schedule.optional(),
      budget: z
        .strictObject(
          {
            states: count().min(1, expected('a number from 1')).optional(),
            steps: count().min(1, expected('a number from 1')).optional(),
          },
          expected(mapping),
        )
        .optional()
        .meta({ description: 'How much an exploration may spend' }),
      expect: z
        .strictObject(
          {
            hazards: z
              .array(hazardId, expected('a list of hazard ids'))
              .optional()
              .meta({ description: 'Exactly these are reachable over all schedules; [] means none' }),
            deadlock: z
              .boolean(expected('true or false'))
              .optional()
              .meta({ description: 'Whether some schedule leaves tasks asleep for ever' }),
            outcome: z
              .enum(['always', 'sometimes', 'never'], expected('always, sometimes or never'))
              .optional()
              .meta({ description: 'In how many schedules every call returns what its program expects' }),
          },
          expected(mapping),
        )
        .optional()
        .meta({ description: 'What an exploration must find' }),
    },
    expected('a mapping that begins with title:'),
  )
  .meta({
    title: 'thaw scenario',
    description: 'Programs for a simulated kernel, and the hazards that they can reach',
  });

/** A scenario file as it is written, checked. */
export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** The JSON Schema of scenario files, draft 2020-12. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
