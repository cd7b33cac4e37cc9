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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An ordinary client: requests and whole answers over connections that it keeps for a while. */
final class Api implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final URI server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    Api(URI server) {
        this.server = server;
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

    private Answer send(String what, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(what, response.statusCode(), response.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
