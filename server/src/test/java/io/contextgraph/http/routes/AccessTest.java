// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.http.engine.Route;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who may do what: every route with every role, with none, and with keys that do not count. */
class AccessTest {
    private static final String ID = "00000000-0000-4000-8000-000000000001";

    private final TestKeys made = new TestKeys();
    private final Map<KeyRole, KeySecret> keys = new EnumMap<>(KeyRole.class);
    private final KeySecret expired = made.addExpired("expired");
    private final KeySecret revoked = made.addRevoked("revoked");
    private final KeySecret limited = made.addSlow("slow");
    private final HttpClient client = HttpClient.newHttpClient();
    private final TestServer server;

    AccessTest() {
        for (KeyRole role : KeyRole.values()) {
            keys.put(role, made.add(role.wireName(), role));
        }
        server = TestServer.behind(made::door);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** An answer, of a live stream its beginning. */
    private record Told(int status, HttpHeaders headers, String body) {
        static Told of(HttpResponse<String> answer) {
            return new Told(answer.statusCode(), answer.headers(), answer.body());
        }
    }

    private Told ask(Route route, Optional<String> authorization) {
        String path = route.template()
                .replace("{event_id}", ID)
                .replace("{payload_ref}", "payload:" + ID)
                .replace("{node_id}", ID)
                .replace("{session_id}", "s1")
                .replace("{segment}", "0000000000000001-0000000000020000-e1")
                .replace("{file*}", "main.js")
                .replace("{tile*}", "0/000")
                .replace("{epoch}", "1")
                .replace("{partition}", "0")
                .replace("{id}", "none");
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .method(route.method(), HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(10));
        authorization.ifPresent(value -> request.header("Authorization", value));
        HttpResponse<InputStream> answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                .join();
        try (InputStream in = answer.body()) {
            boolean endless = answer.headers()
                    .firstValue("Content-Type")
                    .filter("text/event-stream"::equals)
                    .isPresent();
            String body = endless ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Told(answer.statusCode(), answer.headers(), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Told ask(Route route, KeySecret key) {
        return ask(route, Optional.of("Bearer " + key.reveal()));
    }

    private Told ask(String path, KeySecret key, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + key.reveal());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return Told.of(server.send(request));
    }

    private static void assertRefused(Told answer, int status, String code, String... members) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("X-Request-ID")).isPresent();
        if (answer.headers().firstValue("Content-Type").orElse("").equals("application/x-protobuf")) {
            // OTLP has a form of its own.
            assertThat(answer.body()).contains(code + ": ");
            return;
        }
        JsonNode problem = Json.MAPPER.readTree(answer.body());
        assertThat(problem.path("code").asString()).isEqualTo(code);
        for (int i = 0; i < members.length; i += 2) {
            assertThat(problem.path(members[i]).asString()).isEqualTo(members[i + 1]);
        }
    }

    @Test
    void withoutAKeyThatCountsNothingButWhatIsOpenIsAnswered() {
        String good = key(KeyRole.READ).reveal();
        Map<String, String> bad = Map.of(
                "Bearer " + expired.reveal(),
                "expired",
                "Bearer " + revoked.reveal(),
                "revoked",
                "Bearer " + TestKeys.secret().reveal(),
                "unknown",
                "Bearer " + good.substring(0, good.length() - 1),
                "malformed",
                "Bearer",
                "malformed",
                "Bearer x.y.z",
                "malformed",
                "Basic " + good,
                "malformed",
                good,
                "malformed");
        long before = server.ledger.head().seq();
        for (Route route : server.server.routes()) {
            if (route.role() == Route.Role.OPEN) {
                assertThat(ask(route, Optional.empty()).status()).isIn(200, 503);
                bad.keySet()
                        .forEach(header -> assertThat(
                                        ask(route, Optional.of(header)).status())
                                .isIn(200, 503));
                continue;
            }
            Told none = ask(route, Optional.empty());
            assertRefused(none, 401, "unauthenticated", "reason", "missing");
            assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"contextgraph\"");
            bad.forEach((header, why) -> {
                Told answer = ask(route, Optional.of(header));
                assertRefused(answer, 401, "unauthenticated", "reason", why);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .contains("Bearer realm=\"contextgraph\", error=\"invalid_token\"");
                assertThat(answer.body())
                        .doesNotContain(header.replace("Bearer ", "").strip() + "\"");
            });
        }
        assertThat(server.ledger.head().seq()).isEqualTo(before);
    }

