/** /proc/<pid>/sig and /proc/<pid>/task/<tid>/sig, which the posted procsig series adds; fs/proc/base.c:sig_dir_stuff, SEMANTICS B6. */

import type { SigFileName } from '../../signal/procsig/text.ts';
import type { NodeOperations } from '../node.ts';
import { procDirectory, procFile } from './node.ts';
import { sigFile } from './sig-file.ts';

const NAMES: readonly SigFileName[] = ['pending', 'shared_pending', 'blocked', 'action', 'waiters', 'altstack'];

/** Mode 0666, or 0600 with G16 repaired. */
const files: Readonly<Record<string, NodeOperations>> = Object.fromEntries(
  NAMES.map((name) => [name, procFile(`proc_sig_${name}`, (k) => (k.fixed('G16') ? 0o600 : 0o666), sigFile(name))]),
);

export const sigDirectory = procDirectory('proc_sig', { fixed: () => files });
