/**
 * YAML text as a person would write it: what is short on one line, modes and open flags in octal, addresses and keys in hexadecimal.
 * It writes what images hold and no more: numbers, truth values, text, lists and maps.
 */

const WIDTH = 120;

const octal = (value: number) => (value === 0 ? '0' : `0o${value.toString(8)}`);
const hex = (value: number) => (value === 0 ? '0' : `0x${value.toString(16)}`);

const NUMBERS: Record<string, (value: number) => string> = {
  mode: octal,
  umask: octal,
  key: hex,
  address: hex,
  restorer: hex,
  status: hex,
};

/** The text of one value, without the line's end; lines after the first start with `indent`. */
export function yamlBlock(value: unknown, indent: string): string {
  const line = yamlFlow(value);
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  if (Array.isArray(value)) {
    if (value.every((element) => typeof element === 'number')) return wrap(value.map(String), indent);
    return value.map((element) => `- ${yamlBlock(element, `${indent}  `)}`).join(`\n${indent}`);
  }
  return Object.entries(value)
    .map(([key, part]) => {
      const text = numbered(value, key, part);
      if (indent.length + key.length + 2 + text.length <= WIDTH || typeof part !== 'object') return `${key}: ${text}`;
      return `${key}:\n${indent}  ${yamlBlock(part, `${indent}  `)}`;
    })
    .join(`\n${indent}`);
}

/** One number, truth value or text. */
export function yamlScalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z_/][\w./+-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value).replace(/[\x7f-\uffff]/g, escapeCharacter);
}

const escapeCharacter = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function yamlFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlFlow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return yamlScalar(value);
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${numbered(value, key, part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** A member's text in the number base of its key; an open file's flags are octal, as in /proc/pid/fdinfo. */
function numbered(object: object, key: string, part: unknown): string {
  if (typeof part !== 'number') return yamlFlow(part);
  const base = key === 'flags' ? ('kind' in object ? octal : hex) : NUMBERS[key];
  return base ? base(part) : String(part);
}

/** A long list of numbers over several lines. */
function wrap(numbers: string[], indent: string): string {
  const lines = [''];
  for (const number of numbers) {
    if (indent.length + lines.at(-1)!.length + number.length > WIDTH - 4) lines.push('');
    lines.push(`${lines.pop()!}${number}, `);
  }
  return `[\n${lines.map((line) => `${indent}  ${line.trimEnd()}`).join('\n')}\n${indent}]`;
}
