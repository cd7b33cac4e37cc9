// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Page;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.EventOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** An event that is missing from one of its parts is found, whichever part it is. */
class PartsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Story story = new Story(3, NOW);
    private final InMemoryLedger ledger = new InMemoryLedger(Clock.fixed(NOW, ZoneOffset.UTC));
    private final RecordedEvent victim;

    PartsTest() {
        List<Append> appends = LongStream.range(0, 120)
                .mapToObj(number -> Append.of(story.event(number)))
                .toList();
        assertThat(ledger.append(appends, Durability.MEMORY).outcomes()).hasSize(120);
        // One with everything that an event can have.
        this.victim = ledger.read(0, 200).stream()
                .filter(e -> e.event().toolName().isPresent())
                .filter(e -> e.event().status().isPresent())
                .filter(e -> e.event().payloadRef().startsWith("payload:"))
                .findFirst()
                .orElseThrow();
    }

    private List<Position> sessionStream(SessionId session) {
        return ledger.read(0, 200).stream()
                .filter(e -> e.event().sessionId().equals(session))
                .map(RecordedEvent::position)
                .toList();
    }

    private static List<Kind> check(Parts parts) {
        Findings findings = new Findings();
        parts.check(parts.all(), findings);
        return findings.kinds();
    }

    private Parts parts(EventLog log, EventSearch search, EventFeed feed, Sessions sessions) {
        return new Parts(ledger, log, search, feed, sessions, this::sessionStream);
    }

    private EventFeed feed() {
        return ledger.feed("check");
    }

    @Test
    void aWholeLedgerPasses() {
        assertThat(check(parts(ledger, ledger, feed(), ledger))).isEmpty();
    }

    @Test
    void anEventMissingFromAnIndexIsFound() {
        EventSearch search = query -> {
            EventPage page = ledger.search(query);
            return query.toolName().isEmpty()
                    ? page
                    : new EventPage(
                            page.events().stream()
                                    .filter(e -> !e.equals(victim))
                                    .toList(),
                            page.next(),
                            page.scopes());
        };
        assertThat(check(parts(ledger, search, feed(), ledger))).containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void anEventMissingFromTheGlobalStreamIsFound() {
        EventFeed.Consumer consumer = feed().open("check");
        EventFeed skipping = new EventFeed() {
            @Override
            public Consumer open(String name) {
                return new Consumer() {
                    @Override
                    public List<io.contextgraph.ledger.Delivery> poll(int max, Duration wait) {
                        return consumer.poll(max, wait).stream()
                                .filter(d -> !d.position().equals(victim.position()))
                                .toList();
                    }

                    @Override
                    public void acknowledge(Collection<Position> positions) {
                        consumer.acknowledge(positions);
                    }

                    @Override
                    public boolean park(io.contextgraph.ledger.Delivery delivery, Failure failure) {
                        return consumer.park(delivery, failure);
                    }

                    @Override
                    public void close() {
                        consumer.close();
                    }
                };
            }

            @Override
            public Progress progress() {
                return feed().progress();
            }
        };
        assertThat(check(parts(ledger, ledger, skipping, ledger))).containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void anEventMissingFromItsSessionsStreamIsFound() {
        Parts parts = new Parts(
                ledger,
                ledger,
                ledger,
                feed(),
                ledger,
                session -> sessionStream(session).stream()
                        .filter(position -> !position.equals(victim.position()))
                        .toList());
        assertThat(check(parts)).containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void aDirectoryThatCountsWrongIsFound() {
        Sessions sessions = new Sessions() {
            @Override
            public Optional<SessionSummary> find(SessionId id) {
                return ledger.find(id)
                        .map(s -> new SessionSummary(
                                s.id(),
                                s.firstSeq(),
                                s.firstEventAt(),
                                s.lastEventAt(),
                                s.lastEventId(),
                                s.eventCount() + 1,
                                s.agents(),
                                s.status()));
            }

            @Override
            public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
                return ledger.list(limit, cursor);
            }
        };
        assertThat(check(parts(ledger, ledger, feed(), sessions))).containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void anEventWithoutItsPayloadIsFound() {
        EventLog log = new Log() {
            @Override
            public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                return ledger.payloads(ids.stream()
                        .filter(id -> !id.equals(victim.event().id()))
                        .toList());
            }
        };
        assertThat(check(parts(log, ledger, feed(), ledger))).containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void aHeadThatIsAheadIsFound() {
        EventOrder order = new EventOrder() {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                return ledger.read(afterSeq, max);
            }

            @Override
            public Head head() {
                return new Head(121, ledger.head().position());
            }
        };
        assertThat(check(new Parts(order, ledger, ledger, feed(), ledger, this::sessionStream)))
                .containsExactly(Kind.HALF_WRITTEN);
    }

    @Test
    void aDocumentThatIsMissingIsFound() {
        EventLog log = new Log() {
            @Override
            public Lookup find(EventId id) {
                return id.equals(victim.event().id()) ? new Lookup.Unknown() : ledger.find(id);
            }
        };
        assertThat(check(parts(log, ledger, feed(), ledger))).containsExactly(Kind.HALF_WRITTEN);
    }

    private class Log implements EventLog {
        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            return ledger.append(appends, atLeast);
        }

        @Override
        public Lookup find(EventId id) {
            return ledger.find(id);
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            return ledger.payloads(ids);
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            return ledger.originals(ids);
        }
    }
}
