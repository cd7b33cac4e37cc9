// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.epoch.Bookmark;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.testing.Events;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamRoutesTest {
    private static BufferedReader follow(TestServer server, String query, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/v1/events/stream" + query));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> response = server.open(request);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(response.headers().firstValue("X-Request-Time-Ms")).isPresent();
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next messages, as {@code id agent}. */
    private static List<String> messages(BufferedReader stream, int count) throws IOException {
        List<String> messages = new ArrayList<>();
        String id = "";
        while (messages.size() < count) {
            String line = stream.readLine();
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                messages.add(position(id) + " "
                        + Json.MAPPER
                                .readTree(line.substring(6))
                                .get("agent_id")
                                .stringValue());
            }
        }
        return messages;
    }

    /** What a stream begins with; where it begins. */
    private static Position begin(BufferedReader stream) throws IOException {
        assertThat(stream.readLine()).isEqualTo("retry: 2000");
        String id = stream.readLine();
        assertThat(id).startsWith("id: ");
        assertThat(stream.readLine()).isEmpty();
        return position(id.substring("id: ".length()));
    }

    private static Position position(String id) {
        return Bookmark.parse(id).orElseThrow().seen().position();
    }

    private static String append(TestServer server, String agent) {
        return TestServer.json(server.post(
                                "/v1/events",
                                TestServer.event(Map.of("agent_id", agent, "payload", Map.of("x", 1)))
                                        .toString()))
                        .get("global_position")
                        .stringValue()
                + " " + agent;
    }

    @Test
    void itGivesTheOldAndThenTheNewInOrder() throws Exception {
        try (TestServer server = TestServer.start()) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                expected.add(append(server, "a" + i));
            }
            try (BufferedReader stream = follow(server, "?from=" + Position.START)) {
                assertThat(messages(stream, 3)).isEqualTo(expected);
                String live = append(server, "live");
                assertThat(messages(stream, 1)).containsExactly(live);
            }
        }
    }

    @Test
    void itResumesBehindTheLastIdWhereverThatIs() throws Exception {
        try (TestServer server = TestServer.start()) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                all.add(append(server, "a" + i));
            }
            for (int i = 0; i < 8; i++) {
                String id = all.get(i).substring(0, all.get(i).indexOf(' '));
                try (BufferedReader byHeader = follow(server, "?from=latest", "Last-Event-ID", id)) {
                    assertThat(messages(byHeader, 8 - i)).isEqualTo(all.subList(i + 1, 9));
                }
                try (BufferedReader byParameter = follow(server, "?from=" + id)) {
                    assertThat(messages(byParameter, 8 - i)).isEqualTo(all.subList(i + 1, 9));
                }
            }
        }
    }

    @Test
    void withoutAPlaceItBeginsAtTheEndAndFiltersHold() throws Exception {
        try (TestServer server = TestServer.start()) {
            append(server, "old");
            try (BufferedReader stream = follow(server, "?agent_id=wanted")) {
                assertThat(begin(stream)).isEqualTo(server.ledger.head().position());
                append(server, "other");
                String wanted = append(server, "wanted");
                assertThat(messages(stream, 1)).containsExactly(wanted);
            }
        }
    }

    @Test
    void whoIsCutOffBeforeTheFirstMessageMissesNothing() throws Exception {
        try (TestServer server = TestServer.start()) {
            append(server, "old");
            String id;
            try (BufferedReader stream = follow(server, "?from=latest")) {
                assertThat(stream.readLine()).isEqualTo("retry: 2000");
                id = stream.readLine().substring("id: ".length());
            }
            String meanwhile = append(server, "meanwhile");
            try (BufferedReader stream = follow(server, "?from=latest", "Last-Event-ID", id)) {
                assertThat(messages(stream, 1)).containsExactly(meanwhile);
            }
        }
    }

    @Test
    void aHeartbeatCarriesThePositionReached() throws Exception {
        try (TestServer server = TestServer.start(With.timeouts(beat(Duration.ofMillis(150))))) {
            try (BufferedReader stream = follow(server, "?agent_id=wanted&from=" + Position.START)) {
                assertThat(begin(stream)).isEqualTo(Position.START);
                String skipped = append(server, "other");
                String position = skipped.substring(0, skipped.indexOf(' '));
                List<String> lines = new ArrayList<>();
                do {
                    lines.add(stream.readLine());
                } while (!lines.getLast().startsWith("id: "));
                assertThat(position(lines.getLast().substring(4))).hasToString(position);
                assertThat(stream.readLine()).isEqualTo(": heartbeat");
            }
        }
    }

    /** A crash of the store takes the events 3 to 5, and others get their numbers, while the stream stays open. */
    @Test
    void itEndsWhereTheLedgerHasLostWhatItGave() throws Exception {
        Given given = new Given();
        try (TestServer server = TestServer.start(s -> s, ignored -> given, graph -> graph)) {
            given.events = recorded(5, 5);
            Position common = recorded(5, 5).get(1).position();
            String last = "";
            try (BufferedReader stream = follow(server, "?from=" + Position.START)) {
                List<String> lines = new ArrayList<>();
                do {
                    lines.add(stream.readLine());
                } while (!lines.getLast().contains("old5"));
                last = lines.get(lines.size() - 2).substring("id: ".length());
                assertThat(stream.readLine()).isEmpty();
                given.events = recorded(2, 3);
                assertThat(stream.readLine()).isEqualTo("event: problem");
                assertThat(stream.readLine())
                        .startsWith("data: {\"code\":\"epoch_ended\",")
                        .endsWith("\"last_common_position\":\"" + common + "\"}");
                assertThat(stream.readLine()).isEmpty();
                assertThat(stream.readLine()).isNull();
            }
            HttpResponse<String> again = server.send(
                    HttpRequest.newBuilder(server.uri("/v1/events/stream")).header("Last-Event-ID", last));
            assertThat(again.statusCode()).isEqualTo(410);
            assertThat(TestServer.json(again).get("last_common_position").stringValue())
                    .isEqualTo(common.toString());
            given.events = recorded(2, 7);
            try (BufferedReader stream = follow(server, "", "Last-Event-ID", common.toString())) {
                assertThat(messages(stream, 5)).isEqualTo(shown(recorded(2, 7).subList(2, 7)));
            }
        }
    }

    /** What has gone for good is not passed over. */
    @Test
    void whoWantsWhatHasGoneIsToldWhereNothingIsMissing() throws Exception {
        try (TestServer server = TestServer.start()) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(append(server, "a" + i));
            }
            List<RecordedEvent> events = server.ledger.read(0, 8);
            List<Position> positions =
                    events.stream().map(RecordedEvent::position).toList();
            PrunedFixture.prune(server.ledger, server.graph, events.subList(0, 3));
            for (Position from : List.of(Position.START, positions.get(0), positions.get(1))) {
                assertPruned(server.get("/v1/events/stream?from=" + from), positions.get(2));
                assertPruned(
                        server.send(HttpRequest.newBuilder(server.uri("/v1/events/stream"))
                                .header(
                                        "Last-Event-ID",
                                        Bookmark.of(
                                                        server.ledger
                                                                .epochs()
                                                                .now()
                                                                .identity(),
                                                        new Head(positions.indexOf(from) + 1, from))
                                                .toString())),
                        positions.get(2));
            }
            try (BufferedReader stream = follow(server, "?from=" + positions.get(2))) {
                assertThat(messages(stream, 5)).isEqualTo(all.subList(3, 8));
            }
            PrunedFixture.prune(server.ledger, server.graph, events.subList(4, 5));
            assertPruned(server.get("/v1/events/stream?from=" + positions.get(2)), positions.get(4));
            try (BufferedReader stream = follow(server, "?from=" + positions.get(4))) {
                assertThat(messages(stream, 3)).isEqualTo(all.subList(5, 8));
            }
        }
    }

    private static void assertPruned(HttpResponse<String> answer, Position earliest) {
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(TestServer.json(answer).get("code").stringValue()).isEqualTo("position_pruned");
        assertThat(TestServer.json(answer).get("earliest_position").stringValue())
                .isEqualTo(earliest.toString());
    }

    /** The id of a message tells the epoch: whoever has read nothing that is lost goes on in the next one. */
    @Test
    void anIdOfAnEpochThatHasEndedGoesOnOnlyBeforeItsEnd() throws Exception {
        try (TestServer server = TestServer.start()) {
            List<String> all = new ArrayList<>();
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(append(server, "a" + i));
            }
            try (BufferedReader stream = follow(server, "?from=" + Position.START)) {
                assertThat(begin(stream)).isEqualTo(Position.START);
                while (ids.size() < 4) {
                    String line = stream.readLine();
                    if (line.startsWith("id: ")) {
                        ids.add(line.substring(4));
                    }
                }
            }
            Head common = Bookmark.parse(ids.get(1)).orElseThrow().seen();
            assertThat(server.ledger.epochs().begin(1, 2, common)).isTrue();
            try (BufferedReader stream = follow(server, "", "Last-Event-ID", ids.get(1))) {
                assertThat(messages(stream, 2)).isEqualTo(all.subList(2, 4));
            }
            for (String id : ids.subList(2, 4)) {
                HttpResponse<String> ended = server.send(
                        HttpRequest.newBuilder(server.uri("/v1/events/stream")).header("Last-Event-ID", id));
                assertThat(ended.statusCode()).isEqualTo(410);
                assertThat(TestServer.json(ended).get("code").stringValue()).isEqualTo("epoch_ended");
                assertThat(TestServer.json(ended).get("last_common_position").stringValue())
                        .isEqualTo(common.position().toString());
                assertThat(server.get("/v1/events/stream?from=" + id).statusCode())
                        .isEqualTo(410);
            }
        }
    }

    /** An event that has been taken out for good leaves its number behind; nobody runs in circles because of it. */
    @Test
    void eventsThatHaveBeenTakenOutLeaveNoTrace() throws Exception {
        Given given = new Given();
        try (TestServer server = TestServer.start(s -> s, ignored -> given, graph -> graph)) {
            given.events = recorded(5, 5);
            try (BufferedReader stream = follow(server, "?from=" + Position.START)) {
                assertThat(messages(stream, 5)).isEqualTo(shown(recorded(5, 5)));
                given.takenOut = Set.of(4L, 5L);
                given.events = recorded(6, 6);
                assertThat(messages(stream, 1)).isEqualTo(shown(recorded(6, 6).subList(5, 6)));
            }
            given.takenOut = Set.of(2L, 5L, 6L);
            String second = given.events.get(1).position().toString();
            try (BufferedReader stream = follow(server, "?from=" + second)) {
                assertThat(messages(stream, 2)).isEqualTo(shown(recorded(6, 6).subList(2, 4)));
                int reads = given.reads.get();
                given.awaitHeads(3);
                assertThat(given.reads.get() - reads).isLessThanOrEqualTo(3);
                given.events = recorded(7, 7);
                assertThat(messages(stream, 1)).isEqualTo(shown(recorded(7, 7).subList(6, 7)));
            }
        }
    }

    /** So many events, of which those behind the first {@code old} have been recorded an hour later. */
    private static List<RecordedEvent> recorded(int old, int count) {
        List<RecordedEvent> events = new ArrayList<>();
        for (int n = 1; n <= count; n++) {
            Instant at = TestServer.NOW.plus(Duration.ofHours(n <= old ? 0 : 1)).plusMillis(n);
            Event event = Event.builder(Events.id(n <= old ? n : 100 + n), new EventType("a.b"), at, new SessionId("s"))
                    .agentId(n <= old ? "old" + n : "new" + n)
                    .payloadRef("r")
                    .build();
            Position position = new Position(at.toEpochMilli(), 0);
            events.add(new RecordedEvent(event, position, n, n, at, EventJson.hash(event)));
        }
        return events;
    }

    /** A ledger that is one order has no partitions: what names one is of another ledger. */
    @Test
    void aPlaceInAPartitionThatThereIsNotIsRefused() {
        try (TestServer server = TestServer.start()) {
            for (String elsewhere : List.of("5-3@7", "5-3@0", "-:0:0:0:0-0,-:1:0:0:0-0")) {
                assertThat(server.get("/v1/events/stream?from=" + elsewhere).statusCode())
                        .as(elsewhere)
                        .isEqualTo(422);
            }
        }
    }

    private static List<String> shown(List<RecordedEvent> events) {
        return events.stream()
                .map(e -> e.position() + " " + e.event().agentId())
                .toList();
    }

    /** A ledger that holds what it is given. */
    private static final class Given implements EventLog, EventOrder {
        private volatile List<RecordedEvent> events = List.of();
        private volatile Set<Long> takenOut = Set.of();
        private volatile long lost = Long.MAX_VALUE;
        private final AtomicInteger reads = new AtomicInteger();
        private final Semaphore heads = new Semaphore(0);

        void awaitHeads(int more) {
            heads.drainPermits();
            heads.acquireUninterruptibly(more);
        }

        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Lookup find(EventId id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<RecordedEvent> read(long afterSeq, int max) {
            reads.incrementAndGet();
            if (events.size() >= lost && afterSeq + max >= lost) {
                throw LedgerException.telling(LedgerException.Reason.CORRUPT, "ids:1 is missing");
            }
            return events.stream()
                    .skip(afterSeq)
                    .filter(e -> !takenOut.contains(e.seq()))
                    .limit(max)
                    .toList();
        }

        @Override
        public Head head() {
            heads.release();
            List<RecordedEvent> now = events;
            return now.isEmpty()
                    ? Head.EMPTY
                    : new Head(now.size(), now.getLast().position());
        }
    }

    @Test
    void aLedgerThatHasLostEventsEndsTheStreamAndSaysSo() throws Exception {
        Given given = new Given();
        try (TestServer server = TestServer.start(s -> s, ignored -> given, graph -> graph)) {
            given.events = recorded(5, 5);
            given.lost = 6;
            try (BufferedReader stream = follow(server, "?from=" + Position.START)) {
                assertThat(messages(stream, 5)).isEqualTo(shown(recorded(5, 5)));
                given.events = recorded(6, 6);
                assertThat(stream.readLine()).isEmpty();
                assertThat(stream.readLine()).isEqualTo("event: problem");
                assertThat(stream.readLine())
                        .isEqualTo("data: {\"code\":\"ledger_corrupt\",\"detail\":\"What is stored contradicts itself:"
                                + " ids:1 is missing; an operator must look.\"}");
                assertThat(stream.readLine()).isEmpty();
                assertThatThrownBy(stream::readLine).isInstanceOf(IOException.class);
            }
            HttpResponse<String> again = server.get("/v1/events/stream?from=" + Position.START);
            assertThat(again.statusCode()).isEqualTo(500);
            assertThat(TestServer.json(again).get("detail").stringValue()).contains("ids:1 is missing");
        }
    }

    private static HttpSettings.Timeouts beat(Duration heartbeat) {
        HttpSettings.Timeouts t = HttpSettings.Timeouts.DEFAULTS;
        return new HttpSettings.Timeouts(t.idle(), t.head(), t.body(), t.silence(), heartbeat, t.shutdown());
    }

    @Test
    void streamsAreBoundedAndEndCleanlyAtShutdown() throws Exception {
        try (TestServer server = TestServer.start(With.limits(new HttpSettings.Limits(1 << 20, 10, 2, 100, 2)))) {
            BufferedReader one = follow(server, "");
            BufferedReader two = follow(server, "");
            HttpResponse<String> third = server.get("/v1/events/stream");
            assertThat(third.statusCode()).isEqualTo(503);
            assertThat(TestServer.json(third).get("code").stringValue()).isEqualTo("too_many_streams");
            assertThat(third.headers().firstValue("Retry-After")).contains("5");
            // Streams take no place of requests: two of these are allowed, and this is one.
            assertThat(server.get("/v1/events").statusCode()).isEqualTo(200);
            server.server.close();
            // A stream that were cut off would make the client throw.
            for (BufferedReader stream : List.of(one, two)) {
                assertThat(begin(stream)).isEqualTo(Position.START);
                assertThat(stream.lines().toList()).isEmpty();
            }
        }
    }

    @Test
    void badPlacesAndFiltersAreFaults() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.get("/v1/events/stream?from=yesterday&sesion_id=x")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(server.send(HttpRequest.newBuilder(server.uri("/v1/events/stream"))
                                    .header("Last-Event-ID", "x"))
                            .statusCode())
                    .isEqualTo(422);
        }
    }
}