    @Test
    void everyRouteTakesItsRoleAndNoOther() {
        Set<Route.Role> seen = EnumSet.noneOf(Route.Role.class);
        for (Route route : server.server.routes()) {
            seen.add(route.role());
            for (KeyRole role : KeyRole.values()) {
                Told answer = ask(route, key(role));
                boolean allowed = route.role().keyRole().map(role::equals).orElse(true);
                if (allowed) {
                    assertThat(answer.status())
                            .as(route + " " + role + ": " + answer.body())
                            .isNotIn(401, 403, 429, 500);
                } else {
                    assertRefused(
                            answer,
                            403,
                            "forbidden",
                            "required_role",
                            route.role().keyRole().orElseThrow().wireName());
                }
            }
        }
        assertThat(seen)
                .contains(Route.Role.OPEN, Route.Role.ANY, Route.Role.READ, Route.Role.INGEST, Route.Role.ADMIN);
    }

    @Test
    void aKeyThatMayOnlyReadChangesNothing() {
        server.post("/v1/events", TestServer.event().toString(), "Authorization", bearer(KeyRole.INGEST));
        server.park();
        server.park();
        String before = state();
        for (Route route : server.server.routes()) {
            Told ignored = ask(route, key(KeyRole.READ));
        }
        assertThat(state()).isEqualTo(before);
    }

    private KeySecret key(KeyRole role) {
        return Objects.requireNonNull(keys.get(role));
    }

    private String bearer(KeyRole role) {
        return "Bearer " + key(role).reveal();
    }

    /** What there is to change. */
    private String state() {
        return server.ledger.head() + " " + server.ledger.parking().list(Optional.empty(), 100) + " "
                + server.ledger.parking().dropped(Optional.empty(), 100) + " " + server.operations.list() + " "
                + server.graph.stats();
    }

    private List<RecordedEvent> trail() {
        return server.ledger
                .search(EventQuery.builder()
                        .sessionId(SessionId.AUDIT)
                        .order(EventQuery.Order.POSITION_ASC)
                        .build())
                .events();
    }

    @Test
    void whatIsAdministrativeIsOnRecordWithTheNameOfTheKey() {
        List<String> expected = new ArrayList<>();
        for (Route route : server.server.routes()) {
            Told ignored = ask(route, key(KeyRole.ADMIN));
            if (route.role() == Route.Role.ADMIN && !route.method().equals("GET")) {
                expected.add(route.method() + " " + route.template());
            }
        }
        List<RecordedEvent> trail = trail();
        assertThat(trail).hasSize(2 * expected.size());
        List<String> actions = new ArrayList<>();
        for (int i = 0; i < trail.size(); i += 2) {
            var request = trail.get(i).event();
            var outcome = trail.get(i + 1).event();
            assertThat(request.type()).isEqualTo(AuditTrail.REQUEST);
            assertThat(outcome.type()).isEqualTo(AuditTrail.OUTCOME);
            assertThat(outcome.parentId()).contains(request.id());
            assertThat(List.of(request.agentId(), outcome.agentId())).containsOnly("key:admin");
            assertThat(outcome.traceId()).isEqualTo(request.traceId());
            String payload = Objects.requireNonNull(
                            server.ledger.payloads(List.of(request.id())).get(request.id()))
                    .json();
            actions.add(Json.MAPPER.readTree(payload).path("action").asString());
            assertThat(payload).doesNotContain(key(KeyRole.ADMIN).reveal());
        }
        assertThat(actions).isEqualTo(expected);
    }

    @Test
    void whatCannotBeRecordedIsNotDone() {
        FailingEventLog[] log = new FailingEventLog[1];
        try (TestServer failing = TestServer.start(
                settings -> settings,
                real -> {
                    log[0] = new FailingEventLog(real);
                    return log[0];
                },
                graph -> graph)) {
            String id = failing.park();
            log[0].failWith(new LedgerException(LedgerException.Reason.READ_ONLY, "away"));
            String address = "/v1/admin/parked/" + id + "?reason=x";
            assertThat(failing.delete(address).statusCode()).isEqualTo(503);
            assertThat(failing.ledger.parking().list(Optional.empty(), 10)).hasSize(1);
            log[0].failWith(null);
            assertThat(failing.delete(address).statusCode()).isEqualTo(200);
            assertThat(failing.ledger.parking().list(Optional.empty(), 10)).isEmpty();
        }
    }

