/**
 * YAML text as a person would write it: what is short on one line, modes and open flags in octal, addresses and keys in hexadecimal.
 * It writes what images hold and no more: numbers, truth values, text, lists and maps.
 */

const WIDTH = 120;
/** What is longer than this gets a line of its own. */
const PART = 100;

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
  if (isFlat(value)) return yamlWrapped(value, indent);
  if (Array.isArray(value)) return value.map((element) => `- ${yamlBlock(element, `${indent}  `)}`).join(`\n${indent}`);
  return Object.entries(value)
    .map(([key, part]) => {
      const text = numbered(value, key, part);
      if (indent.length + key.length + 2 + text.length <= WIDTH || typeof part !== 'object' || part === null) {
        return `${key}: ${text}`;
      }
      return isFlat(part)
        ? `${key}: ${yamlWrapped(part, indent, key.length + 2)}`
        : `${key}:\n${indent}  ${yamlBlock(part, `${indent}  `)}`;
    })
    .join(`\n${indent}`);
}

/** Whether a list or map is easier to read on as few lines as it takes: it has scalars, and maps and lists of scalars. */
function isFlat(value: object): boolean {
  if (Array.isArray(value) && typeof value[0] === 'object') return false;
  const isScalar = (part: unknown) => typeof part !== 'object';
  return (
    Object.values(value).every((part) => isScalar(part) || Object.values(part).every(isScalar)) &&
    flowParts(value).every((part) => part.length <= PART)
  );
}

/** One number, truth value or text. */
export function yamlScalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z_/][\w./+-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value).replace(/[\x7f-\uffff]/g, escapeCharacter);
}

const escapeCharacter = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function yamlFlow(value: unknown): string {
  if (typeof value !== 'object' || value === null) return yamlScalar(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{ ', ' }'];
  const parts = flowParts(value);
  return parts.length === 0 ? (open + close).replace('  ', '') : `${open}${parts.join(', ')}${close}`;
}

/** A flat list or map over as many lines as it takes, the first of which already holds `lead` characters. */
function yamlWrapped(value: object, indent: string, lead = 0): string {
  const lines: string[] = [];
  let line = '';
  let room = WIDTH - lead;
  for (const part of flowParts(value)) {
    if (line !== '' && indent.length + line.length + part.length > room - 4) {
      lines.push(line.trimEnd());
      line = '';
      room = WIDTH;
    }
    line += `${part}, `;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open} ${[...lines, line.replace(/, $/, '')].join(`\n${indent}  `)} ${close}`;
}

function flowParts(value: object): string[] {
  if (Array.isArray(value)) return value.map(yamlFlow);
  return Object.entries(value).map(([key, part]) => `${key}: ${numbered(value, key, part)}`);
}

/** A member's text in the number base of its key; an open file's flags are octal, as in /proc/pid/fdinfo. */
function numbered(object: object, key: string, part: unknown): string {
  if (typeof part !== 'number') return yamlFlow(part);
  const base = key === 'flags' ? ('kind' in object ? octal : hex) : NUMBERS[key];
  return base ? base(part) : String(part);
}
