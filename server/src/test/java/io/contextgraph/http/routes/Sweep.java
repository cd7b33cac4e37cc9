// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.SegmentId;
import io.contextgraph.http.routes.Contract.Operation;
import io.contextgraph.http.routes.Contract.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;

/** Asks every operation of the contract for the same: those must answer with a status that can, and no other. */
final class Sweep {
    private static final String SPAN = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"7c93b1e5a04d42f7bd6e9a1c3d5f8027",
             "spanId":"33445566778899ab","name":"work","startTimeUnixNano":"1772362800000000000"}]}]}]}""";

    static final String EVENT_ID = new UUID(0, 3).toString();
    static final String EVENT = TestServer.event(Map.of("event_id", EVENT_ID)).toString();

    /** Of a backup. */
    static final String BACKUP = "20260301T110000Z-00000000";

    private static final String BEGIN_OF_STREAM = "retry: 2000\nid: ";

    private final Contract contract;

    Sweep(Contract contract) {
        this.contract = contract;
    }

    /** Holds every answer against the contract; {@code status} must be that of all who can answer so, by the contract. */
    void expect(int status, Function<Operation, Reply> ask) {
        expect(status, contract.thatAnswer(status), ask);
    }

    /** Holds every answer against the contract; {@code status} must be that of {@code names}. */
    void expect(int status, Set<String> names, Function<Operation, Reply> ask) {
        Set<String> answered = new TreeSet<>();
        for (Operation operation : contract.operations()) {
            Reply reply = ask.apply(operation);
            contract.holds(operation, reply);
            if (reply.status() == status) {
                answered.add(operation.name());
            }
        }
        assertThat(answered).as("what answers %s", status).isEqualTo(new TreeSet<>(names));
    }

    /** A sound request, but for {@code query}; what it names is not there. */
    static Reply ask(TestServer server, Operation operation, String query) {
        return send(server, request(server, operation, query));
    }

    static HttpRequest.Builder request(TestServer server, Operation operation, String query) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(address(operation, query)));
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.noBody();
        if (operation.hasBody()) {
            request.header("Content-Type", "application/json");
            body = HttpRequest.BodyPublishers.ofString(body(operation.path()));
        }
        return request.method(operation.method().toUpperCase(Locale.ROOT), body);
    }

    /** Sends what no operation can read: a query, or a body where any query is let pass. */
    static Reply malformed(TestServer server, Operation operation) {
        if (!body(operation).equals(SPAN)) {
            return ask(server, operation, "%ff=1");
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(operation.path())).header("Content-Type", "application/json");
        return send(server, request.POST(HttpRequest.BodyPublishers.ofString("{")));
    }

    private static String body(Operation operation) {
        return operation.hasBody() ? body(operation.path()) : "";
    }

    static String address(Operation operation, String query) {
        String path = operation
                .path()
                .replaceAll("\\{(event_id|node_id|payload_ref)}", new UUID(9, 9).toString())
                .replace("{session_id}", "nobody")
                .replace("{epoch}", "7")
                .replace("{partition}", "0")
                .replace("{tile}", "0/000")
                .replace("{segment}", new SegmentId(1, 2, 1).toString())
                .replace("backups/{id}", "backups/" + BACKUP)
                .replace("{id}", "1-1");
        String needed = switch (operation.name()) {
            case "delete /v1/admin/parked/{id}" -> "?reason=because";
            case "post /v1/admin/retention/release" -> "?group=nobody&reason=because";
            case "post /v1/admin/holds" -> "?session_id=somebody&reason=because";
            default -> "";
        };
        return path + needed + (query.isEmpty() ? "" : (needed.isEmpty() ? "?" : "&") + query);
    }

    private static String body(String path) {
        return switch (path) {
            case "/v1/events" -> EVENT;
            case "/v1/events/batch" -> "{\"events\":[" + EVENT + "]}";
            case "/v1/events/payloads" -> "{\"ids\":[\"" + EVENT_ID + "\"]}";
            case "/v1/admin/parked/redrive" -> "{\"all\":true}";
            case "/v1/traces", "/v1/logs", "/v1/metrics" -> SPAN;
            default -> throw new AssertionError("say what " + path + " takes");
        };
    }

    /** Of a stream that has no end, the beginning. */
    static Reply send(TestServer server, HttpRequest.Builder request) {
        try {
            HttpResponse<InputStream> response = server.open(request.timeout(Duration.ofSeconds(20)));
            try (InputStream body = response.body()) {
                boolean endless =
                        response.headers().firstValue("Content-Type").orElse("").equals("text/event-stream");
                byte[] bytes = endless ? body.readNBytes(BEGIN_OF_STREAM.length()) : body.readAllBytes();
                String text = new String(bytes, StandardCharsets.UTF_8);
                assertThat(text.equals(BEGIN_OF_STREAM)).isEqualTo(endless);
                return new Reply(response.statusCode(), response.headers(), text);
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
