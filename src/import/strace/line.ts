/** One line of strace's output without its meaning: whose it is, when, and what kind; strace(1). */

/** Who and when: `103   1795220490.058845 `, `[pid  103] 12:30:01 `, or nothing of the kind. */
export interface Line {
  /** 0 when the log is of one task and names none. */
  readonly task: number;
  /** seconds; since midnight with -t and -tt, since the line before with -r; null without. */
  readonly time: number | null;
  readonly relative: boolean;
  readonly body: Body;
}

export type Body =
  | { readonly kind: 'call'; readonly text: string }
  | { readonly kind: 'begin'; readonly name: string; readonly text: string }
  /** `rest` is what follows `resumed>`; `lost` when the task did not come back. */
  | { readonly kind: 'resume'; readonly name: string; readonly rest: string; readonly lost: boolean }
  | { readonly kind: 'signal'; readonly signal: string; readonly info: string }
  | { readonly kind: 'stopped'; readonly signal: string }
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: string; readonly core: boolean }
  | { readonly kind: 'superseded'; readonly by: number }
  /** What strace says of itself: attached, detached. */
  | { readonly kind: 'remark' };

const prefix =
  /^(?:\[pid +(\d{1,10})(?:<[^>]*>)?\] +|(\d{1,10})(?:<[^>]*>)? +(?=\S))?(?:(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?) +|(\d{9,11}(?:\.\d+)?) +|( *\d{1,6}\.\d{6}) +)?/;

/** Numbers of tasks are below this, the largest pid_max there is on 64 bits; proc(5). */
const PID_LIMIT = 4_194_304;

const remark = /^(?:strace: |\/usr\/\S*strace: )/;
const begin = /^([a-z_?][A-Za-z0-9_]*)\(.*(?:<unfinished \.\.\.>|<detached \.\.\.>|<pid changed to \d+ \.\.\.>)$/s;
const resumed = /^<\.\.\. ([a-z_?][A-Za-z0-9_]*) resumed>(.*)$/s;
const call = /^([a-z_?][A-Za-z0-9_]*)\(.*\) += (?:-?\d|0x|\?)/s;
const signal = /^--- (SIG[A-Z0-9_]+)(?: (\{.*\}|\(.*\)))? ---$/s;
const stopped = /^--- stopped by (SIG[A-Z0-9_]+) ---$/;
const exited = /^\+\+\+ exited with (\d+) \+\+\+$/;
const killed = /^\+\+\+ killed by (SIG[A-Z0-9_]+)( \(core dumped\))? \+\+\+$/;
const superseded = /^\+\+\+ superseded by execve in pid (\d+)(?: .*)? \+\+\+$/;
const tail = / ?<(?:unfinished|detached|pid changed to \d+) \.\.\.>$/;

/** Reads a line; a text says what is wrong with it. */
export function parseLine(text: string): Line | string {
  if (remark.test(text)) return { task: 0, time: null, relative: false, body: { kind: 'remark' } };
  const head = prefix.exec(text);
  if (head === null) return 'not a line of strace';
  const [whole, bracketed, plain, hours, minutes, seconds, epoch, relative] = head;
  const number = bracketed ?? plain;
  const task = Number(number ?? 0);
  if (number !== undefined && (task < 1 || task >= PID_LIMIT)) return `no task has the number ${number}`;
  const body = parseBody(text.slice(whole.length).trimEnd());
  if (typeof body === 'string') return body;
  const clock = hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const time = clock ?? (epoch === undefined ? (relative === undefined ? null : Number(relative)) : Number(epoch));
  return { task, time, relative: relative !== undefined, body };
}

function parseBody(text: string): Body | string {
  if (text === '') return 'nothing but a number or a time';
  if (text.startsWith('+++')) return parseEnd(text);
  if (text.startsWith('---')) return parseSignal(text);
  const resume = resumed.exec(text);
  if (resume !== null) {
    const rest = resume[2]!;
    const lost = /<unfinished \.\.\.>\)? += \?$/.test(rest) || /^ *<unfinished \.\.\.>/.test(rest);
    return { kind: 'resume', name: resume[1]!, rest, lost };
  }
  const open = begin.exec(text);
  if (open !== null) return { kind: 'begin', name: open[1]!, text: text.replace(tail, '') };
  if (call.test(text)) return { kind: 'call', text };
  return /^[a-z_?][A-Za-z0-9_]*\(/.test(text) ? 'a call without a result' : 'no call, signal or end of a task';
}

function parseSignal(text: string): Body | string {
  const stop = stopped.exec(text);
  if (stop !== null) return { kind: 'stopped', signal: stop[1]! };
  const found = signal.exec(text);
  return found === null
    ? 'a signal that is not written as strace does'
    : { kind: 'signal', signal: found[1]!, info: found[2] ?? '' };
}

function parseEnd(text: string): Body | string {
  const status = exited.exec(text);
  if (status !== null) return { kind: 'exited', status: Number(status[1]) };
  const death = killed.exec(text);
  if (death !== null) return { kind: 'killed', signal: death[1]!, core: death[2] !== undefined };
  const successor = superseded.exec(text);
  if (successor !== null) return { kind: 'superseded', by: Number(successor[1]) };
  return 'an end of a task that is not written as strace does';
}
