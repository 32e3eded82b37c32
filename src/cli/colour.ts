/** Colours for people at a terminal: off elsewhere, and off under NO_COLOR. */

import { Chalk, type ChalkInstance } from 'chalk';

/** The colours of a stream. */
export function coloursOf(stream: NodeJS.WriteStream): ChalkInstance {
  const plain = (process.env.NO_COLOR ?? '') !== '' || !stream.isTTY;
  return new Chalk({ level: plain ? 0 : 1 });
}
