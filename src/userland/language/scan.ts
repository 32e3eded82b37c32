// The little that the readers of tokens and of string literals share: patterns that are tried at one place of a text.

/** A pattern's match that begins exactly at an offset; the pattern must be sticky. */
export function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

/** `$pid`, `$tid`, `$ppid`. */
export const selfPattern = /\$(ppid|pid|tid)(?![A-Za-z0-9_])/y;

/** `${name}`. */
export const paramPattern = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/y;
