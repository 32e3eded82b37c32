import test from 'ava';
import { errnoName } from '../../../src/kernel-sim/abi/errno.ts';
import {
  CR_ATTR_BLOCKED,
  CR_CMD_DUMP,
  CR_CMD_RESTORE,
  CTRL_ATTR_FAMILY_ID,
  CTRL_ATTR_FAMILY_NAME,
  CTRL_ATTR_VERSION,
  CTRL_CMD_GETFAMILY,
  CTRL_CMD_NEWFAMILY,
  GENL_ID_CR,
  GENL_ID_CTRL,
  NETLINK_GENERIC,
  NLM_F_ACK,
  NLM_F_CAPPED,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  NLMSG_NOOP,
} from '../../../src/kernel-sim/abi/netlink.ts';
import { AF_NETLINK, SO_ERROR, SO_RCVBUF, SOCK_RAW, SOL_SOCKET } from '../../../src/kernel-sim/abi/socket.ts';
import { type Datum, integerOf, OUT, type Struct } from '../../../src/syscalls/datum.ts';
import { cr, pid, S, type Wired, wired } from './_bench.ts';

const REQUEST = NLM_F_REQUEST | NLM_F_ACK;

const message = (head: Struct, ...rest: readonly Datum[]): Datum => [
  { nlmsg_flags: REQUEST, nlmsg_seq: 1, ...head },
  ...rest,
];

const control = (...attributes: readonly Datum[]): Datum =>
  message({ nlmsg_type: GENL_ID_CTRL }, { cmd: CTRL_CMD_GETFAMILY, version: 1 }, attributes);

/** The errno in an answer as its name, 0 for an acknowledgement, the answer's command, or EAGAIN when nobody answers. */
function verdict(answer: Datum): string {
  if (typeof answer === 'number') return answer === 0 ? '0' : (errnoName(-answer) ?? 'unknown');
  return typeof answer === 'string' ? answer : `cmd ${integerOf(((answer as readonly Datum[])[1] as Struct).cmd)}`;
}

const rows: readonly (readonly [title: string, message: Datum, expected: string, by?: 'user'])[] = [
  ['a type that is no family', message({ nlmsg_type: 0x300 }, { cmd: 1, version: 1 }), 'ENOENT'],
  ['a message without a command', message({ nlmsg_type: GENL_ID_CR }), 'EINVAL'],
  ['a command that the family does not have', cr(9, [pid(2)]), 'EOPNOTSUPP'],
  ['a walk over all objects', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_flags: REQUEST | NLM_F_DUMP }), 'EOPNOTSUPP'],
  ['a dump', cr(CR_CMD_DUMP, [pid(2)]), 'cmd 1'],
  ['a dump that is not to be acknowledged', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_flags: NLM_F_REQUEST }), 'cmd 1'],
  ['a dump without the capability', cr(CR_CMD_DUMP, [pid(2)]), 'EPERM', 'user'],
  ['a restore without the capability', cr(CR_CMD_RESTORE, [pid(2)]), 'EPERM', 'user'],
  ['an unknown command without the capability', cr(9, []), 'EOPNOTSUPP', 'user'],
  ['an attribute that does not hold what it should', cr(CR_CMD_DUMP, [pid('two')]), 'ERANGE'],
  ['what is no request', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_flags: 0 }), 'EAGAIN'],
  ['what is no request and wants to hear of it', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_flags: NLM_F_ACK }), '0'],
  ['a control message', message({ nlmsg_type: NLMSG_NOOP, nlmsg_flags: NLM_F_REQUEST }), 'EAGAIN'],
  ['a control message that wants to hear of it', message({ nlmsg_type: NLMSG_NOOP }), '0'],
  ['a length beyond the end', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_len: 99 }), 'EAGAIN'],
  ['a length below that of a header', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_len: 8 }), 'EAGAIN'],
  ['a length that leaves no room for a command', cr(CR_CMD_DUMP, [pid(2)], { nlmsg_len: 16 }), 'EINVAL'],
  ['bytes that are no message', 'abc', 'EAGAIN'],
  ['the question for a family by name', control([{ nla_type: CTRL_ATTR_FAMILY_NAME }, 'CR']), 'cmd 1'],
  ['the question for a family by id', control([{ nla_type: CTRL_ATTR_FAMILY_ID }, GENL_ID_CTRL]), 'cmd 1'],
  [
    'the question for a family by id, by anybody',
    control([{ nla_type: CTRL_ATTR_FAMILY_ID }, GENL_ID_CTRL]),
    'cmd 1',
    'user',
  ],
  ['the question for a family that is not there', control([{ nla_type: CTRL_ATTR_FAMILY_NAME }, 'XX']), 'ENOENT'],
  ['the question for an id that is not there', control([{ nla_type: CTRL_ATTR_FAMILY_ID }, 99]), 'ENOENT'],
  ['the question for no family', control(), 'EINVAL'],
  ['the question for a family by a number as its name', control([{ nla_type: CTRL_ATTR_FAMILY_NAME }, 7]), 'ERANGE'],
];

