/* Makes random system calls by a seed, for strace to record: System V IPC, POSIX queues, descriptors, locks, signals, sessions,
   children. One process runs at a time, so that a log leaves few orders open. Usage: recorder SEED CALLS */

#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t state;
static void *attached[4];

static unsigned pick(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state % n);
}

static const key_t keys[] = {IPC_PRIVATE, 0x1111, 0x2222, 0x3333};
static const int modes[] = {0600, 0644, 0666, 0400, 0};
static const int signals[] = {SIGUSR1, SIGUSR2, SIGURG, SIGWINCH, SIGCHLD, 36, 40};
static const char *const files[] = {"f0", "f1", "f2", "nodir/f"};

static int flags(void) {
  static const int creating[] = {0, IPC_CREAT, IPC_CREAT | IPC_EXCL};
  return creating[pick(3)] | modes[pick(5)];
}

static int id(void) {
  static const int ids[] = {0, 1, 2, 3, 4, 5, 7, -1, 32768, 99999};
  return ids[pick(10)];
}

static void nothing(int signo) { (void)signo; }

static void message(void) {
  struct { long type; char text[64]; } buffer = {1 + pick(3), ""};
  struct msqid_ds ds;
  memset(buffer.text, 'a' + (int)pick(26), sizeof buffer.text);
  switch (pick(6)) {
    case 0: msgget(keys[pick(4)], flags()); break;
    case 1: case 2: buffer.type = (long)pick(4); msgsnd(id(), &buffer, pick(64), IPC_NOWAIT); break;
    case 3: {
      static const int extra[] = {0, MSG_NOERROR, MSG_EXCEPT};
      msgrcv(id(), &buffer, pick(64), (long)pick(5) - 2, IPC_NOWAIT | extra[pick(3)]);
      break;
    }
    case 4: msgctl(id(), IPC_STAT, &ds); break;
    default: {
      int queue = id();
      if (pick(2)) { msgctl(queue, IPC_RMID, NULL); break; }
      if (msgctl(queue, IPC_STAT, &ds) != 0) break;
      ds.msg_perm.mode = (unsigned short)modes[pick(5)];
      ds.msg_qbytes = 16384 >> pick(8);
      msgctl(queue, IPC_SET, &ds);
    }
  }
}

static void semaphore(void) {
  union semun { int val; struct semid_ds *buf; unsigned short *array; } arg = {0};
  struct sembuf ops[3];
  struct semid_ds ds;
  static const short amounts[] = {0, 1, -1, 2, -2, 5, 32767};
  unsigned count = 1 + pick(3);
  switch (pick(6)) {
    case 0: semget(keys[pick(4)], (int)pick(5), flags()); break;
    case 1: case 2: case 3:
      for (unsigned i = 0; i < count; i++) {
        ops[i].sem_num = (unsigned short)pick(4);
        ops[i].sem_op = amounts[pick(7)];
        ops[i].sem_flg = (short)(IPC_NOWAIT | (pick(2) ? SEM_UNDO : 0));
      }
      semop(id(), ops, count);
      break;
    case 4: {
      static const int looks[] = {GETVAL, GETPID, GETNCNT, GETZCNT};
      semctl(id(), (int)pick(5), looks[pick(4)]);
      break;
    }
    default:
      if (pick(3)) { arg.val = (int)pick(4) * 11000; semctl(id(), (int)pick(4), SETVAL, arg); break; }
      arg.buf = &ds;
      if (pick(2)) semctl(id(), 0, IPC_STAT, arg);
      else semctl(id(), 0, IPC_RMID);
  }
}

static void memory(void) {
  struct shmid_ds ds;
  unsigned slot = pick(4);
  switch (pick(5)) {
    case 0: case 1: shmget(keys[pick(4)], 4096 * pick(4), flags()); break;
    case 2: {
      void *address = shmat(id(), NULL, pick(2) ? SHM_RDONLY : 0);
      if (address != (void *)-1) attached[slot] = address;
      break;
    }
    case 3: if (attached[slot]) { shmdt(attached[slot]); attached[slot] = NULL; } break;
    default: if (pick(2)) shmctl(id(), IPC_STAT, &ds); else shmctl(id(), IPC_RMID, NULL);
  }
}

