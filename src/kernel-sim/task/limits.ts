/** Resource limits of a process; getrlimit(2), include/asm-generic/resource.h. */

/** A soft limit and the hard limit it may be raised to; Infinity for none. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export const INFINITY = Number.POSITIVE_INFINITY;

/** All limits, in the order of their numbers. Those without a word of their own are kept but change nothing here. */
export interface ResourceLimits {
  readonly RLIMIT_CPU: Limit;
  /** Bytes a file may grow to. */
  readonly RLIMIT_FSIZE: Limit;
  readonly RLIMIT_DATA: Limit;
  /** Bytes of the stack; a quarter of it is what execve takes for arguments. */
  readonly RLIMIT_STACK: Limit;
  readonly RLIMIT_CORE: Limit;
  readonly RLIMIT_RSS: Limit;
  /** Processes of the real user. */
  readonly RLIMIT_NPROC: Limit;
  /** One more than the highest descriptor. */
  readonly RLIMIT_NOFILE: Limit;
  /** Bytes of locked memory. */
  readonly RLIMIT_MEMLOCK: Limit;
  readonly RLIMIT_AS: Limit;
  readonly RLIMIT_LOCKS: Limit;
  /** Queued signals of the real user. */
  readonly RLIMIT_SIGPENDING: Limit;
  /** Bytes of POSIX queues of the real user. */
  readonly RLIMIT_MSGQUEUE: Limit;
  readonly RLIMIT_NICE: Limit;
  readonly RLIMIT_RTPRIO: Limit;
  readonly RLIMIT_RTTIME: Limit;
}

const both = (limit: number): Limit => ({ soft: limit, hard: limit });

const unlimited = both(INFINITY);

export const defaultLimits: ResourceLimits = Object.freeze({
  RLIMIT_CPU: unlimited,
  RLIMIT_FSIZE: unlimited,
  RLIMIT_DATA: unlimited,
  RLIMIT_STACK: { soft: 8 * 1024 * 1024, hard: INFINITY },
  RLIMIT_CORE: { soft: 0, hard: INFINITY },
  RLIMIT_RSS: unlimited,
  RLIMIT_NPROC: both(16_384),
  RLIMIT_NOFILE: { soft: 1024, hard: 4096 },
  RLIMIT_MEMLOCK: both(65_536),
  RLIMIT_AS: unlimited,
  RLIMIT_LOCKS: unlimited,
  RLIMIT_SIGPENDING: both(16_384),
  RLIMIT_MSGQUEUE: both(819_200),
  RLIMIT_NICE: both(0),
  RLIMIT_RTPRIO: both(0),
  RLIMIT_RTTIME: unlimited,
});

/** The names of the limits by number. */
export const limitNames = Object.keys(defaultLimits) as readonly (keyof ResourceLimits)[];
