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
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Appends over HTTP in each of its ways, and says for every event what is known of it afterwards. */
final class Client {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String BATCH = "/v1/events/batch";

    /** The ways to append. */
    enum Way {
        SINGLE,
        BATCH,
        LINES,
        /** Lines that come one by one, while those before them are answered. */
        SLOW_LINES
    }

    /** Together some seconds: longer than a server that stops goes on as before. */
    private static final int MOST_PAUSE_MILLIS = 100;

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
    private final Servers servers;

    Client(HttpClient http, Servers servers) {
        this.http = http;
        this.servers = servers;
    }

    /** One answer for each event, in their order. */
    List<Answer> append(Way way, List<Event> events, Durability level) throws InterruptedException {
        Answer[] answers = new Answer[events.size()];
        Arrays.fill(answers, UNKNOWN);
        try {
            switch (way) {
                case SINGLE -> single(events, level, answers);
                case BATCH -> batch(events, level, answers);
                case LINES -> lines(events, level, answers, HttpRequest.BodyPublishers::ofString);
                case SLOW_LINES -> lines(events, level, answers, Client::slowly);
            }
        } catch (IOException | JacksonException cutOff) {
            // What has been answered until then stands.
        }
        return List.of(answers);
    }

    private void single(List<Event> events, Durability level, Answer[] answers)
            throws IOException, InterruptedException {
        for (int i = 0; i < answers.length; i++) {
            HttpResponse<String> response = send(post(
                    "/v1/events",
                    "application/json",
                    level,
                    EventJson.toJson(events.get(i)).toString()));
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
        HttpResponse<String> response = send(post(BATCH, "application/json", level, body.toString()));
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

    private static HttpRequest.BodyPublisher slowly(String lines) {
        return HttpRequest.BodyPublishers.ofInputStream(() -> new SequenceInputStream(Collections.enumeration(
                lines.lines().<InputStream>map(SlowLine::new).toList())));
    }

    /** A line that is there some time after it was asked for. */
    private static final class SlowLine extends ByteArrayInputStream {
        private boolean waited;

        SlowLine(String line) {
            super((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public synchronized int read(byte[] into, int from, int length) {
            if (!waited) {
                waited = true;
                boolean ignored = Pause.millis(ThreadLocalRandom.current().nextInt(MOST_PAUSE_MILLIS));
            }
            return super.read(into, from, length);
        }
    }

    private void lines(
            List<Event> events, Durability level, Answer[] answers, Function<String, HttpRequest.BodyPublisher> sending)
            throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder();
        events.forEach(event -> body.append(EventJson.toJson(event)).append('\n'));
        Servers.Turn turn = servers.next();
        try {
            HttpResponse<InputStream> response = http.send(
                    post(BATCH, "application/x-ndjson", level, sending.apply(body.toString()))
                            .to(turn.address()),
                    HttpResponse.BodyHandlers.ofInputStream());
            turn.answered(response);
            lines(response, answers);
        } catch (IOException | JacksonException cutOff) {
            turn.cut("POST " + BATCH + " of lines", cutOff);
            throw cutOff;
        }
    }

    private static void lines(HttpResponse<InputStream> response, Answer[] answers) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() == 503) {
                return;
            }
            int answered = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = Json.MAPPER.readTree(line);
                if (response.statusCode() != 200) {
                    Collections.fill(Arrays.asList(answers), new Answer.Refused(line));
                    return;
                }
                answers[json.get("line").intValue() - 1] = json.has("code")
                        ? error(json)
                        : taken(json, json.get("durability").stringValue());
                answered++;
            }
            if (answered < answers.length) {
                throw new EOFException(answered + " of " + answers.length + " lines are answered");
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

    /** A request that does not know yet which server it goes to. */
    private record Question(String path, HttpRequest.Builder builder) {
        HttpRequest to(URI server) {
            return builder.uri(server.resolve(path)).timeout(TIMEOUT).build();
        }
    }

    private static Question post(String path, String type, Durability level, String body) {
        return post(path, type, level, HttpRequest.BodyPublishers.ofString(body));
    }

    private static Question post(String path, String type, Durability level, HttpRequest.BodyPublisher body) {
        return new Question(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", type)
                        .header("Durability", level.wireName())
                        .POST(body));
    }

    private HttpResponse<String> send(Question question) throws IOException, InterruptedException {
        return send(question, HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(Question question, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        Servers.Turn turn = servers.next();
        HttpRequest request = question.to(turn.address());
        try {
            HttpResponse<T> response = http.send(request, body);
            turn.answered(response);
            return response;
        } catch (IOException cutOff) {
            turn.cut(request.method() + " " + question.path(), cutOff);
            throw cutOff;
        }
    }

    /** Sends bytes of this type, such as a request of OTLP. */
    HttpResponse<byte[]> post(String path, String type, byte[] body) throws IOException, InterruptedException {
        return send(
                new Question(
                        path,
                        HttpRequest.newBuilder()
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Every event that a query selects, as the server shows them. */
    List<JsonNode> search(String query) throws IOException, InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        for (JsonNode page : pages("/v1/events?limit=1000&" + query)) {
            page.get("events").forEach(events::add);
        }
        return events;
    }

    /** All pages of an answer. */
    List<JsonNode> pages(String pathAndQuery) throws IOException, InterruptedException {
        List<JsonNode> pages = new ArrayList<>();
        String cursor = "";
        while (true) {
            JsonNode page = wanted(pathAndQuery + cursor);
            pages.add(page);
            JsonNode next = page.at("/pagination/cursor");
            if (next.isNull()) {
                return pages;
            }
            cursor = "&cursor=" + URLEncoder.encode(next.stringValue(), StandardCharsets.UTF_8);
        }
    }

    HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        return send(new Question(pathAndQuery, HttpRequest.newBuilder()));
    }

    /** The answer, where it is the one that was wanted. */
    JsonNode wanted(String pathAndQuery) throws IOException, InterruptedException {
        HttpResponse<String> response = get(pathAndQuery);
        if (response.statusCode() != 200) {
            throw new StatusException(response);
        }
        return Json.MAPPER.readTree(response.body());
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
