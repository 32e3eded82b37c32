/** User and group ids, groups, capabilities; decode, delegate to kernel-sim/task/{set-ids,capabilities}.ts, encode. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { getCapabilities, setCapabilities } from '../kernel-sim/task/capabilities.ts';
import type { Credentials } from '../kernel-sim/task/cred.ts';
import {
  changeIds,
  credentialsOf,
  groupIds,
  type IdChange,
  type IdKind,
  setAll,
  setFileSystem,
  setGroups,
  setOne,
  setRealEffective,
  userIds,
} from '../kernel-sim/task/set-ids.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, OUT, type Return, returningZero, type Struct } from './datum.ts';
import { int, out, type Parameter, struct } from './parameter.ts';
import { type Syscall, syscall } from './syscall.ts';

/** A uid_t or gid_t: 32 bits without a sign, -1 being the largest. */
const id = (kind: 'uid' | 'gid'): Parameter<number> => {
  const signed = int(kind);
  return { ...signed, decode: (argument) => signed.decode(argument) >>> 0 };
};

/** Calls that only look. */
const getters: readonly (readonly [name: string, of: (cred: Credentials) => number])[] = [
  ['getuid', ({ uid }) => uid],
  ['geteuid', ({ euid }) => euid],
  ['getgid', ({ gid }) => gid],
  ['getegid', ({ egid }) => egid],
];

const getterCalls: readonly Syscall[] = getters.map(([name, of]) =>
  syscall({
    name,
    family: 'ids',
    parameters: {},
    *run(_k, task) {
      return ok({ value: of(yield* credentialsOf(task)) });
    },
  }),
);

function* change(k: Kernel, task: Task, how: IdChange): Steps<Result<Return>> {
  return returningZero(yield* changeIds(k, task, how));
}

const FILE_CAPABILITIES = 'the capabilities about files, which stay';

/** The calls that change ids of one kind. */
function settersOf(kind: IdKind, word: 'uid' | 'gid'): readonly Syscall[] {
  const real = id(word);
  const effective = id(word);
  return [
    syscall({
      name: `set${word}`,
      family: 'ids',
      parameters: { id: id(word) },
      run: (k, task, args) => change(k, task, setOne(kind, args.id)),
    }),
    syscall({
      name: `setre${word}`,
      family: 'ids',
      parameters: { real, effective },
      run: (k, task, args) => change(k, task, setRealEffective(kind, args.real, args.effective)),
    }),
    syscall({
      name: `setres${word}`,
      family: 'ids',
      parameters: { real, effective, saved: id(word) },
      run: (k, task, args) => change(k, task, setAll(kind, args.real, args.effective, args.saved)),
    }),
    syscall({
      name: `setfs${word}`,
      family: 'ids',
      ...(word === 'uid' && { leavesOut: FILE_CAPABILITIES }),
      parameters: { id: id(word) },
      *run(k, task, args) {
        const before = yield* changeIds(k, task, setFileSystem(kind, args.id));
        // It cannot fail: the id before is all that it tells.
        return before.ok ? ok({ value: kind.of(before.value).fs }) : before;
      },
    }),
    syscall({
      name: `getres${word}`,
      family: 'ids',
      parameters: { real: out(`${word}[]`), effective: out(`${word}[]`), saved: out(`${word}[]`) },
      *run(_k, task, args) {
        const ids = kind.of(yield* credentialsOf(task));
        if (Object.values(args).some((pointer) => pointer !== OUT)) return fail('EFAULT');
        return ok({ value: 0, out: { real: [ids.real], effective: [ids.effective], saved: [ids.saved] } });
      },
    }),
  ];
}

/** The list that setgroups reads. */
const groupList: Parameter<readonly number[] | null> = {
  kind: 'gid[]',
  direction: 'in',
  decode: (argument) => (Array.isArray(argument) ? argument.map((gid: Datum) => integerOf(gid) >>> 0) : null),
};

