/** What strace adds to a call and thaw has no use for: how long it took (-T), where descriptors lead (-y, -yy). */

const duration = / <(?:\d+\.\d+|unavailable)>$/;

/** The text of a call without the time it took. */
export const withoutDuration = (text: string): string => text.replace(duration, '').replace(/ <unavailable>$/, '');

/** The text of a call without the `</dev/null>` behind descriptors; strings and comments are left alone. */
export function withoutPaths(text: string): string {
  if (!/[\dD]</.test(text)) return text;
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') {
      const end = endOfString(text, at);
      plain += text.slice(at, end);
      at = end;
      continue;
    }
    if (character === '<' && /(?:^|[^\w.])(?:\d+|AT_FDCWD)$/.test(plain.slice(-16)) && text[at + 1] !== '<') {
      const end = endOfPath(text, at);
      if (end !== -1) {
        at = end;
        continue;
      }
    }
    plain += character;
    at += 1;
  }
  return plain;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The offset behind the `>` of a decoration: paths escape it, sockets and pipes nest brackets. */
function endOfPath(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '<') depth += 1;
    else if (character === '>' && text[at - 1] !== '-') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}
