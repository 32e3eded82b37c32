/** /proc/<pid>/status and limits as values; proc(5). */

import { type Credentials, RLIMITS, type Rlimits } from '../image/index.ts';

/** The lines of a status file by what stands before the colon. */
export class Status {
  readonly #lines = new Map<string, string>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const colon = line.indexOf(':');
      if (colon !== -1) this.#lines.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
  }

  /** The text of a line, empty when there is none. */
  text(name: string): string {
    return this.#lines.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  number(name: string): number {
    return Number(this.text(name));
  }

  /** The numbers of a line. */
  numbers(name: string): number[] {
    const text = this.text(name);
    return text === '' ? [] : text.split(/\s+/).map(Number);
  }

  /** The signals of a mask, ascending. */
  signals(name: string): number[] {
    const text = this.text(name);
    if (!/[1-9a-f]/.test(text)) return [];
    const mask = BigInt(`0x${text}`);
    return Array.from({ length: 64 }, (_, n) => n + 1).filter((signo) => (mask & (1n << BigInt(signo - 1))) !== 0n);
  }

  get credentials(): Credentials {
    const [uid = 0, euid = 0, suid = 0, fsuid = 0] = this.numbers('Uid');
    const [gid = 0, egid = 0, sgid = 0, fsgid = 0] = this.numbers('Gid');
    return {
      uid,
      euid,
      suid,
      fsuid,
      gid,
      egid,
      sgid,
      fsgid,
      groups: this.numbers('Groups'),
      capabilities: {
        effective: this.text('CapEff'),
        permitted: this.text('CapPrm'),
        inheritable: this.text('CapInh'),
      },
    };
  }
}

/** The limits of /proc/<pid>/limits, which has them in an order of its own. */
export function limitsIn(text: string): Rlimits {
  const limits: Rlimits = {};
  for (const line of text.split('\n').slice(1)) {
    const resource = RESOURCES.get(line.slice(0, LABEL).trim());
    const [soft, hard] = line.slice(LABEL).trim().split(/\s+/);
    if (resource !== undefined) limits[resource] = { soft: limit(soft!), hard: limit(hard!) };
  }
  return limits;
}

/** Width of the first column. */
const LABEL = 26;

const LABELS: Readonly<Record<(typeof RLIMITS)[number], string>> = {
  cpu: 'Max cpu time',
  fsize: 'Max file size',
  data: 'Max data size',
  stack: 'Max stack size',
  core: 'Max core file size',
  rss: 'Max resident set',
  nproc: 'Max processes',
  nofile: 'Max open files',
  memlock: 'Max locked memory',
  as: 'Max address space',
  locks: 'Max file locks',
  sigpending: 'Max pending signals',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
};

const RESOURCES = new Map(RLIMITS.map((resource) => [LABELS[resource], resource]));

const limit = (text: string) => (text === 'unlimited' ? text : Number(text));
