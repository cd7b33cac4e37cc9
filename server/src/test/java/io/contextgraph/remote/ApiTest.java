// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client makes of answers that are no good. */
class ApiTest {
    private static final String SECRET = "cgk_0123456789abcdef";

    /** An answer to be given, once. */
    private record Given(int status, String type, String body, Map<String, String> headers) {
        static Given problem(int status, String code, Map<String, String> headers) {
            String body = "{\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\"It is so.\"}";
            return new Given(status, "application/problem+json", body, headers);
        }

        static Given json(String body) {
            return new Given(200, "application/json", body, Map.of());
        }
    }

    private final Deque<Given> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private @Nullable HttpServer server;

    @BeforeEach
    void start() throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.createContext("/", this::answer);
        made.start();
        server = made;
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        Given given = answers.isEmpty()
                ? Given.json("{\"name\":\"Context Graph\",\"version\":\"0.0.1\"}")
                : answers.removeFirst();
        byte[] body = given.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", given.type());
        given.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(given.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Api open() throws IOException {
        HttpServer running = server;
        if (running == null) {
            throw new IllegalStateException("the server has not been started");
        }
        URI base = URI.create("http://127.0.0.1:" + running.getAddress().getPort());
        return Api.open(new ServerAddress(base, Optional.of(SECRET), Optional.empty()), waits::add);
    }

    private void refuses(int status, String code, String... words) throws IOException {
        try (Api api = open()) {
            answers.add(Given.problem(status, code, Map.of()));
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of()))
                    .isInstanceOfSatisfying(RemoteException.class, problem -> {
                        assertThat(problem.status()).isEqualTo(status);
                        assertThat(problem.code()).isEqualTo(code);
                        assertThat(problem.getMessage()).contains(words).doesNotContain(SECRET);
                    });
        }
    }

    @Test
    void aRefusalSaysWhatToDo() throws IOException {
        refuses(401, "unauthorized", "It is so.", "Set CG_KEY", "contextgraph keys create");
        refuses(403, "forbidden", "It is so.", "GET /v1/ledger", "a key that has the role");
        refuses(409, "operation_running", "It is so.");
        assertThat(asked).contains("GET /v1/ledger Bearer " + SECRET);
    }

    @Test
    void whoIsAskedTooMuchIsAskedAgainAfterAWhile() throws IOException {
        try (Api api = open()) {
            answers.add(Given.problem(429, "too_many_requests", Map.of("Retry-After", "7")));
            answers.add(Given.problem(429, "too_many_requests", Map.of()));
            answers.add(Given.json("{\"good\":true}"));
            assertThat(api.get("/v1/ledger", Map.of()).get("good").booleanValue())
                    .isTrue();
            assertThat(waits).containsExactly(7000L, 1000L);
            answers.add(Given.problem(429, "too_many_requests", Map.of("Retry-After", "3600")));
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of()))
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("Ask less often");
            for (int i = 0; i < 10; i++) {
                answers.add(Given.problem(429, "too_many_requests", Map.of("Retry-After", "1")));
            }
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of())).isInstanceOf(RemoteException.class);
            assertThat(waits).hasSize(7);
        }
    }

    @Test
    void noRedirectIsFollowed() throws IOException {
        answers.add(new Given(307, "text/html", "", Map.of("Location", "https://elsewhere.example/")));
        assertThatThrownBy(this::open)
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("says that it is at https://elsewhere.example/: nothing is followed there");
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatIsNoServerOfOursIsToldSo() {
        for (Given other : List.of(
                new Given(200, "text/html", "<html>", Map.of()),
                Given.json("{"),
                Given.json("[]"),
                Given.json("{\"name\":\"another\"}"))) {
            answers.add(other);
            assertThatThrownBy(this::open)
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("is no Context Graph server");
        }
    }

    @Test
    void aServerOfAnotherVersionIsNamed() throws IOException {
        try (Api api = open()) {
            answers.add(Given.problem(404, "no_such_route", Map.of()));
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of()))
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("its version is 0.0.1, this program's")
                    .hasMessageContaining("use the program of its version");
        }
    }

    @Test
    void whoDoesNotLookOnAnyMoreEndsTheWork() throws IOException {
        try (Api api = open()) {
            answers.add(Given.json("{\"id\":\"o1\",\"state\":\"running\"}"));
            answers.add(Given.json("{\"id\":\"o1\",\"state\":\"running\",\"progress\":null}"));
            answers.add(Given.json("{\"id\":\"o1\",\"state\":\"running\","
                    + "\"progress\":{\"phase\":\"comparing\",\"done\":3,\"total\":9}}"));
            RemoteOperation operation = new RemoteOperation(api, waits::add);
            assertThatThrownBy(() -> operation.run("verify", Map.of("deep", "true"), (phase, done, total) -> {
                        throw new CancellationException(phase.wireName() + " " + done + " of " + total);
                    }))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("comparing 3 of 9");
            assertThat(asked.stream().map(line -> line.replaceFirst(" Bearer.*", "")))
                    .containsExactly(
                            "GET /",
                            "POST /v1/admin/verify?deep=true",
                            "GET /v1/admin/operations/o1",
                            "GET /v1/admin/operations/o1",
                            "DELETE /v1/admin/operations/o1");
            for (String state : List.of("failed", "cancelled")) {
                answers.add(Given.json("{\"id\":\"o1\"}"));
                answers.add(Given.json("{\"state\":\"" + state + "\",\"error\":\"the graph is away\"}"));
                assertThatThrownBy(() -> operation.run("repair", Map.of(), Watcher.NONE))
                        .isInstanceOf(RemoteException.class);
            }
        }
    }

    @Test
    void storesThatAreAwayAndFaultsOfTheInputAreWhatTheyAreOnTheStores() throws IOException {
        try (Api api = open()) {
            answers.add(Given.problem(503, "ledger_full", Map.of("Retry-After", "30")));
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of()))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            full -> assertThat(full.reason()).isEqualTo(LedgerException.Reason.FULL));
            answers.add(new Given(
                    422,
                    "application/problem+json",
                    "{\"code\":\"invalid_input\",\"detail\":\"d\",\"errors\":[{\"pointer\":\"/limit\",\"code\":\"c\","
                            + "\"message\":\"must be less\"}]}",
                    Map.of()));
            assertThatThrownBy(() -> api.get("/v1/ledger", Map.of()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("/limit: must be less");
        }
    }
}
