// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Actors at work, from now until this is closed: then all have left, and none has a connection. */
final class Traffic implements AutoCloseable {
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private final URI server;
    private final Tally tally;

    Traffic(URI server, Tally tally) {
        this.server = server;
        this.tally = tally;
    }

    void start(String name, Actor actor) {
        threads.add(Thread.ofVirtual().name(name).start(() -> run(name, actor)));
    }

    private void run(String name, Actor actor) {
        try {
            while (!isOver()) {
                try {
                    actor.act();
                } catch (UnexpectedException e) {
                    tally.unexpected(name + ": " + e.getMessage());
                } catch (IOException e) {
                    if (!isOver()) {
                        tally.unexpected(name + ": no answer: " + e);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            tally.unexpected(name + " cannot go on: " + e);
        } finally {
            actor.leave();
        }
    }

    boolean isOver() {
        return stop.getCount() == 0;
    }

    /** Waits; false, and at once, when the traffic is over. */
    boolean pause(long millis) throws InterruptedException {
        return !stop.await(millis, TimeUnit.MILLISECONDS);
    }

    /** A connection that is broken off when the traffic is over. */
    Wire connect(int receiveBuffer) throws IOException {
        Wire wire = Wire.open(server, receiveBuffer, wires::remove);
        wires.add(wire);
        if (isOver()) {
            wire.reset();
        }
        return wire;
    }

    @Override
    public void close() {
        stop.countDown();
        List.copyOf(wires).forEach(Wire::reset);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
