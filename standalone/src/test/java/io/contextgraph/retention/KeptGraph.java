// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.testing.Neo4jDump;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Record;

/**
 * Holds the graph in Neo4j against the book, past the product: every node and edge of every event that was ever sent, which
 * of them are marked as archived, and the summaries, each with what it covers and counts.
 */
final class KeptGraph {
    private final Driver driver;
    private final Book book;
    private final CeilingBook ceiling;
    private final ArchiveFiles archive;

    KeptGraph(Driver driver, Book book, CeilingBook ceiling, ArchiveFiles archive) {
        this.driver = driver;
        this.book = book;
        this.ceiling = ceiling;
        this.archive = archive;
    }

    /** @return how many nodes and edges there are, without summaries */
    int whole() {
        List<String> expected =
                WholeGraph.of(book.events().stream().map(Ledgers::bare).toList());
        List<String> found = Neo4jDump.lines(driver).stream()
                .filter(line -> !line.startsWith("node [Summary]") && !line.contains(" SUMMARIZES "))
                .map(line -> line.startsWith("node [Event]") ? line.replaceFirst("archived=[^,}]*, ", "") : line)
                .sorted()
                .toList();
        assertThat(found).as("the graph, but for what was archived").isEqualTo(expected);
        return found.size();
    }

    /**
     * Marks and summaries. A segment that was written by a run that broke off before the graph knew of it waits for its events,
     * where somebody has held or parked all of them since.
     */
    void archived() {
        Map<String, String> marks = new TreeMap<>();
        Map<String, String> summaries = new TreeMap<>();
        Map<String, String> covered = new TreeMap<>();
        Map<String, String> marked = read("""
                        MATCH (e:Event) WHERE e.archived IS NOT NULL RETURN e.event_id AS key, e.archived AS value""");
        Set<String> waiting = new TreeSet<>();
        for (ArchiveFiles.Found segment : archive.all()) {
            if (!marked.containsValue(segment.segment()) && isWaiting(segment)) {
                waiting.add(segment.segment() + " ");
                continue;
            }
            Map<String, Sum> sums = new TreeMap<>();
            for (long seq : segment.lines().keySet()) {
                RecordedEvent event = book.event(Math.toIntExact(seq));
                String session = event.event().sessionId().value();
                sums.computeIfAbsent(session, s -> new Sum()).add(event);
                marks.put(event.event().id().toString(), segment.segment());
                covered.put(event.event().id().toString(), segment.segment() + " " + session);
            }
            sums.forEach((session, sum) -> summaries.put(segment.segment() + " " + session, sum.told()));
        }
        assertThat(marked).as("events that are marked as archived").isEqualTo(marks);
        Map<String, String> told = read("""
                        MATCH (s:Summary) RETURN s.segment + ' ' + s.session_id AS key,
                        s.events + ' ' + s.first_seq + ' ' + s.last_seq + ' ' + s.first_occurred_at + ' '
                        + s.last_occurred_at + ' ' + s.event_ids_sha256 AS value""");
        told.keySet().removeIf(summary -> waiting.stream().anyMatch(summary::startsWith));
        assertThat(told).as("summaries").isEqualTo(summaries);
        Map<String, String> links = read("""
                        MATCH (s:Summary)-[:SUMMARIZES]->(e:Event)
                        RETURN e.event_id AS key, s.segment + ' ' + s.session_id AS value""");
        links.values().removeIf(summary -> waiting.stream().anyMatch(summary::startsWith));
        assertThat(links).as("what summaries cover").isEqualTo(covered);
    }

    private boolean isWaiting(ArchiveFiles.Found segment) {
        Set<Long> gone = ceiling.gone();
        return segment.lines().keySet().stream().allMatch(seq -> {
            String session =
                    book.event(Math.toIntExact(seq)).event().sessionId().value();
            return !gone.contains(seq)
                    && (ceiling.held().contains(session) || ceiling.parked().contains(seq));
        });
    }

    private Map<String, String> read(String query) {
        Map<String, String> found = new TreeMap<>();
        try (var session = driver.session()) {
            for (Record row : session.run(query).list()) {
                assertThat(found.put(row.get("key").asString(), row.get("value").asString()))
                        .as("one of each: " + row.get("key"))
                        .isNull();
            }
        }
        return found;
    }

    /** What is added up of the events of a session in a segment, in their order. */
    private static final class Sum {
        private final MessageDigest ids = ArchiveFiles.sha256();
        private int events;
        private long first = Long.MAX_VALUE;
        private long last;
        private Instant from = Instant.MAX;
        private Instant to = Instant.MIN;

        void add(RecordedEvent recorded) {
            events++;
            first = Math.min(first, recorded.seq());
            last = Math.max(last, recorded.seq());
            Instant at = recorded.event().occurredAt();
            from = at.isBefore(from) ? at : from;
            to = at.isAfter(to) ? at : to;
            ids.update((recorded.event().id() + "\n").getBytes(UTF_8));
        }

        String told() {
            return events + " " + first + " " + last + " " + text(from) + " " + text(to) + " "
                    + HexFormat.of().formatHex(ids.digest());
        }

        private static String text(Instant at) {
            return Times.format(at);
        }
    }
}
