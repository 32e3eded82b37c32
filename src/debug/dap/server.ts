/** The debugger on a wire: requests in, responses and events out, one scenario for each connection. */

import { DebugSession, Event, InitializedEvent, Response } from '@vscode/debugadapter';
import type { Debuggee } from '../debuggee.ts';
import { Debugging, Refused } from './debugging.ts';
import { type Arguments, capabilities, requests } from './requests.ts';

/** What an editor launches: `program` is the file of a scenario or an image, or the folder of a CRIU dump. */
export interface Launch {
  readonly program?: string;
  /** A saved schedule; the session stands at its start, with all its steps ahead. */
  readonly schedule?: string;
  readonly stopOnEntry?: boolean;
  readonly noDebug?: boolean;
  /** As the options of `thaw debug`. */
  readonly set?: Readonly<Record<string, string>>;
  readonly fixes?: string;
  readonly profile?: '2.6.26' | '6.x';
}

interface Request {
  readonly seq: number;
  readonly type: string;
  readonly command: string;
  readonly arguments?: unknown;
}

/** Opens what is launched; a text says what is wrong with it. */
export type Open = (launch: Launch) => Promise<Debuggee | string>;

export class DebugServer extends DebugSession {
  readonly #open: Open;
  #debugging: Debugging | null = null;
  #stopOnEntry = false;

  constructor(open: Open) {
    super();
    this.#open = open;
  }

  protected override dispatchRequest(request: Request): void {
    void this.#answer(request).catch((error: unknown) => {
      const refusal = error instanceof Refused ? error.message : `this is a bug in thaw: ${String(error)}`;
      this.sendErrorResponse(new Response(request), 1, '{_text}', { _text: refusal });
    });
  }

  async #answer(request: Request): Promise<void> {
    const args = (request.arguments ?? {}) as Arguments;
    switch (request.command) {
      case 'initialize':
        this.#respond(request, capabilities);
        return;
      case 'launch':
        await this.#launch(request, args as Launch);
        return;
      case 'configurationDone':
        this.#respond(request);
        this.#debugging?.begin(this.#stopOnEntry);
        return;
      case 'terminate':
        this.#respond(request);
        this.sendEvent(new Event('terminated'));
        return;
      case 'disconnect':
        this.#debugging?.pause();
        this.#respond(request);
        this.shutdown();
        return;
    }
    const handler = Object.hasOwn(requests, request.command) ? requests[request.command] : undefined;
    if (handler === undefined) throw new Refused(`thaw does not know the request ${request.command}`);
    if (this.#debugging === null) throw new Refused('nothing was launched');
    this.#respond(request, handler(this.#debugging, args));
  }

  async #launch(request: Request, launch: Launch): Promise<void> {
    if (typeof launch.program !== 'string')
      throw new Refused('launch needs "program": the file of a scenario or an image');
    const opened = await this.#open(launch);
    if (typeof opened === 'string') throw new Refused(opened);
    this.#stopOnEntry = launch.stopOnEntry === true;
    this.#debugging = new Debugging(opened, (event, body) => this.sendEvent(new Event(event, body)));
    this.#respond(request);
    this.sendEvent(new InitializedEvent());
  }

  #respond(request: Request, body?: unknown): void {
    const response = new Response(request) as Response & { body?: unknown };
    if (body !== undefined) response.body = body;
    this.sendResponse(response);
  }
}
