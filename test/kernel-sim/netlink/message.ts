import test from 'ava';
import {
  compose,
  cut,
  type Message,
  type Plain,
  sizeOfAttribute,
  sizeOfMessage,
} from '../../../src/kernel-sim/netlink/message.ts';

const header = { length: 0, type: 17, flags: 0, sequence: 1, port: 2 };
const attributes = [
  { type: 1, value: 7 },
  { type: 2, value: [10, 12] },
  { type: 3, value: 'abc' },
];
const message: Message = { header, body: { command: 1, version: 1, attributes } };
/** What an answer is about: the message counts with the length that it says. */
const about: Message = { header: { ...header, length: 99 }, body: null };

test('an attribute is as long as the data of C that it stands for', (t) => {
  const size = (value: Plain): number => sizeOfAttribute({ type: 1, value });
  t.is(size(7), 8);
  t.is(size('abc'), 8);
  t.is(size('abcd'), 9);
  t.is(size([10]), 12);
  t.is(size([]), 12);
  t.is(size([{ si_signo: 10 }, { si_signo: 12 }]), 4 + 256);
  t.is(size({ ss_sp: null }), 44);
});

test('a message is its header, and each part aligned to four bytes', (t) => {
  t.is(sizeOfMessage({ body: null }), 16);
  t.is(sizeOfMessage({ body: { errno: null, about } }), 36);
  t.is(sizeOfMessage({ body: { errno: 'ESRCH', about } }), 120);
  t.is(sizeOfMessage(message), 16 + 4 + 8 + 12 + 8);
  t.is(sizeOfMessage({ body: { command: 1, version: 1, attributes: [{ type: 1, value: 'abcd' }] } }), 32);
});

test('a message of the kernel says how long it is and what it answers', (t) => {
  t.deepEqual(compose(2, 4, header, 500, null), {
    header: { length: 16, type: 2, flags: 4, sequence: 1, port: 500 },
    body: null,
  });
});

test('what does not fit of a message is cut between its parts', (t) => {
  const parts = (room: number): number | undefined => {
    const left = cut(message, room);
    return left === null || left.body === null
      ? undefined
      : 'attributes' in left.body
        ? left.body.attributes.length
        : -1;
  };
  t.is(cut(message, 15), null);
  t.deepEqual(cut(message, 16), { header, body: null });
  t.is(parts(20), 0);
  t.is(parts(27), 0);
  t.is(parts(28), 1);
  t.is(parts(47), 2);
  t.is(cut(message, 48), message);
  t.deepEqual(cut({ header, body: { errno: null, about } }, 30), { header, body: null });
});
