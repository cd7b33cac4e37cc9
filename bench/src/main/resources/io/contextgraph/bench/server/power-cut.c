/* Copyright the Context Graph authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Loaded before the C library of a Redis server (LD_PRELOAD): what Redis writes to its append-only file stays in this
 * process until Redis syncs the file, so that killing the process loses it, as a power cut loses the page cache. Now
 * and then a first part of it is written out all the same, as the system may do at any time: it ends anywhere, also in
 * the middle of a command or of a transaction.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILES 65536
#define WRITE_BACK_ONE_IN 20

struct cache {
    int appends;
    char *bytes;
    size_t size, room;
};

static struct cache caches[MAX_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int seed;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t real_write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, bytes, size);
}

static void take_lock(void) {
    pthread_mutex_lock(&lock);
}

static void give_lock(void) {
    pthread_mutex_unlock(&lock);
}

/* A child is born while another thread may hold the lock. */
__attribute__((constructor)) static void at_fork(void) {
    pthread_atfork(take_lock, give_lock, give_lock);
}

static int is_append_only_file(const char *path, int flags) {
    size_t length = strlen(path);
    const char *end = ".incr.aof";
    return (flags & O_ACCMODE) == O_WRONLY && length > strlen(end) && !strcmp(path + length - strlen(end), end);
}

/* Under the lock. Writes out the first bytes of what is held back. */
static void write_out(int fd, size_t size) {
    struct cache *cache = &caches[fd];
    size_t done = 0;
    while (done < size) {
        ssize_t n = real_write(fd, cache->bytes + done, size - done);
        if (n < 0 && errno != EINTR) abort();
        if (n > 0) done += (size_t)n;
    }
    memmove(cache->bytes, cache->bytes + size, cache->size - size);
    cache->size -= size;
}

static int opened(int fd, const char *path, int flags) {
    if (fd >= 0 && fd < MAX_FILES) {
        pthread_mutex_lock(&lock);
        if (!seed) seed = (unsigned int)(time(NULL) ^ getpid());
        caches[fd].appends = is_append_only_file(path, flags);
        caches[fd].size = 0;
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        REAL(int, #name, const char *, int, ...); \
        return opened(real(path, flags, mode), path, flags); \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t size) {
    if (fd < 0 || fd >= MAX_FILES || !caches[fd].appends) return real_write(fd, bytes, size);
    pthread_mutex_lock(&lock);
    struct cache *cache = &caches[fd];
    if (cache->size + size > cache->room) {
        cache->room = 2 * (cache->size + size);
        cache->bytes = realloc(cache->bytes, cache->room);
        if (!cache->bytes) abort();
    }
    memcpy(cache->bytes + cache->size, bytes, size);
    cache->size += size;
    if (rand_r(&seed) % WRITE_BACK_ONE_IN == 0) write_out(fd, (size_t)rand_r(&seed) % (cache->size + 1));
    pthread_mutex_unlock(&lock);
    return (ssize_t)size;
}

static void synced(int fd) {
    if (fd >= 0 && fd < MAX_FILES && caches[fd].appends) {
        pthread_mutex_lock(&lock);
        write_out(fd, caches[fd].size);
        pthread_mutex_unlock(&lock);
    }
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    synced(fd);
    return real(fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    synced(fd);
    return real(fd);
}

int close(int fd) {
    REAL(int, "close", int);
    synced(fd);
    if (fd >= 0 && fd < MAX_FILES) caches[fd].appends = 0;
    return real(fd);
}
