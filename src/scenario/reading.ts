// What the checks of one scenario file share: the names that it may use, what the command line changes, where mistakes go.

import * as capability from '../kernel-sim/abi/capability.ts';
import { didYouMean } from '../userland/language/suggest.ts';
import type { Path, YamlDocument } from './document.ts';
import type { Settings } from './params.ts';

/** The names that a scenario may use and this room does not know by itself. */
export type Vocabulary = {
  /** Every system call. */
  readonly calls: ReadonlySet<string>;
  /** Whether the kernel fills in an argument of a call, counted from 0. */
  readonly fillsIn: (call: string, argument: number) => boolean;
  /** Every interface that a restorer can use. */
  readonly interfaces: ReadonlySet<string>;
  /** The id of a hazard as the catalogue writes it; undefined for a word that is none. */
  readonly hazardId: (word: string) => string | undefined;
  /** Ids that such a word may have meant, nearest first. */
  readonly hazardsLike: (word: string) => readonly string[];
};

/** What the command line says instead of the file. */
export type Overrides = {
  readonly set?: Settings;
  readonly fixes?: readonly string[] | 'all';
  readonly profile?: '2.6.26' | '6.x';
  readonly interface?: string;
};

/** Everything that the checks of one file share. */
export type Reading = {
  readonly document: YamlDocument;
  readonly vocabulary: Vocabulary;
  readonly overrides: Overrides;
  /** Notes a mistake about the value, or the key, at a path. */
  readonly mistake: (path: Path, message: string, about?: 'value' | 'key') => void;
};

/** The catalogue's id for a word; a mistake when it has none. */
export function hazard(word: string, path: Path, { vocabulary, mistake }: Reading): string {
  const id = vocabulary.hazardId(word);
  if (id === undefined) {
    const [near] = vocabulary.hazardsLike(word);
    mistake(path, `unknown hazard "${word}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  return id ?? word;
}

/** The word if it is a capability; a mistake otherwise. */
export function checkCapability(word: string, path: Path, { mistake }: Reading): void {
  if (!Object.hasOwn(capability, word)) {
    mistake(path, `unknown capability "${word}"${didYouMean(word, Object.keys(capability))}`);
  }
}
