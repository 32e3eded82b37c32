// Sizes and limits that are compiled into the kernel. What /proc/sys can change starts from the profile instead.
// SEMANTICS C1, C7-C11; include/linux/limits.h, include/linux/ipc.h, include/linux/threads.h.

/** Bytes of a page on x86-64. */
export const PAGE_SIZE = 4096;
/** Bytes that a pipe takes atomically; pipe(7). */
export const PIPE_BUF = 4096;
/** Bytes that a pipe holds: 16 pages. */
export const PIPE_SIZE = 65536;
/** Bytes of a path name, the terminating NUL included. */
export const PATH_MAX = 4096;
/** Bytes of one component of a path. */
export const NAME_MAX = 255;
/** The most descriptors that any process may have, whatever RLIMIT_NOFILE says. */
export const NR_OPEN = 1024 * 1024;
/** The most supplementary groups of a task. */
export const NGROUPS_MAX = 65536;
/** Slots in a table of System V objects; an id is slot + sequence number · IPCMNI (SEMANTICS C7). */
export const IPCMNI = 32768;
/** The allocator does not go back below this number after it has wrapped (SEMANTICS C1). */
export const RESERVED_PIDS = 300;
/** pid_max at boot. */
export const PID_MAX_DEFAULT = 32768;
/** The highest value that pid_max accepts on 64 bits. */
export const PID_MAX_LIMIT = 4 * 1024 * 1024;
/** The highest value of a semaphore; semop(2). */
export const SEMVMX = 32767;
/** The range of a semaphore adjustment is -SEMAEM-1 … SEMAEM. */
export const SEMAEM = 32767;
/** The multiple that SHM_RND rounds down to; shmat(2). */
export const SHMLBA = 4096;
/** The smallest segment, in bytes; shmget(2). */
export const SHMMIN = 1;
/** Bytes below which sigaltstack(2) refuses a stack. */
export const MINSIGSTKSZ = 2048;
/** The largest int. */
export const INT_MAX = 0x7fffffff;
/** The smallest int. */
export const INT_MIN = -0x80000000;
/** The largest long of x86-64, a bigint. */
export const LONG_MAX = 0x7fff_ffff_ffff_ffffn;
/** The smallest long of x86-64, a bigint. */
export const LONG_MIN = -0x8000_0000_0000_0000n;
