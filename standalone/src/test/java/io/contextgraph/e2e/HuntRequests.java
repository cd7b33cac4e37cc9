// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Sends what is marked to a server, and keeps what it answers to those who may not see what is personal. */
final class HuntRequests {
    static final String EVENTS = "/v1/events";
    static final String BATCH = "/v1/events/batch";
    static final String JSON = "application/json";
    static final String LINES = "application/x-ndjson";

    /** With it begins the name of the place of an answer. */
    static final String ANSWER = "answer to ";

    private HttpClient client = HttpClient.newHttpClient();
    private final URI server;
    private final Marks secrets;
    private final Marks echoes = new Marks();
    private final Marks reasons = new Marks();

    /** By what was asked; a later answer stands beside an earlier one. */
    private final Map<String, String> answers = new LinkedHashMap<>();

    private final List<String> ids = new ArrayList<>();

    HuntRequests(URI server, Marks secrets) {
        this.server = server;
        this.secrets = secrets;
    }

    /** An event about nobody. */
    static ObjectNode event(String session) {
        return Json.MAPPER
                .createObjectNode()
                .put("event_id", UUID.randomUUID().toString())
                .put("event_type", "llm.chat")
                .put("occurred_at", "2026-03-01T12:00:00Z")
                .put("session_id", session)
                .put("agent_id", "agent")
                .put("trace_id", "trace");
    }

    /** An event about somebody, of whom everything is marked. */
    static ObjectNode personal(Marks secrets, String by) {
        ObjectNode event =
                event("hunt").put("data_subject_id", secrets.mark("the id of the person of " + by) + "@example.org");
        event.putObject("payload")
                .put("content", secrets.mark("what was said by " + by))
                .putObject("attributes")
                .put("name", secrets.mark("the name of the person of " + by));
        return event;
    }

    /** The same; its id is asked for later. */
    ObjectNode personal(String by) {
        ObjectNode event = personal(secrets, by);
        ids.add(id(event));
        return event;
    }

    String mark(String meaning) {
        return secrets.mark(meaning);
    }

    /** A part of a request that its sender may be told again, and nobody else. */
    String echo(String meaning) {
        return echoes.mark(meaning);
    }

    /** What an operator gives as a reason, which is on record as it was given. */
    String reason(String meaning) {
        return reasons.mark(meaning);
    }

    /** Whether a mark may be where it was found. */
    boolean mayBe(String mark, String where) {
        return reasons.has(mark) || (where.startsWith(ANSWER) && echoes.has(mark));
    }

    static String id(ObjectNode event) {
        return event.get("event_id").stringValue();
    }

    /** Whom an event is about. */
    static String person(ObjectNode event) {
        return event.get("data_subject_id").stringValue();
    }

    /** A text as a part of an address. */
    static String path(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** Closes the connections that there are, and goes on with others. */
    void reconnect() {
        client.close();
        client = HttpClient.newHttpClient();
    }

    /** Sends, and keeps nothing of the answer. */
    HttpResponse<String> send(String method, String path, String type, String body) {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).method(method, publisher);
        if (!body.isEmpty()) {
            HttpRequest.Builder ignored = request.header("Content-Type", type);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sends, and keeps the answer. */
    HttpResponse<String> ask(String by, String method, String path, String type, String body) {
        HttpResponse<String> answer = send(method, path, type, body);
        keep(by, answer.statusCode() + " " + answer.headers().map() + answer.body());
        return answer;
    }

    /** Keeps what was answered in another way. */
    void keep(String by, String answer) {
        String ignored = answers.merge(by, answer, (before, after) -> before + "\n" + after);
    }

    /** Sends a body, which is to be answered so. */
    String post(int status, String by, String path, String type, String body) {
        HttpResponse<String> answer = ask(by, "POST", path, type, body);
        assertThat(answer.statusCode()).as("%s: %s", by, answer.body()).isEqualTo(status);
        return answer.body();
    }

    /** Sends an event, which is to be answered so. */
    void append(int status, String by, ObjectNode event) {
        String ignored = post(status, by, EVENTS, JSON, event.toString());
    }

    /** Asks by a method without a body, which is to be answered so. */
    String call(int status, String by, String method, String path) {
        HttpResponse<String> answer = ask(by, method, path, "", "");
        assertThat(answer.statusCode()).as("%s: %s", by, answer.body()).isEqualTo(status);
        return answer.body();
    }

    /** Asks for something, which is to be answered so. */
    String get(int status, String path) {
        return call(status, "GET " + path, "GET", path);
    }

    /** All that was answered so far, by what was asked. */
    Map<String, String> answers() {
        return answers;
    }

    /** Of the events about persons. */
    List<String> ids() {
        return ids;
    }
}
