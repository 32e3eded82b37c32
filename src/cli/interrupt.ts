import { tell } from './exit.ts';

/** What a shell expects of a process that Ctrl-C has ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** Ctrl-C asked for once: what is known then is still told. A second one ends the process as ever. */
export class Interrupt {
  came = false;

  constructor() {
    process.on('SIGINT', () => {
      if (this.came) process.exit(INTERRUPTED);
      this.came = true;
      tell('interrupted: what is known until now follows (once more to leave it at that)');
    });
  }
}
