// The names that scenarios may use, gathered from the table of system calls; hazards and interfaces come from rooms above.

import { syscalls } from '../syscalls/table.ts';
import type { Vocabulary } from './reading.ts';

/** The vocabulary of this kernel with these hazards and interfaces. */
export function kernelVocabulary(names: Pick<Vocabulary, 'interfaces' | 'hazardId' | 'hazardsLike'>): Vocabulary {
  return {
    ...names,
    calls: new Set(syscalls.keys()),
    fillsIn: (call, argument) => {
      const parameter = Object.values(syscalls.get(call)?.parameters ?? {})[argument];
      return parameter !== undefined && parameter.direction !== 'in';
    },
  };
}
