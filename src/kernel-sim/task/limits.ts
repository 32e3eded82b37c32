/** Resource limits of a process; getrlimit(2). */

export const INFINITY = Number.POSITIVE_INFINITY;

/** A soft limit and the hard limit it may be raised to; {@link INFINITY} for none. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** The limits that the simulated kernel enforces. */
export interface ResourceLimits {
  /** Processes of the real user. */
  readonly RLIMIT_NPROC: Limit;
  /** One more than the highest descriptor. */
  readonly RLIMIT_NOFILE: Limit;
  /** Queued signals of the real user. */
  readonly RLIMIT_SIGPENDING: Limit;
  /** Bytes of POSIX queues of the real user. */
  readonly RLIMIT_MSGQUEUE: Limit;
  /** Bytes of locked memory. */
  readonly RLIMIT_MEMLOCK: Limit;
  /** Bytes a file may grow to. */
  readonly RLIMIT_FSIZE: Limit;
}

const both = (limit: number): Limit => ({ soft: limit, hard: limit });

export const defaultLimits: ResourceLimits = Object.freeze({
  RLIMIT_NPROC: both(16_384),
  RLIMIT_NOFILE: { soft: 1024, hard: 4096 },
  RLIMIT_SIGPENDING: both(16_384),
  RLIMIT_MSGQUEUE: both(819_200),
  RLIMIT_MEMLOCK: both(65_536),
  RLIMIT_FSIZE: both(INFINITY),
});
