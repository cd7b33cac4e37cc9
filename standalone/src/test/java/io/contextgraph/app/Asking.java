// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.app.Questions.Question;
import io.contextgraph.event.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

/** Asks a server; its answers are status, a line feed, and the body without what is never the same twice. */
record Asking(URI server, HttpClient client) implements Function<Question, String> {
    @Override
    public String apply(Question question) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(question.path())).timeout(Duration.ofSeconds(20));
        if (!question.lastEventId().isEmpty()) {
            request.header("Last-Event-ID", question.lastEventId());
        }
        if (!question.body().isEmpty()) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(question.body()));
        }
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return response.statusCode() + "\n"
                        + (question.messages() > 0
                                ? messages(body, question.messages())
                                : settled(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(question.toString(), failed);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    private static String messages(InputStream body, int count) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder();
        int seen = 0;
        while (seen < count) {
            String line = lines.readLine();
            if (line == null) {
                return text + "and has ended";
            }
            // A heartbeat comes with time.
            if (!line.startsWith(":")) {
                text.append(line).append('\n');
            }
            seen += line.startsWith("data: ") ? 1 : 0;
        }
        return text.toString();
    }

    /** Without how long something took, who asked, how much memory is in use and how far the streams are trimmed. */
    static String settled(String text) {
        return text.replaceAll("\"query_ms\":[0-9.]+", "\"query_ms\":0")
                .replaceAll("\"request_id\":\"[^\"]*\"", "\"request_id\":\"\"")
                .replaceAll("up to event \\d+ they have left", "up to event 0 they have left")
                .replaceAll("[0-9.]+ MB", "N MB");
    }

    /** Begins long work, and waits for its end. */
    void operate(String path) {
        String started = apply(new Question(path, "{}", "", 0));
        String id = Json.MAPPER
                .readTree(started.substring(started.indexOf('\n') + 1))
                .get("id")
                .stringValue();
        while (apply(Question.get("/v1/admin/operations/" + id)).contains("\"running\"")) {
            Thread.onSpinWait();
        }
    }
}
