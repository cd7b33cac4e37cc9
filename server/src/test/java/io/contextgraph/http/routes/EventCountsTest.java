// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Whatever clients send as events: received = stored + duplicate + refused. */
class EventCountsTest {
    private static void counted(TestServer server, int stored, int duplicates, int refused) {
        assertThat(server.metrics.scrape())
                .contains("contextgraph_http_events_received_total " + (double) (stored + duplicates + refused) + "\n")
                .contains("contextgraph_http_events_total{outcome=\"stored\"} " + (double) stored + "\n")
                .contains("contextgraph_http_events_total{outcome=\"duplicate\"} " + (double) duplicates + "\n")
                .contains("contextgraph_http_events_total{outcome=\"refused\"} " + (double) refused + "\n");
    }

    private static void lines(TestServer server, String lines) {
        int status = server.send(HttpRequest.newBuilder(server.uri("/v1/events/batch"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(lines)))
                .statusCode();
        assertThat(status).isEqualTo(200);
    }

    @Test
    void singleEventsBatchesAndLinesAreCountedByWhatBecameOfThem() {
        try (TestServer server = TestServer.start()) {
            counted(server, 0, 0, 0);
            ObjectNode event = TestServer.event();
            ObjectNode other = event.deepCopy().put("agent_id", "another");
            ObjectNode invalid = TestServer.event(Map.of("event_id", "none"));
            server.post("/v1/events", event.toString());
            server.post("/v1/events", event.toString());
            server.post("/v1/events", other.toString());
            server.post("/v1/events", invalid.toString());
            server.post("/v1/events", "{");
            counted(server, 1, 1, 3);
            server.post(
                    "/v1/events/batch",
                    "{\"events\":[" + TestServer.event() + "," + event + "," + other + "," + invalid + "]}");
            counted(server, 2, 2, 5);
            lines(
                    server,
                    TestServer.event() + "\n" + event + "\n" + other + "\n" + invalid + "\n" + TestServer.event()
                            + "\n");
            counted(server, 4, 3, 7);
            lines(server, TestServer.event() + "\n{\n" + TestServer.event() + "\n");
            counted(server, 6, 3, 8);
        }
    }

    @Test
    void whatTheLedgerFailsAtIsRefused() {
        AtomicReference<FailingEventLog> log = new AtomicReference<>();
        UnaryOperator<EventLog> failing = under -> {
            log.set(new FailingEventLog(under));
            return log.get();
        };
        try (TestServer server = TestServer.start(settings -> settings, failing, graph -> graph)) {
            log.get().failWith(new LedgerException(Reason.UNAVAILABLE, "away"));
            server.post("/v1/events", TestServer.event().toString());
            server.post("/v1/events/batch", "{\"events\":[" + TestServer.event() + "," + TestServer.event() + "]}");
            lines(
                    server,
                    TestServer.event(Map.of("event_id", new UUID(0, 1).toString())) + "\n" + TestServer.event() + "\n");
            counted(server, 0, 0, 5);
        }
    }
}
