// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientPauseMode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** More appends than a Redis that has stopped working can take. */
class OverloadIT {
    private static final int EVENTS = 200;
    private static final int REQUESTS = Extent.OVERLOAD_REQUESTS.value();

    /** The queue holds 20,000 events; up to 1000 more are being written. */
    private static final int MOST_WAITING = 21_000 / EVENTS;

    private static final Pattern IN_WORK = Pattern.compile("contextgraph_http_requests_in_work (\\d+)\\.0");

    /** What became of one request. */
    private record Reply(String body, HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }
    }

    private final RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());

    private static String batch() {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode events = body.putArray("events");
        for (int i = 0; i < EVENTS; i++) {
            events.add(TestServer.event(Map.of("session_id", "s" + i % 7)));
        }
        return body.toString();
    }

    private static int inWork(TestServer server) {
        Matcher matcher = IN_WORK.matcher(server.metrics.scrape());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static void politelyRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(TestServer.json(response).get("code").stringValue()).isEqualTo("ledger_overloaded");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnceAndWhatIsTakenIsThere() throws Exception {
        // A write may wait for as long as this test needs.
        RedisSettings.Timeouts standard = RedisSettings.Timeouts.DEFAULTS;
        RedisSettings settings = RedisSettings.defaults(redis.url())
                .withTimeouts(new RedisSettings.Timeouts(standard.connect(), Duration.ofMinutes(2), standard.query()));
        List<Reply> refused = new ArrayList<>();
        List<Reply> taken = new ArrayList<>();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                TestServer server = TestServer.start(s -> s, log -> ledger.log(), graph -> graph);
                Jedis operator = new Jedis(redis.url());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            operator.clientPause(120_000, ClientPauseMode.WRITE);
            CompletionService<Reply> replies = new ExecutorCompletionService<>(clients);
            for (int i = 0; i < REQUESTS; i++) {
                String body = batch();
                replies.submit(() -> new Reply(body, server.patientPost("/v1/events/batch", body)));
            }
            for (int i = 0; i < REQUESTS - MOST_WAITING; i++) {
                refused.add(replies.take().get());
            }
            refused.forEach(reply -> politelyRefused(reply.response()));
            // However many come now, no more wait.
            int waiting = inWork(server);
            assertThat(waiting).isLessThanOrEqualTo(MOST_WAITING);
            for (int i = 0; i < REQUESTS; i++) {
                politelyRefused(
                        server.post("/v1/events/batch", refused.getFirst().body()));
            }
            assertThat(inWork(server)).isLessThanOrEqualTo(MOST_WAITING);
            assertThat(server.get("/v1/health/live").statusCode()).isEqualTo(200);
            assertThat(server.get("/v1/events?limit=1").statusCode()).isEqualTo(200);

            operator.clientUnpause();
            for (int i = refused.size(); i < REQUESTS; i++) {
                Reply reply = replies.take().get();
                (reply.status() == 201 ? taken : refused).add(reply);
            }
            assertThat(taken).hasSizeBetween(20_000 / EVENTS, MOST_WAITING);
            assertThat(ledger.order().head().seq()).isEqualTo((long) taken.size() * EVENTS);
            for (Reply reply : refused) {
                politelyRefused(reply.response());
                assertThat(server.post("/v1/events/batch", reply.body()).statusCode())
                        .isEqualTo(201);
            }
        }
        assertThat(LedgerAudit.assertWhole(settings).seq()).isEqualTo((long) REQUESTS * EVENTS);
        redis.close();
    }
}
