/** Starting another process of thaw's own. */

import { fileURLToPath } from 'node:url';
import { execa, type Options, type ResultPromise } from 'execa';

const COMMON = { reject: false, buffer: false, stderr: 'inherit' } as const;

/**
 * Starts a module as a process.
 *
 * @param module its path from this file, without the ending that it has in a checkout or in a package
 */
export function startChild<const Chosen extends Options>(
  module: string,
  options: Chosen,
): ResultPromise<typeof COMMON & Chosen> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`${module}.${ending}`, import.meta.url));
  const started = execa(process.execPath, [file], { ...COMMON, ...options });
  return started as unknown as ResultPromise<typeof COMMON & Chosen>;
}
