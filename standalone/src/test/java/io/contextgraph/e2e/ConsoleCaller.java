// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks the server of a console beside the browser, with a key or, where it is empty, without one. */
final class ConsoleCaller implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI server;
    private final String key;

    ConsoleCaller(URI server, String key) {
        this.server = server;
        this.key = key;
    }

    HttpResponse<String> send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        request = body.isEmpty() ? request : request.header("Content-Type", "application/json");
        request = key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Asks for what is to be answered so. */
    JsonNode ask(int status, String method, String path, String body) {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(status);
        return Json.MAPPER.readTree(answer.body());
    }

    JsonNode get(String path) {
        return ask(200, "GET", path, "");
    }

    /** Appends an event, and gives its id. */
    String append(ObjectNode event) {
        return ask(201, "POST", HuntRequests.EVENTS, event.toString())
                .get("event_id")
                .stringValue();
    }

    /** An event about nobody. */
    static ObjectNode event(String session, String said) {
        ObjectNode event = HuntRequests.event(session);
        event.putObject("payload").put("content", said);
        return event;
    }

    /** An event about a person. */
    static ObjectNode about(String person, String session, String said) {
        return event(session, said).put("data_subject_id", person);
    }

    /** Waits until the graph has this event, with all that came before it. */
    void awaitInGraph(String eventId) {
        long seq = get("/v1/events/" + eventId).get("seq").longValue();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> get("/v1/admin/retention")
                        .get("groups")
                        .valueStream()
                        .filter(group -> group.get("group").stringValue().equals("projection"))
                        .allMatch(group -> group.get("finished_seq").longValue() >= seq));
    }

    /** What operators have asked for, as it is on record: the address, and what was said with it. */
    List<String> onRecord() {
        JsonNode events = get("/v1/events?session_id=system.audit&event_type=admin.request&limit=1000")
                .get("events");
        ObjectNode asked = Json.MAPPER.createObjectNode();
        events.valueStream()
                .skip(Math.max(0, events.size() - 200))
                .forEach(event -> asked.withArray("ids").add(event.get("event_id")));
        return ask(200, "POST", "/v1/events/payloads", asked.toString())
                .get("payloads")
                .valueStream()
                .map(one -> one.get("payload"))
                .map(said -> said.get("action").stringValue() + " by "
                        + said.get("actor").stringValue()
                        + (said.has("query")
                                ? ": " + URLDecoder.decode(said.get("query").stringValue(), UTF_8)
                                : ""))
                .collect(Collectors.toList());
    }

    @Override
    public void close() {
        client.close();
    }
}
