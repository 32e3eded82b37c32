// POSIX message queues: the limits of mq_overview(7) that are part of the interface.

/** Priorities run from 0 to one less. */
export const MQ_PRIO_MAX = 32768;
/** What RLIMIT_MSGQUEUE starts at, in bytes per user. */
export const MQ_BYTES_MAX = 819200;
