/** IPC namespaces: one table each for queues, semaphore sets and segments, and their limits. SEMANTICS C7-C10. */

import { type Handle, layout } from '../machine/layout.ts';

interface IpcNamespaceFields {
  count: number;
}

export type IpcNamespace = Handle<IpcNamespaceFields>;

export const IpcNamespace = layout<IpcNamespaceFields>('ipc_namespace', { count: 1 });
