// Resources of getrlimit(2) and setrlimit(2), with x86-64's numbers, and the kinds of getpriority(2).

export const RLIMIT_CPU = 0;
export const RLIMIT_FSIZE = 1;
export const RLIMIT_DATA = 2;
export const RLIMIT_STACK = 3;
export const RLIMIT_CORE = 4;
export const RLIMIT_RSS = 5;
export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;
export const RLIMIT_MEMLOCK = 8;
export const RLIMIT_AS = 9;
export const RLIMIT_LOCKS = 10;
export const RLIMIT_SIGPENDING = 11;
export const RLIMIT_MSGQUEUE = 12;
export const RLIMIT_NICE = 13;
export const RLIMIT_RTPRIO = 14;
export const RLIMIT_RTTIME = 15;
/** How many resources there are. */
export const RLIM_NLIMITS = 16;

/** "No limit": all 64 bits set, hence a bigint. */
export const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
/** The same under the name that strace prints. */
export const RLIM64_INFINITY = 0xffff_ffff_ffff_ffffn;

export const RUSAGE_SELF = 0;
export const RUSAGE_CHILDREN = -1;
export const RUSAGE_THREAD = 1;

export const PRIO_PROCESS = 0;
export const PRIO_PGRP = 1;
export const PRIO_USER = 2;
