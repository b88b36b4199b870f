/*
 * Loaded into a program by LD_PRELOAD: each flush to disk comes back SLOW_DISK_MS later than it would, as on a laptop or a
 * cloud volume. Writes are as fast as ever; only who waits for durability waits longer. What the program starts has it too,
 * also with an environment of its own, as Parley gives to PostgreSQL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int (*flush_call)(int);
typedef int (*start_call)(const char *, char *const[]);

static char *library;
static char *setting;

static char *copy_of(const char *text) { return text == NULL ? NULL : strdup(text); }

__attribute__((constructor)) static void read_environment(void) {
  library = copy_of(getenv("LD_PRELOAD"));
  setting = copy_of(getenv("SLOW_DISK_MS"));
}

static int flush_slowly(const char *name, int descriptor) {
  flush_call original = (flush_call)dlsym(RTLD_NEXT, name);
  int outcome = original(descriptor);
  int failure = errno;
  long milliseconds = setting == NULL ? 0 : strtol(setting, NULL, 10);
  struct timespec rest = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
  /* a signal cuts the sleep short and says how much is left */
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) continue;
  errno = failure;
  return outcome;
}

int fsync(int descriptor) { return flush_slowly("fsync", descriptor); }

int fdatasync(int descriptor) { return flush_slowly("fdatasync", descriptor); }

/* Node starts its children by this one. */
int execvp(const char *file, char *const arguments[]) {
  if (library != NULL) setenv("LD_PRELOAD", library, 1);
  if (setting != NULL) setenv("SLOW_DISK_MS", setting, 1);
  return ((start_call)dlsym(RTLD_NEXT, "execvp"))(file, arguments);
}
