import test from 'ava';
import * as fc from 'fast-check';
import { type Datum, FAULT, OUT } from '../../../src/syscalls/datum.ts';
import { ANY } from '../../../src/userland/language/value.ts';
import { S, wired } from './_bench.ts';

const fields = [
  'nlmsg_len nlmsg_type nlmsg_flags nlmsg_seq cmd version nla_type',
  'si_signo signo sa_mask sa_handler ss_sp ss_size sa_family nl_pid msg_iov iov_base iov_len msg_name',
].flatMap((names) => names.split(' '));

/** Whatever a program may pass, with a liking for what means something. */
const { datum } = fc.letrec<{ datum: Datum }>((tie) => ({
  datum: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.integer({ min: -1, max: 70 }),
    fc.constantFrom<Datum>(0x10, 0x11, 1n << 60n, -1.5, 'CR', '', null, true, OUT, FAULT, ANY as unknown as Datum),
    fc.array(tie('datum'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...fields), tie('datum'), { maxKeys: 4 }),
  ),
}));

const attributes = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), datum), { maxLength: 4 });

/** A message that gets as far as a family, with anything in its attributes. */
const message = fc
  .tuple(fc.constantFrom(0x10, 0x11), fc.integer({ min: 0, max: 4 }), attributes)
  .map(
    ([nlmsg_type, cmd, list]): Datum => [
      { nlmsg_type, nlmsg_flags: 5, nlmsg_seq: 1 },
      { cmd, version: 1 },
      [[{ nla_type: 1 }, 2], ...list.map(([nla_type, value]): Datum => [{ nla_type }, value])],
    ],
  );

test('whatever is sent, the kernel answers with a message or with an errno', (t) => {
  fc.assert(
    fc.property(fc.oneof(message, datum), datum, datum, (sent, address, length) => {
      const bed = wired('2.6.26');
      for (const [name, ...args] of [
        ['sendto', S, sent, OUT, 0, null, 0],
        ['sendto', S, sent, length, 0, address, length],
        ['sendmsg', S, sent, 0],
        ['bind', S, address, length],
        ['setsockopt', S, 1, 8, sent, 4],
        ['recvmsg', S, sent, 0x40],
        ['recvfrom', S, OUT, length, 0x40, OUT, address],
        ['getsockname', S, OUT, length],
      ] as const) {
        t.regex(bed.outcome(bed.init, name, ...(args as readonly Datum[])), /^= \d+$|^E[A-Z0-9]+$/);
      }
    }),
    { numRuns: 300 },
  );
});