const VERSION_1 = 0x1998_0330;
const VERSION_2 = 0x2007_1026;
const VERSION_3 = 0x2008_0522;
const LOW = 0xffff_ffffn;

interface Header {
  readonly pid: number;
  /** Version 1 has room for the first 32 capabilities only. */
  readonly mask: bigint;
}

/** The header of capget and capset; null for a version that the kernel does not know. */
function decodeHeader(header: Struct): Header | null {
  const version = integerOf(header.version);
  if (![VERSION_1, VERSION_2, VERSION_3].includes(version)) return null;
  return { pid: integerOf(header.pid), mask: version === VERSION_1 ? LOW : ~0n };
}

const bitsOf = (field: Datum | undefined, mask: bigint): bigint =>
  BigInt.asUintN(64, typeof field === 'bigint' ? field : BigInt(integerOf(field))) & mask;

/** A set as a number where that is exact. */
const encodeBits = (bits: bigint): number | bigint => (bits <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bits) : bits);

/** strace knows the header by its fields; a kernel that does not know the version answers with the one it prefers. */
const preferred = { version: VERSION_3, pid: 0 };

const capabilityCalls: readonly Syscall[] = [
  syscall({
    name: 'capget',
    family: 'ids',
    parameters: { header: struct('cap_header'), data: out('cap_data') },
    *run(k, task, { header, data }) {
      if (header === null || header === FAULT) return fail('EFAULT');
      const decoded = decodeHeader(header);
      // Asking with a version that does not exist and nowhere to write is how programs learn the right one.
      if (decoded === null) return data === null ? ok({ value: 0, out: { header: preferred } }) : fail('EINVAL');
      if (decoded.pid < 0) return fail('EINVAL');
      const sets = yield* getCapabilities(k, task, decoded.pid);
      if (!sets.ok || data === null) return sets.ok ? ok({ value: 0 }) : sets;
      if (data === FAULT) return fail('EFAULT');
      const shown = Object.entries(sets.value).map(([name, bits]) => [name, encodeBits(bits & decoded.mask)] as const);
      return ok({ value: 0, out: { data: Object.fromEntries(shown) } });
    },
  }),
  syscall({
    name: 'capset',
    family: 'ids',
    parameters: { header: struct('cap_header'), data: struct('cap_data') },
    *run(k, task, { header, data }) {
      if (header === null || header === FAULT) return fail('EFAULT');
      const decoded = decodeHeader(header);
      if (decoded === null) return fail('EINVAL');
      const { pid, mask } = decoded;
      const wanted =
        data === null || data === FAULT
          ? null
          : {
              effective: bitsOf(data.effective, mask),
              permitted: bitsOf(data.permitted, mask),
              inheritable: bitsOf(data.inheritable, mask),
            };
      return returningZero(yield* setCapabilities(k, task, pid, wanted));
    },
  }),
];

export const idCalls: readonly Syscall[] = [
  ...getterCalls,
  ...settersOf(userIds, 'uid'),
  ...settersOf(groupIds, 'gid'),
  syscall({
    name: 'getgroups',
    family: 'ids',
    parameters: { size: int(), list: out('gid[]') },
    *run(_k, task, { size, list }) {
      if (size < 0) return fail('EINVAL');
      const { groups } = yield* credentialsOf(task);
      if (size === 0) return ok({ value: groups.length }); // only how many
      if (groups.length > size) return fail('EINVAL');
      if (list !== OUT && groups.length > 0) return fail('EFAULT');
      return ok({ value: groups.length, out: { list: groups } });
    },
  }),
  syscall({
    name: 'setgroups',
    family: 'ids',
    parameters: { size: int(), list: groupList },
    *run(_k, task, { size, list }) {
      const wanted = list?.slice(0, Math.max(size, 0)) ?? [];
      const readable = size === 0 || (list !== null && list.length >= size);
      return returningZero(yield* setGroups(task, size, readable ? wanted : null));
    },
  }),
  ...capabilityCalls,
];
