// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.History.Kill;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A process that is started again whenever it ends, as a service manager does.
 *
 * <p><b>Guarantees.</b> Killed when this is closed, and at the latest with this JVM.
 */
final class Supervised implements AutoCloseable {
    /** Starts the process. */
    interface Launcher {
        Process launch() throws IOException;
    }

    private final Launcher launcher;
    private final IntSupplier downMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread supervisor;
    private final Thread atExit = new Thread(this::end);
    private @Nullable Process process;
    private boolean closed;

    /** @param downMillis how long the process stays away after it has ended */
    Supervised(String name, Launcher launcher, IntSupplier downMillis) throws IOException {
        this.launcher = launcher;
        this.downMillis = downMillis;
        this.process = launcher.launch();
        Runtime.getRuntime().addShutdownHook(atExit);
        this.supervisor = Thread.ofVirtual().name("supervise-" + name).start(this::supervise);
    }

    private void supervise() {
        while (true) {
            Process running = running();
            if (running == null) {
                return;
            }
            running.onExit().join();
            if (!Pause.millis(downMillis.getAsInt())) {
                return;
            }
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                process = launcher.launch();
            } catch (IOException e) {
                throw new IllegalStateException("cannot be started again", e);
            } finally {
                lock.unlock();
            }
        }
    }

    private @Nullable Process running() {
        lock.lock();
        try {
            return closed ? null : process;
        } finally {
            lock.unlock();
        }
    }

    /** Kills the process at once; empty when there was none. It is not started again before this returns. */
    Optional<Kill> kill() {
        lock.lock();
        try {
            Process victim = process;
            if (victim == null || !victim.isAlive()) {
                return Optional.empty();
            }
            Instant begun = Instant.now();
            victim.destroyForcibly();
            victim.onExit().join();
            return Optional.of(new Kill(begun, Instant.now()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks the process to stop, and waits until it has; then it is started again.
     *
     * @return its exit code; empty when there was no process
     */
    OptionalInt stop() {
        Process running = running();
        if (running == null || !running.isAlive()) {
            return OptionalInt.empty();
        }
        running.destroy();
        return OptionalInt.of(running.onExit().join().exitValue());
    }

    private void end() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            end();
        } finally {
            lock.unlock();
        }
        supervisor.interrupt();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
