/** Ctrl-C asked for once: what is known then is still told. A second one ends the process as ever. */
export class Interrupt {
  came = false;

  constructor() {
    process.once('SIGINT', () => {
      this.came = true;
    });
  }
}
