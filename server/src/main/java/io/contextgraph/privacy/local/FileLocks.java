// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.ops.OwnerFiles;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one at a time change what a lock file stands for: among threads by a lock in memory, among processes by one of the
 * file system, which goes with the process that held it.
 */
final class FileLocks {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    /** For all who are in this process: a file that is closed gives up every lock that its process has on it. */
    private static final ConcurrentMap<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private FileLocks() {}

    /** What is done under a lock. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does the work when nobody else is at it.
     *
     * @param file is made where it is missing; it stays empty
     * @throws KeyServiceException of the reason UNAVAILABLE when others were at it for too long
     */
    static <T> T locked(Path file, Work<T> work) throws IOException {
        ReentrantLock here = HERE.computeIfAbsent(file.toAbsolutePath().normalize(), unknown -> new ReentrantLock());
        if (here.isHeldByCurrentThread()) {
            return work.run();
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            if (!here.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(file);
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new KeyServiceException(Reason.UNAVAILABLE, "interrupted while waiting for " + file, asked);
        }
        try (FileChannel channel = opened(file);
                FileLock lock = acquired(channel, file, until)) {
            T done = work.run();
            if (!lock.isValid()) {
                throw new IOException("the lock on " + file + " was lost");
            }
            return done;
        } finally {
            here.unlock();
        }
    }

    private static FileChannel opened(Path file) throws IOException {
        if (!Files.exists(file)) {
            return FileChannel.open(
                    file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerFiles.mode("rw-------"));
        }
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    private static FileLock acquired(FileChannel channel, Path file, long until) throws IOException {
        FileLock lock = channel.tryLock();
        while (lock == null) {
            if (System.nanoTime() - until > 0) {
                throw busy(file);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            lock = channel.tryLock();
        }
        return lock;
    }

    private static KeyServiceException busy(Path file) {
        return new KeyServiceException(
                Reason.UNAVAILABLE,
                "others have held " + file + " for more than " + PATIENCE.toSeconds() + " s: look which process hangs");
    }
}
