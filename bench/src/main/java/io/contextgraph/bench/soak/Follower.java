// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Tally.Deed;
import io.contextgraph.event.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;

/**
 * Opens a live stream, follows it for a while and goes, in order or not; sometimes comes back with the last id.
 * Unfiltered, each event must be the next one.
 */
final class Follower implements Actor {
    /** Longer than a stream may be silent. */
    private static final int SILENCE_MILLIS = 40_000;

    private static final List<String> FILTERS =
            List.of("event_type=tool.*", "agent_id=agent-3", "status=failed", "min_importance=9", "session_id=nobody");

    private final Scene scene;
    private final SplittableRandom random;
    private String lastId = "";
    private long lastSeq;

    Follower(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.random = random;
    }

    @Override
    public void act() throws IOException, InterruptedException {
        boolean filtered = random.nextInt(3) == 0;
        boolean comesBack = !filtered && !lastId.isEmpty() && random.nextBoolean();
        if (!comesBack) {
            lastId = "";
            lastSeq = 0;
        }
        // Few begin far back: to read all of it again and again would be a load that grows.
        String from = random.nextBoolean()
                ? "latest"
                : random.nextInt(5) == 0
                        ? scene.positions().any(random)
                        : scene.positions().recent(random);
        String address =
                "/v1/events/stream?from=" + from + (filtered ? "&" + FILTERS.get(random.nextInt(FILTERS.size())) : "");
        Wire wire = scene.traffic().connect(0);
        try {
            wire.timeoutMillis(SILENCE_MILLIS);
            wire.get(address, comesBack ? "Last-Event-ID: " + lastId + "\r\n" : "");
            int status = wire.status();
            if (status != 200) {
                throw new UnexpectedException(address + ": " + status);
            }
            scene.tally().add(Deed.STREAM);
            follow(wire.chunks(), filtered, System.nanoTime() + scene.stay(random) * 1_000_000);
        } catch (SocketTimeoutException silent) {
            throw new UnexpectedException(address + ": silent for " + SILENCE_MILLIS + " ms");
        } finally {
            if (filtered) {
                lastId = "";
            }
            if (random.nextBoolean()) {
                wire.reset();
            } else {
                wire.close();
            }
        }
    }

    private void follow(InputStream chunks, boolean filtered, long untilNanos) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(chunks, StandardCharsets.UTF_8));
        String id = "";
        while (System.nanoTime() - untilNanos < 0) {
            String line = lines.readLine();
            if (line == null) {
                throw new UnexpectedException("a stream has ended");
            }
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                long seq = seq(line);
                if (lastSeq > 0 && (filtered ? seq <= lastSeq : seq != lastSeq + 1)) {
                    throw new UnexpectedException("a stream has event " + seq + " after " + lastSeq);
                }
                lastSeq = seq;
                lastId = id;
                scene.tally().add(Deed.MESSAGE);
            }
        }
    }

    private static long seq(String line) throws UnexpectedException {
        try {
            long seq = Json.MAPPER.readTree(line.substring(6)).path("seq").asLong(0);
            if (seq > 0) {
                return seq;
            }
        } catch (JacksonException half) {
            // Told below.
        }
        throw new UnexpectedException("a stream has " + line);
    }
}
