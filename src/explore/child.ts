/** Starting another process of thaw's own. */

import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';

/**
 * Starts a module as a process.
 *
 * @param module its path from this file, without the ending that it has in a checkout or in a package
 */
export function startChild<const Chosen extends Options>(module: string, options: Chosen) {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`${module}.${ending}`, import.meta.url));
  return execa(process.execPath, [file], { reject: false, buffer: false, stderr: 'inherit', ...options });
}