static void descriptor(void) {
  static const int opening[] = {O_RDONLY, O_RDWR | O_CREAT, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_EXCL, O_WRONLY | O_APPEND};
  char buffer[32];
  int pair[2];
  int fd = (int)pick(12);
  if (fd == 1 || fd == 2) fd = 99999;
  switch (pick(12)) {
    case 0: open(files[pick(4)], opening[pick(5)] | (pick(3) ? 0 : O_CLOEXEC), 0600); break;
    case 1: if (pipe2(pair, O_NONBLOCK | (pick(2) ? O_CLOEXEC : 0))) break; break;
    case 2: dup(fd); break;
    case 3: dup2(fd, 3 + (int)pick(14)); break;
    case 4: close(fd < 3 ? 999 : fd); break;
    case 5: if (write(fd, "hello world", pick(11)) < 0) break; break;
    case 6: if (read(fd, buffer, pick(32)) < 0) break; break;
    case 7: lseek(fd, (long)pick(12) - 3, (int)pick(4)); break;
    case 8: fcntl(fd, F_GETFD); break;
    case 9: fcntl(fd, F_GETFL); break;
    case 10: fcntl(fd, pick(2) ? F_DUPFD : F_DUPFD_CLOEXEC, (int)pick(20) - 1); break;
    default: unlink(files[pick(4)]);
  }
}

/* The kernel's own calls: the C library's take names and flags that these do not. */
static void queue(void) {
  static const char *const names[] = {"q0", "q1", "q2", "a/b", "", "."};
  static const int opening[] = {O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_CREAT, O_RDONLY | O_CREAT, O_RDWR | O_CREAT | O_EXCL};
  static int queues[] = {3, 4, 5, 999};
  struct timespec past = {1, 0};
  struct mq_attr attr, before;
  struct sigevent event;
  char text[8192];
  unsigned priority;
  int fd = pick(3) ? queues[pick(4)] : (int)pick(14);
  memset(&attr, 0, sizeof attr);
  switch (pick(8)) {
    case 0: case 1: {
      attr.mq_maxmsg = 1 + pick(4);
      attr.mq_msgsize = 8 * pick(8);
      long made = syscall(SYS_mq_open, names[pick(6)], opening[pick(6)] | O_NONBLOCK, modes[pick(5)], pick(4) ? &attr : NULL);
      if (made >= 0) queues[pick(3)] = (int)made;
      break;
    }
    case 2: case 3:
      syscall(SYS_mq_timedsend, fd, "a message of some bytes", (long)pick(20), pick(5) ? pick(4) : 40000, pick(8) ? NULL : &past);
      break;
    case 4: case 5:
      syscall(SYS_mq_timedreceive, fd, text, pick(6) ? 8192L : 8L, pick(3) ? &priority : NULL, pick(8) ? NULL : &past);
      break;
    case 6: syscall(SYS_mq_unlink, names[pick(6)]); break;
    default:
      if (pick(2)) {
        attr.mq_flags = pick(4) ? O_NONBLOCK : 1;
        syscall(SYS_mq_getsetattr, fd, pick(2) ? &attr : NULL, pick(4) ? &before : NULL);
        break;
      }
      memset(&event, 0, sizeof event);
      event.sigev_notify = pick(4) ? SIGEV_SIGNAL : pick(2) ? SIGEV_NONE : 7;
      event.sigev_signo = pick(3) ? SIGURG : 70;
      event.sigev_value.sival_int = (int)pick(100);
      syscall(SYS_mq_notify, fd, pick(3) ? &event : NULL);
  }
}