for (const base of ['2.6.26', '6.x'] as const) {
  for (const [title, sent, expected, by] of rows) {
    test(`${base}: ${title} is answered ${expected}`, (t) => {
      const bed = wired(base);
      t.is(verdict(bed.ask(sent, by === 'user' ? bed.user : bed.init)), expected);
    });
  }

  test(`${base}: without the series nobody knows the family "CR"`, (t) => {
    const bed = wired(base, []);
    t.is(verdict(bed.ask(cr(CR_CMD_DUMP, [pid(2)]))), 'ENOENT');
    t.is(verdict(bed.ask(control([{ nla_type: CTRL_ATTR_FAMILY_NAME }, 'CR']))), 'ENOENT');
  });

  test(`${base}: the family of families says name, id and version`, (t) => {
    const bed = wired(base);
    t.like(bed.ask(control([{ nla_type: CTRL_ATTR_FAMILY_NAME }, 'CR'])), [
      { nlmsg_type: GENL_ID_CTRL, nlmsg_seq: 1, nlmsg_pid: 1 },
      { cmd: CTRL_CMD_NEWFAMILY },
      [
        [{ nla_len: 7, nla_type: CTRL_ATTR_FAMILY_NAME }, 'CR'],
        [{ nla_len: 8, nla_type: CTRL_ATTR_FAMILY_ID }, GENL_ID_CR],
        [{ nla_len: 8, nla_type: CTRL_ATTR_VERSION }, 1],
      ],
    ]);
  });

  test(`${base}: a dump that is to be acknowledged is answered and acknowledged`, (t) => {
    const bed = wired(base);
    bed.send(cr(CR_CMD_DUMP, [pid(2)]));
    t.like(bed.receive(), [{ nlmsg_type: GENL_ID_CR }]);
    const capped = base === '6.x' ? NLM_F_CAPPED : 0;
    t.like(bed.receive(), [
      { nlmsg_len: 36, nlmsg_flags: capped },
      { error: 0, msg: { nlmsg_len: 28 } },
    ]);
    t.is(bed.receive(), 'EAGAIN');
  });

  test(`${base}: an error carries the message that it is about`, (t) => {
    const bed = wired(base);
    bed.send(cr(9, [pid(2)]));
    t.like(bed.receive(), [{ nlmsg_len: 16 + 4 + 28, nlmsg_flags: 0 }]);
  });

  test(`${base}: messages are handled in the order in which they were sent`, (t) => {
    const bed = wired(base);
    for (const nlmsg_seq of [5, 6, 7]) bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq }));
    t.deepEqual(
      [5, 6, 7].map(() => ((bed.receive() as readonly Struct[])[0] as Struct).nlmsg_seq),
      [5, 6, 7],
    );
  });

  test(`${base}: the last of several attributes of one kind counts`, (t) => {
    const bed = wired(base);
    t.is(bed.ask(cr(CR_CMD_RESTORE, [pid(99), pid(2), [CR_ATTR_BLOCKED, [10]]])), 0);
  });

  test(`${base}: a socket answers until its last descriptor is closed, and then its port is free`, (t) => {
    const bed = wired(base);
    const five = { sa_family: AF_NETLINK, nl_pid: 500, nl_groups: 0 };
    bed.call(bed.init, 'socket', AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
    bed.call(bed.init, 'bind', S, five, 12);
    bed.call(bed.user, 'close', S);
    t.is(bed.ask(message({ nlmsg_type: NLMSG_NOOP })), 0);
    bed.call(bed.init, 'close', S);
    t.is(bed.outcome(bed.init, 'bind', 4, five, 12), '= 0');
  });

  const full = (): Wired => {
    const bed = wired(base);
    bed.call(bed.init, 'setsockopt', S, SOL_SOCKET, SO_RCVBUF, [1], 4);
    const fits = base === '6.x' ? 8 : 1;
    for (let i = 0; i < fits; i++) bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: i }));
    return bed;
  };
  const left = (bed: Wired): Datum[] => {
    const got: Datum[] = [];
    for (let next = bed.receive(); next !== 'EAGAIN'; next = bed.receive()) got.push(next);
    return got;
  };

  test(`${base}: what does not fit is dropped, which the next receive says before it gives the rest`, (t) => {
    const bed = full();
    t.is(left(full()).includes('ENOBUFS'), false);
    bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: 98 }));
    bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: 99 }));
    const got = left(bed);
    t.is(got[0], 'ENOBUFS');
    t.deepEqual(
      got.slice(1).filter((one) => one === 'ENOBUFS'),
      [],
      'it is said once',
    );
    t.false(JSON.stringify(got).includes('99'));
  });

  test(`${base}: after an overrun nothing is taken until the queue has been emptied`, (t) => {
    const bed = full();
    for (let i = 0; i < 2; i++) bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: 98 }));
    t.is(bed.receive(), 'ENOBUFS');
    if (base === '6.x') {
      bed.receive();
      bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: 99 }));
      t.false(JSON.stringify(left(bed)).includes('99'), 'there was room, but it is congested');
    } else left(bed);
    bed.send(message({ nlmsg_type: NLMSG_NOOP, nlmsg_seq: 100 }));
    t.like(bed.receive(), [{ nlmsg_seq: 100 }]);
  });

  test(`${base}: SO_ERROR takes the overrun away`, (t) => {
    const bed = full();
    for (let i = 0; i < 2; i++) bed.send(message({ nlmsg_type: NLMSG_NOOP }));
    const error = bed.call(bed.init, 'getsockopt', S, SOL_SOCKET, SO_ERROR, OUT, OUT);
    t.like(error, { ok: true, value: { out: { optval: [105] } } });
    t.not(bed.receive(), 'ENOBUFS');
  });

  test(`${base}: who waits for an answer hears of an overrun by what came behind it`, (t) => {
    const bed = wired(base);
    bed.call(bed.init, 'setsockopt', S, SOL_SOCKET, SO_RCVBUF, [1], 4);
    const waiting = bed.begin(bed.user, 'recvfrom', S, OUT, 8192, 0, null, null);
    bed.send(cr(CR_CMD_DUMP, [pid(2)])); // the acknowledgement does not fit behind the answer, on 6.x it does
    t.like(waiting.result(), base === '6.x' ? { ok: true } : { ok: false, errno: 'ENOBUFS' });
    t.like(bed.receive(bed.user), [{ nlmsg_type: base === '6.x' ? NLMSG_ERROR : GENL_ID_CR }]);
  });
}
