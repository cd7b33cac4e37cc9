// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.epoch.Bookmark;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Follows the live stream from the first event on, and comes back with the last id whenever it is cut off. Where the ledger
 * has lost what it has seen, it forgets that, too.
 */
final class Follower implements Runnable {
    private static final long BACK_OFF_MILLIS = 100;

    /** One message. */
    record Seen(EventId id, Position position, long seq, Instant recordedAt) {}

    private final HttpClient http;
    private final Servers servers;
    private final String path;
    private final String filter;
    private final Supplier<LossRule> rule;
    private final Findings findings;
    private final List<Seen> seen = new ArrayList<>();
    private String lastId = Position.START.toString();
    private Position last = Position.START;
    private int epochsEnded;
    private volatile boolean closed;
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * A follower that has seen nothing.
     *
     * @param filter the query that selects, such as {@code event_type=tool.*}; empty for everything
     * @param rule what may be lost by now
     */
    Follower(HttpClient http, Servers servers, String filter, Supplier<LossRule> rule, Findings findings) {
        this.http = http;
        this.servers = servers;
        this.path = "/v1/events/stream" + (filter.isEmpty() ? "" : "?" + filter);
        this.filter = filter;
        this.rule = rule;
        this.findings = findings;
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                connect();
            } catch (IOException cutOff) {
                // That is what this test is about.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (!closed && !Pause.millis(BACK_OFF_MILLIS)) {
                return;
            }
        }
    }

    private void connect() throws IOException, InterruptedException {
        Servers.Turn turn = servers.next();
        HttpRequest request = HttpRequest.newBuilder(turn.address().resolve(path))
                .header("Last-Event-ID", lastId())
                .build();
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            turn.answered(response);
            read(response);
        } catch (IOException cutOff) {
            if (!closed) {
                turn.cut("the stream of \"" + filter + "\"", cutOff);
            }
            throw cutOff;
        }
    }

    private void read(HttpResponse<InputStream> response) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() == 200) {
                connections.incrementAndGet();
                read(lines);
            } else if (response.statusCode() == 410) {
                goBack(Json.MAPPER.readTree(lines).get("last_common_position").stringValue());
            } else if (response.statusCode() != 503) {
                findings.add(
                        Findings.Kind.UNEXPECTED_ANSWER,
                        "follower " + filter + ": status " + response.statusCode() + " " + lines.readLine());
            }
        }
    }

    /** A message counts once its blank line is here; one with a type of its own is no event, but says why the stream ends. */
    private void read(BufferedReader lines) throws IOException {
        String id = "";
        String type = "";
        String data = "";
        for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                type = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.isEmpty()) {
                take(id, type.isEmpty() ? data : "");
                id = "";
                type = "";
                data = "";
            }
        }
    }

    /** What was seen behind this position, a crash has taken. */
    private synchronized void goBack(String lastCommon) {
        if (!rule.get().mayLoseWhatWasRead(epochsEnded)) {
            findings.add(
                    Findings.Kind.FOLLOWER,
                    "follower " + filter + " is told that what it had read up to " + last + " is lost behind "
                            + lastCommon + ", though nothing may have taken it");
        }
        last = Position.of(lastCommon);
        lastId = lastCommon;
        seen.removeIf(event -> event.position().compareTo(last) > 0);
        epochsEnded++;
    }

    private synchronized void take(String id, String data) {
        if (!id.isEmpty()) {
            lastId = id;
            last = Bookmark.parse(id).orElseThrow().seen().position();
        }
        if (data.isEmpty()) {
            return;
        }
        try {
            JsonNode json = Json.MAPPER.readTree(data);
            seen.add(new Seen(
                    EventId.of(json.get(EventFields.EVENT_ID).stringValue()),
                    last,
                    json.get(EventFields.SEQ).longValue(),
                    Instant.parse(json.get(EventFields.RECORDED_AT).stringValue())));
        } catch (JacksonException | IllegalArgumentException half) {
            findings.add(
                    Findings.Kind.FOLLOWER,
                    "follower " + filter + " got a message that is no event: " + half.getMessage());
        }
    }

    String name() {
        return filter;
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Where it would go on. */
    synchronized Position last() {
        return last;
    }

    private synchronized String lastId() {
        return lastId;
    }

    /** How often it was told that the ledger had lost what it had seen. */
    synchronized int epochsEnded() {
        return epochsEnded;
    }

    int connections() {
        return connections.get();
    }

    void close() {
        closed = true;
    }
}
