// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Appends over HTTP in each of the three ways, and says for every event what is known of it afterwards. */
final class Client {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String BATCH = "/v1/events/batch";

    /** The three ways to append. */
    enum Way {
        SINGLE,
        BATCH,
        LINES
    }

    /** What the server said of one event. */
    sealed interface Answer {
        /** It is in the ledger. */
        record Taken(boolean duplicate, History.Ack ack) implements Answer {}

        /** Another event has its id; {@code text} names the hash of that one. */
        record Conflict(String text) implements Answer {}

        /** No answer, or one that asks to try again: it may be in the ledger or not. */
        record Unknown() implements Answer {}

        /** Anything else. */
        record Refused(String text) implements Answer {}
    }

    /** Nobody has said what became of it. */
    static final Answer UNKNOWN = new Answer.Unknown();

    private final HttpClient http;
    private final URI server;

    Client(HttpClient http, URI server) {
        this.http = http;
        this.server = server;
    }

    /** One answer for each event, in their order. */
    List<Answer> append(Way way, List<Event> events, Durability level) throws InterruptedException {
        Answer[] answers = new Answer[events.size()];
        Arrays.fill(answers, UNKNOWN);
        try {
            switch (way) {
                case SINGLE -> single(events, level, answers);
                case BATCH -> batch(events, level, answers);
                case LINES -> lines(events, level, answers);
            }
        } catch (IOException | JacksonException cutOff) {
            // What has been answered until then stands.
        }
        return List.of(answers);
    }

    private void single(List<Event> events, Durability level, Answer[] answers)
            throws IOException, InterruptedException {
        for (int i = 0; i < answers.length; i++) {
            HttpResponse<String> response = http.send(
                    post(
                            "/v1/events",
                            "application/json",
                            level,
                            EventJson.toJson(events.get(i)).toString()),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode json = Json.MAPPER.readTree(response.body());
            answers[i] = switch (response.statusCode()) {
                case 201 -> taken(json, json.get("durability").stringValue());
                case 409 -> new Answer.Conflict(json.toString());
                case 503 -> UNKNOWN;
                default -> refused(response);
            };
        }
    }

    private void batch(List<Event> events, Durability level, Answer[] answers)
            throws IOException, InterruptedException {
        ObjectNode body = Json.MAPPER.createObjectNode();
        var array = body.putArray("events");
        events.forEach(event -> array.add(EventJson.toJson(event)));
        HttpResponse<String> response = http.send(
                post(BATCH, "application/json", level, body.toString()), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 503) {
            return;
        }
        if (response.statusCode() != 201) {
            Arrays.fill(answers, refused(response));
            return;
        }
        JsonNode json = Json.MAPPER.readTree(response.body());
        for (JsonNode result : json.get("results")) {
            answers[result.get("index").intValue()] =
                    taken(result, json.get("durability").stringValue());
        }
        for (JsonNode error : json.get("errors")) {
            answers[error.get("index").intValue()] = error(error);
        }
    }

    private void lines(List<Event> events, Durability level, Answer[] answers)
            throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder();
        events.forEach(event -> body.append(EventJson.toJson(event)).append('\n'));
        HttpResponse<InputStream> response = http.send(
                post(BATCH, "application/x-ndjson", level, body.toString()), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() == 503) {
                return;
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = Json.MAPPER.readTree(line);
                if (response.statusCode() != 200) {
                    Collections.fill(Arrays.asList(answers), new Answer.Refused(line));
                    return;
                }
                answers[json.get("line").intValue() - 1] = json.has("code")
                        ? error(json)
                        : taken(json, json.get("durability").stringValue());
            }
        }
    }

    private static Answer taken(JsonNode json, String durability) {
        return new Answer.Taken(
                json.get("duplicate").booleanValue(),
                new History.Ack(
                        Durability.parse(durability).orElseThrow(),
                        Position.of(json.get(EventFields.GLOBAL_POSITION).stringValue()),
                        json.get(EventFields.SEQ).longValue(),
                        json.get(EventFields.SESSION_SEQ).longValue(),
                        Instant.parse(json.get(EventFields.RECORDED_AT).stringValue()),
                        System.nanoTime()));
    }

    /** One event of several. */
    private static Answer error(JsonNode json) {
        String code = json.get("code").stringValue();
        if (code.equals("event_id_conflict")) {
            return new Answer.Conflict(json.toString());
        }
        boolean again = Arrays.stream(LedgerException.Reason.values())
                .anyMatch(reason -> reason.retryable() && reason.code().equals(code));
        return again ? UNKNOWN : new Answer.Refused(json.toString());
    }

    private static Answer refused(HttpResponse<String> response) {
        return new Answer.Refused("status " + response.statusCode() + " " + response.body());
    }

    private HttpRequest post(String path, String type, Durability level, String body) {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", type)
                .header("Durability", level.wireName())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Every event that a query selects, page by page, as the server shows them. */
    List<JsonNode> search(String query) throws IOException, InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        String cursor = "";
        while (true) {
            HttpResponse<String> response = get("/v1/events?limit=1000&" + query + cursor);
            if (response.statusCode() != 200) {
                throw new StatusException(response);
            }
            JsonNode json = Json.MAPPER.readTree(response.body());
            json.get("events").forEach(events::add);
            JsonNode next = json.at("/pagination/cursor");
            if (next.isNull()) {
                return events;
            }
            cursor = "&cursor=" + next.stringValue();
        }
    }

    HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(pathAndQuery))
                .timeout(TIMEOUT)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** An answer other than the one that was wanted. */
    static final class StatusException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;

        StatusException(HttpResponse<String> response) {
            super("status " + response.statusCode() + " " + response.body());
            this.status = response.statusCode();
            this.code = Json.MAPPER.readTree(response.body()).path("code").asString("");
        }

        /** Whether it asks to come again. */
        boolean again() {
            return status == 503;
        }

        /** Whether it says that the ledger has lost what was read of it. */
        boolean epochEnded() {
            return status == 410 && code.equals("epoch_ended");
        }
    }
}
