/*
 * Loaded into PostgreSQL by LD_PRELOAD: each flush to disk comes back SLOW_DISK_MS later than it would, as on a laptop or
 * a cloud volume. Writes are as fast as ever; only who waits for durability waits longer.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

typedef int (*flush_call)(int);

static int flush_slowly(const char *name, int descriptor) {
  flush_call original = (flush_call)dlsym(RTLD_NEXT, name);
  int outcome = original(descriptor);
  int failure = errno;
  const char *setting = getenv("SLOW_DISK_MS");
  long milliseconds = setting == NULL ? 0 : strtol(setting, NULL, 10);
  struct timespec rest = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
  /* a signal cuts the sleep short and says how much is left */
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) continue;
  errno = failure;
  return outcome;
}

int fsync(int descriptor) { return flush_slowly("fsync", descriptor); }

int fdatasync(int descriptor) { return flush_slowly("fdatasync", descriptor); }