static void file(void) {
  static const int status[] = {0, O_APPEND, O_NOATIME, O_APPEND | O_NOATIME};
  static const int types[] = {F_RDLCK, F_WRLCK, F_UNLCK, 7};
  char text[64];
  struct iovec parts[] = {{text, pick(8)}, {text + 8, pick(20)}};
  struct flock lock;
  ssize_t done = 0;
  int fd = (int)pick(14);
  if (fd == 1 || fd == 2) fd = 3;
  memset(text, 'a' + (int)pick(26), sizeof text);
  switch (pick(12)) {
    case 0: case 1: case 2:
      memset(&lock, 0, sizeof lock);
      lock.l_type = (short)types[pick(4)];
      lock.l_whence = (short)pick(3);
      lock.l_start = (long)pick(20) - 4;
      lock.l_len = (long)pick(12) - 2;
      fcntl(fd, pick(4) == 0 ? F_OFD_SETLK : pick(2) ? F_SETLK : F_GETLK, &lock);
      break;
    case 3: fcntl(fd, F_SETFL, status[pick(4)] | O_NONBLOCK); break;
    case 4: if (pick(2)) fcntl(fd, F_SETOWN, pick(2) ? getpid() : pick(2) ? 0 : 99999); else fcntl(fd, F_GETOWN); break;
    case 5: if (pick(2)) fcntl(fd, F_SETFD, pick(2)); else dup3(fd, 3 + (int)pick(12), pick(2) ? O_CLOEXEC : 0); break;
    case 6: done = pick(2) ? pread(fd, text, pick(32), (long)pick(20) - 2) : pwrite(fd, text, pick(32), (long)pick(20) - 2); break;
    case 7: done = pick(2) ? readv(fd, parts, 2) : writev(fd, parts, 2); break;
    case 8: done = ftruncate(fd, (long)pick(40) - 3); break;
    case 9: eventfd(pick(4), EFD_NONBLOCK | (pick(2) ? EFD_SEMAPHORE : 0)); break;
    default: {
      struct pollfd watched[] = {{fd, POLLIN | POLLOUT, 0}, {(int)pick(14), POLLIN, 0}};
      poll(watched, 2, 0);
    }
  }
  (void)done;
}

static void signalling(void) {
  sigset_t set;
  struct sigaction action;
  int signo = signals[pick(7)];
  sigemptyset(&set);
  sigaddset(&set, signo);
  memset(&action, 0, sizeof action);
  switch (pick(6)) {
    case 0: {
      static void (*const handlers[])(int) = {nothing, SIG_IGN};
      action.sa_handler = handlers[pick(2)];
      action.sa_flags = pick(2) ? SA_RESTART : 0;
      if (action.sa_handler == SIG_IGN && signo == SIGCHLD) break;
      sigaction(signo, &action, NULL);
      break;
    }
    case 1: sigprocmask(SIG_BLOCK, &set, NULL); break;
    case 2: sigprocmask(SIG_UNBLOCK, &set, NULL); break;
    case 3: sigpending(&set); break;
    case 4: {
      struct timespec none = {0, 0};
      siginfo_t info;
      sigtimedwait(&set, &info, &none);
      break;
    }
    default:
      sigaction(signo, NULL, &action);
      if (action.sa_handler != SIG_DFL || signo == SIGURG || signo == SIGWINCH || signo == SIGCHLD) kill(getpid(), signo);
      else kill(getpid(), pick(2) ? 0 : 65);
  }
}

static void session(void) {
  switch (pick(6)) {
    case 0: setpgid(0, pick(2) ? 0 : (int)pick(8)); break;
    case 1: getpgid(pick(2) ? 0 : 99999); break;
    case 2: if (pick(3) == 0) setsid(); break;
    case 3: getsid(0); break;
    case 4: getppid(); break;
    default: kill((int)pick(3) - 1000000, 0);
  }
}

static void act(unsigned calls, unsigned depth);

static void child(unsigned depth) {
  if (depth >= 3) return;
  pid_t pid = fork();
  if (pid == 0) {
    if (pick(4) == 0) { if (setgid(1000) || setuid(1000)) _exit(1); }
    act(5 + pick(20), depth + 1);
    _exit((int)pick(256));
  }
  while (waitpid(pid, NULL, 0) < 0) continue;
  pick(7); /* goes on otherwise than the child did */
}

static void act(unsigned calls, unsigned depth) {
  for (unsigned i = 0; i < calls; i++) {
    switch (pick(22)) {
      case 0: case 1: case 2: message(); break;
      case 3: case 4: case 5: semaphore(); break;
      case 6: case 7: memory(); break;
      case 8: case 9: case 10: descriptor(); break;
      case 11: case 12: case 13: signalling(); break;
      case 14: session(); break;
      case 15: case 16: case 17: queue(); break;
      case 18: case 19: case 20: file(); break;
      default: child(depth);
    }
  }
}

int main(int argc, char **argv) {
  state = argc > 1 ? strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15ull + 1 : 1;
  signal(SIGPIPE, SIG_IGN);
  act(argc > 2 ? (unsigned)atoi(argv[2]) : 200, 0);
  return 0;
}
