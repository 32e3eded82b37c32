/** `thaw dap`: the debugger for editors, on stdio or on a port of the loopback interface. */

import { createServer } from 'node:net';
import type { Launch } from '../debug/dap/server.ts';
import { DebugServer } from '../debug/dap/server.ts';
import type { Debuggee } from '../debug/debuggee.ts';
import { followWay } from '../debug/way.ts';
import { openSchedule } from '../explore/schedule-file.ts';
import { openDebuggee } from './debug-target.ts';
import { tell, UsageError } from './exit.ts';
import { overridesOf } from './scenario-options.ts';

async function open({ program = '', set = {}, fixes, profile, schedule }: Launch): Promise<Debuggee | string> {
  try {
    const pairs = Object.entries(set).map(([name, value]) => `${name}=${value}`);
    const options = { set: pairs, ...(fixes !== undefined && { fixes }), ...(profile !== undefined && { profile }) };
    const opened = await openDebuggee(program, overridesOf(options));
    if (typeof opened === 'string' || schedule === undefined) return opened;
    const followed = await openSchedule(schedule, opened.scenario.title);
    if (!followed.ok) return followed.message;
    followWay(opened, followed.saved.schedule, 0);
    opened.session.jump(0);
    return opened;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

export async function dap({ port }: { readonly port?: number }): Promise<void> {
  if (port === undefined) {
    new DebugServer(open).start(process.stdin, process.stdout);
    return;
  }
  const server = createServer((socket) => {
    const session = new DebugServer(open);
    session.setRunAsServer(true);
    socket.on('error', () => socket.destroy());
    session.start(socket, socket);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') tell(`thaw dap: listening on 127.0.0.1:${address.port}`);
  });
}
