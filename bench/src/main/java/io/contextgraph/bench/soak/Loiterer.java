// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Tally.Deed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.SplittableRandom;

/**
 * A client as there should be none: connects and says nothing, sends half of something, reads slowly or not at all,
 * stays or vanishes. No answer is owed to it; only it must not be turned away.
 */
final class Loiterer implements Actor {
    private static final int MAX_PAUSE_MILLIS = 2000;
    private static final int SMALL_BUFFER = 4 * 1024;
    private static final int LOOK_MILLIS = 500;

    private final Scene scene;
    private final SplittableRandom random;

    Loiterer(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.random = random;
    }

    @Override
    public void act() throws IOException, InterruptedException {
        int kind = random.nextInt(10);
        Wire wire;
        try {
            wire = scene.traffic().connect(kind < 3 ? SMALL_BUFFER : 0);
        } catch (ConnectException refused) {
            throw new UnexpectedException("a connection was refused");
        }
        try {
            begin(kind, wire);
            if (random.nextInt(3) > 0) {
                boolean unread = kind == 0;
                stay(wire, unread, kind == 1 ? 64 * 1024 : 1024);
            }
        } catch (IOException gone) {
            // That is what it came for.
        } finally {
            scene.tally().add(Deed.LOITERED);
            if (random.nextBoolean()) {
                wire.reset();
            } else {
                wire.close();
            }
        }
        boolean ignored = scene.traffic().pause(random.nextInt(MAX_PAUSE_MILLIS));
    }

    private void begin(int kind, Wire wire) throws IOException {
        switch (kind) {
            // The stream from an old event on, of which nothing is taken.
            case 0 -> wire.get("/v1/events/stream?from=" + scene.positions().any(random), "");
            // Large answers, taken slowly, or too slowly.
            case 1, 2 -> wire.get("/v1/events?limit=1000&order=desc", "");
            // Nothing, or nothing more after an answer.
            case 3 -> {}
            case 4 -> wire.get("/v1/health/live", "");
            case 5 -> wire.send("GET /v1/events?limit=1 HTTP/1.1\r\nHost: loc");
            // Half a body, of which nothing is appended.
            case 6 -> {
                wire.post("/v1/events", "application/json", "Content-Length: 5000");
                wire.send("{\"event_id\":\"");
            }
            case 7 -> {
                wire.post("/v1/events/batch", "application/x-ndjson", "Transfer-Encoding: chunked");
                long known = scene.numbers().known();
                if (known > 0) {
                    String line = scene.story().event(random.nextLong(known)) + "\n";
                    wire.send(Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
                }
                wire.send("100\r\n{\"event_id\":");
            }
            // Many questions at once, and gone before they are answered.
            case 8 -> {
                for (int i = 0; i < 20; i++) {
                    wire.get("/v1/events?limit=10", "");
                }
            }
            default -> wire.get("/v1/events/stream?session_id=nobody", "");
        }
    }

    /** Until its time is over or the server has had enough. */
    private void stay(Wire wire, boolean unread, int bytesPerLook) throws IOException, InterruptedException {
        long until = System.nanoTime() + scene.stay(random) * 1_000_000;
        byte[] taken = new byte[bytesPerLook];
        wire.timeoutMillis(1);
        while (System.nanoTime() - until < 0 && scene.traffic().pause(LOOK_MILLIS)) {
            try {
                if (!unread && wire.take(taken) < 0) {
                    scene.tally().add(Deed.CLOSED);
                    return;
                }
            } catch (SocketTimeoutException nothing) {
                // It goes on staying.
            }
        }
    }
}
