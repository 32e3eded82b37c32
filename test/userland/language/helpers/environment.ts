import type { Environment } from '../../../../src/userland/language/evaluate.ts';
import { programNamed, type Value } from '../../../../src/userland/language/value.ts';

/** An environment with these variables, the program on_usr1 and the parameters pid = 5000 and text = "hi". */
export function environment(variables: Readonly<Record<string, Value>> = {}): Environment {
  return {
    lookup: (name) => (name === 'on_usr1' ? programNamed(name) : variables[name]),
    self: { pid: 10, tid: 11, ppid: 1 },
    params: new Map<string, Value>([
      ['pid', 5000],
      ['text', 'hi'],
    ]),
  };
}
