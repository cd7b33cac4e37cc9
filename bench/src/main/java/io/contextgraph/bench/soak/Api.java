// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An ordinary client: requests and whole answers over connections that it keeps for a while. */
final class Api implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** What a server says that has too much to do for the moment: asked again, it does what it must. */
    private static final Set<String> BUSY = Set.of("server_overloaded", "ledger_overloaded");

    private final URI server;
    private final Tally tally;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    Api(URI server, Tally tally) {
        this.server = server;
        this.tally = tally;
    }

    /** An answer that was read whole. */
    record Answer(String request, int status, String body) {
        /** @throws UnexpectedException where it is no JSON */
        JsonNode json() throws UnexpectedException {
            try {
                return Json.MAPPER.readTree(body);
            } catch (JacksonException e) {
                throw new UnexpectedException(this + " is no JSON");
            }
        }

        /** @throws UnexpectedException where the status is another one */
        Answer expect(int wanted) throws UnexpectedException {
            if (status != wanted) {
                throw new UnexpectedException(this + ", not " + wanted);
            }
            return this;
        }

        /** @throws UnexpectedException where it is not this problem */
        void expect(int wanted, String code) throws UnexpectedException {
            if (!expect(wanted).json().path("code").asString("").equals(code)) {
                throw new UnexpectedException(this + ", not " + code);
            }
        }

        private boolean isBusy() throws UnexpectedException {
            return status == 503 && BUSY.contains(json().path("code").asString(""));
        }

        @Override
        public String toString() {
            return request + ": " + status + " " + body.strip();
        }
    }

    Answer get(String pathAndQuery) throws IOException, InterruptedException {
        return send("GET " + pathAndQuery, HttpRequest.newBuilder(server.resolve(pathAndQuery)));
    }

    Answer post(String path, String type, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return send("POST " + path + " " + type, request);
    }

    /** Comes again as long as the server asks for that, within the time that an answer may take. */
    private Answer send(String what, HttpRequest.Builder request) throws IOException, InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            HttpResponse<String> response =
                    http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
            Answer answer = new Answer(what, response.statusCode(), response.body());
            if (!answer.isBusy() || System.nanoTime() - end > 0) {
                return answer;
            }
            tally.add(Tally.Deed.POSTPONED);
            TimeUnit.SECONDS.sleep(
                    response.headers().firstValueAsLong("Retry-After").orElse(1));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