    @Test
    void nobodyElseWritesTheRecord() {
        HttpResponse<String> answer = server.post(
                "/v1/events",
                TestServer.event(Map.of("session_id", "system.audit")).toString(),
                "Authorization",
                bearer(KeyRole.INGEST));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(answer).path("errors").get(0).path("pointer").asString())
                .isEqualTo("/session_id");
        assertThat(trail()).isEmpty();
    }

    @Test
    void whoAsksForTooMuchWaits() {
        Told last = ask("/v1/access", limited);
        for (int i = 0; i < 20 && last.status() == 200; i++) {
            last = ask("/v1/access", limited);
        }
        assertRefused(last, 429, "too_many_requests");
        assertThat(last.headers().firstValue("Retry-After")).contains("1");
        assertThat(ask("/v1/access", key(KeyRole.READ)).status()).isEqualTo(200);
    }

    /** A body of known size is refused at the door; a stream is read no faster than it may come. */
    @Test
    void bytesAreLimitedToo() {
        TestKeys few = new TestKeys();
        KeySecret key = few.addFew("few", 64 * 1024);
        String[] bearer = {"Authorization", "Bearer " + key.reveal()};
        String event = TestServer.event(Map.of("payload", Map.of("text", "x".repeat(100_000))))
                .toString();
        String body = "{\"events\":[" + String.join(",", Collections.nCopies(60, event)) + "]}";
        try (TestServer slow = TestServer.behind(few::door)) {
            assertThat(slow.post("/v1/events/batch", body, bearer).statusCode()).isEqualTo(201);
            HttpResponse<String> refused = slow.post("/v1/events/batch", body, bearer);
            assertRefused(Told.of(refused), 429, "too_many_requests");
            assertThat(Long.parseLong(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isGreaterThan(10);
            // What is small enough for what is left still gets in.
            assertThat(slow.post("/v1/events", TestServer.event().toString(), bearer)
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void aClientIsToldWhoItIs() {
        assertThat(ask("/v1/access", key(KeyRole.READ)).body())
                .isEqualTo("{\"kind\":\"key\",\"name\":\"read\",\"roles\":[\"read\"],\"expires_at\":null}");
        try (TestServer open = TestServer.start()) {
            assertThat(open.get("/v1/access").body())
                    .isEqualTo(
                            "{\"kind\":\"somebody\",\"name\":null,\"roles\":[\"ingest\",\"read\",\"admin\",\"privacy\"],"
                                    + "\"expires_at\":null}");
        }
    }

    @Test
    void aPageOfAnotherOriginMayDoNothing() {
        String event = TestServer.event().toString();
        List<String[]> foreign = List.of(
                new String[] {"Origin", "https://evil.example.com"},
                new String[] {"Origin", "null"},
                new String[] {"Sec-Fetch-Site", "cross-site"});
        for (String[] header : foreign) {
            assertRefused(
                    Told.of(server.post(
                            "/v1/events", event, "Authorization", bearer(KeyRole.INGEST), header[0], header[1])),
                    403,
                    "foreign_origin");
        }
        HttpResponse<String> known =
                server.post("/v1/events", event, "Authorization", bearer(KeyRole.INGEST), "Origin", TestKeys.ORIGIN);
        assertThat(known.statusCode()).isEqualTo(201);
        assertThat(known.headers().firstValue("Access-Control-Allow-Origin")).contains(TestKeys.ORIGIN);
        Told unknown = ask("/v1/access", key(KeyRole.READ), "Origin", "https://evil.example.com");
        assertThat(unknown.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(unknown.headers().firstValue("Vary")).contains("Origin");
    }

    @Test
    void answersTellBrowsersToKeepTheirHandsOff() {
        for (String path : List.of("/v1/health", "/nowhere", "/v1/events")) {
            var headers = server.get(path).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Content-Security-Policy"))
                    .contains("default-src 'none'; frame-ancestors 'none'");
            assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(headers.firstValue("Cache-Control")).contains("no-store");
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
        }
    }
}
