/** Reads where to stop: what is typed after `break`. */

import { findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { parseErrno } from '../kernel-sim/abi/errno.ts';
import { signalName, signalNumber } from '../kernel-sim/abi/signal-name.ts';
import { syscalls } from '../syscalls/table.ts';
import { didYouMean } from '../userland/language/suggest.ts';
import type { Trigger } from './breakpoints.ts';
import type { Debuggee } from './debuggee.ts';

/** A trigger, or what is wrong with its text. */
export type ParsedPlace =
  | { readonly ok: true; readonly trigger: Trigger }
  | { readonly ok: false; readonly message: string };

const found = (trigger: Trigger): ParsedPlace => ({ ok: true, trigger });
const wrong = (message: string): ParsedPlace => ({ ok: false, message });

/**
 * `fork`, `return fork`, `EAGAIN`, `SIGCHLD`, `14` (a line of the scenario), `restorer:2` (the second call of a program),
 * `N10` or `hazard`, `pidmap.test_and_set` or `effect load`.
 */
export function parsePlace(text: string, debuggee: Debuggee | null): ParsedPlace {
  const words = text.trim().split(/\s+/);
  const [first = '', second] = words;
  if (words.length > 2) return wrong(`"${text.trim()}" is no place to stop; see help break`);
  if (second !== undefined) return ofKind(first, second, debuggee);
  if (first === '') return wrong('break needs a place to stop: a call, a line, a hazard; see help break');
  if (first === 'hazard') return found({ kind: 'hazard', id: null });
  if (first === 'signal') return found({ kind: 'signal', signal: null });
  if (syscalls.has(first)) return found({ kind: 'entry', call: first });
  if (/^[0-9]+$/.test(first)) return found({ kind: 'line', line: Number(first) });
  if (first.includes(':')) return lineOf(first, debuggee);
  if (first.includes('.')) return found({ kind: 'effect', effect: first });
  return ofName(first);
}

function ofName(word: string): ParsedPlace {
  const errno = parseErrno(word);
  if (errno !== undefined) return found({ kind: 'errno', errno });
  const signal = signalNumber(word);
  if (signal !== undefined) return found({ kind: 'signal', signal });
  const entry = findEntry(word);
  if (entry !== undefined) return found({ kind: 'hazard', id: entry.id });
  return wrong(`there is no call, errno, signal or hazard "${word}"${didYouMean(word, syscalls.keys())}`);
}

function ofKind(kind: string, name: string, debuggee: Debuggee | null): ParsedPlace {
  switch (kind) {
    case 'entry':
    case 'call':
    case 'return':
      if (!syscalls.has(name)) return wrong(`unknown call "${name}"${didYouMean(name, syscalls.keys())}`);
      return found({ kind: kind === 'return' ? 'return' : 'entry', call: name });
    case 'line':
      return /^[0-9]+$/.test(name) ? found({ kind: 'line', line: Number(name) }) : lineOf(name, debuggee);
    case 'effect':
      return found({ kind: 'effect', effect: name });
    case 'errno':
    case 'signal':
      return ofName(name);
    case 'hazard': {
      const entry = findEntry(name);
      if (entry !== undefined) return found({ kind: 'hazard', id: entry.id });
      const near = nearestIds(name);
      return wrong(`unknown hazard "${name}"${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`}`);
    }
    default:
      return wrong(
        `"${kind}" is no kind of place${didYouMean(kind, ['entry', 'return', 'line', 'effect', 'errno', 'signal', 'hazard'])}`,
      );
  }
}

/** `restorer:2`: the line of a program's second call. */
function lineOf(text: string, debuggee: Debuggee | null): ParsedPlace {
  const [name = '', number = ''] = text.split(':');
  const programs = debuggee?.scenario.programs;
  if (debuggee?.scenario.file.endsWith(name) && /^[0-9]+$/.test(number)) {
    return found({ kind: 'line', line: Number(number) });
  }
  const code = debuggee?.interpreter.programs.library.get(name);
  if (code === undefined) return wrong(`unknown program "${name}"${didYouMean(name, programs?.keys() ?? [])}`);
  const calls = code.instructions.filter((instruction) => instruction.kind === 'call');
  const chosen = calls[Number(number) - 1];
  if (chosen === undefined) return wrong(`${name} has ${calls.length} calls, no number ${number}`);
  return found({ kind: 'line', line: chosen.call.span.line });
}

/** A trigger in words. */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'entry':
      return `call of ${trigger.call}`;
    case 'return':
      return `return of ${trigger.call}`;
    case 'errno':
      return `call failing with ${trigger.errno}`;
    case 'line':
      return `line ${trigger.line}`;
    case 'effect':
      return `effect ${trigger.effect}`;
    case 'hazard':
      return trigger.id === null ? 'any hazard' : `hazard ${trigger.id}`;
    case 'signal':
      return trigger.signal === null ? 'any signal' : (signalName(trigger.signal) ?? `signal ${trigger.signal}`);
    case 'watch':
      return 'change of a value';
  }
}
