// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import tools.jackson.databind.JsonNode;

/**
 * Holds against the book, past the product, which events are in Redis, which have left it, what Redis remembers of these, and
 * that the archive has each of them as it was appended.
 */
final class CeilingState {
    private final URI redis;
    private final String prefix;
    private final Book book;
    private final CeilingBook ceiling;
    private final ArchiveFiles archive;
    private long looks;

    CeilingState(URI redis, String prefix, Book book, CeilingBook ceiling, ArchiveFiles archive) {
        this.redis = redis;
        this.prefix = prefix;
        this.book = book;
        this.ceiling = ceiling;
        this.archive = archive;
    }

    /** For people: how many times an event was looked for. */
    long looks() {
        return looks;
    }

    /** What Redis has of an event, and when it says that it went. */
    private record Seen(boolean document, @Nullable Double goneAt) {
        Instant at() {
            return Instant.ofEpochMilli(goneAt == null ? 0 : goneAt.longValue());
        }
    }

    private Map<Long, Seen> look(Collection<RecordedEvent> events) {
        Map<Long, Seen> seen = new TreeMap<>();
        try (Jedis jedis = new Jedis(redis)) {
            Pipeline all = jedis.pipelined();
            List<Response<Boolean>> documents = new ArrayList<>();
            List<Response<Double>> scores = new ArrayList<>();
            for (RecordedEvent event : events) {
                documents.add(all.exists(prefix + "evt:" + event.event().id()));
                scores.add(
                        all.zscore(prefix + "dedup:events", event.event().id().toString()));
            }
            all.sync();
            int i = 0;
            for (RecordedEvent event : events) {
                seen.put(
                        event.seq(),
                        new Seen(documents.get(i).get(), scores.get(i).get()));
                i++;
            }
        }
        looks += events.size();
        return seen;
    }

    /**
     * Writes down what a run has taken out, whether or not it came to its end.
     *
     * @param may numbers of those that were free to leave
     * @return how many
     */
    int take(Set<Long> may, Instant now) {
        archive.refresh();
        int taken = 0;
        for (Map.Entry<Long, Seen> entry : look(book.left()).entrySet()) {
            long seq = entry.getKey();
            Seen seen = entry.getValue();
            assertThat(seen.document())
                    .as("event " + seq + " is there, or has left")
                    .isEqualTo(seen.goneAt() == null);
            if (!seen.document()) {
                assertThat(may).as("what was free to leave").contains(seq);
                assertThat(archive.of(seq))
                        .as("event " + seq + " in the archive")
                        .isPresent();
                assertThat(seen.at()).as("when event " + seq + " left").isBeforeOrEqualTo(now.plusSeconds(1));
                ceiling.gone(seq, seen.at());
                taken++;
            }
        }
        return taken;
    }

    /**
     * Writes down what a restore has brought back, whether or not it came to its end.
     *
     * @param segments those that were asked for
     * @return how many events
     */
    int back(Set<String> segments) {
        List<RecordedEvent> asked = segments.stream()
                .flatMap(segment -> archive.numbers(segment).stream())
                .filter(book::isGone)
                .map(seq -> book.event(Math.toIntExact(seq)))
                .toList();
        int back = 0;
        for (Map.Entry<Long, Seen> entry : look(asked).entrySet()) {
            Seen seen = entry.getValue();
            if (seen.document()) {
                assertThat(seen.goneAt())
                        .as("when event " + entry.getKey() + " has left, which is back")
                        .isNull();
                ceiling.back(entry.getKey());
                back++;
            }
        }
        try (Jedis jedis = new Jedis(redis)) {
            header(jedis.hgetAll(prefix + "ledger"));
        }
        return back;
    }

    /** What retention remembers of the segments that were brought back: until when they stay, and their numbers. */
    Map<String, String> kept() {
        Map<String, String> notes = new TreeMap<>();
        try (Jedis jedis = new Jedis(redis)) {
            jedis.hgetAll(prefix + "retention").forEach((name, text) -> {
                if (name.startsWith("restored:")) {
                    notes.put(name.substring("restored:".length()), text);
                }
            });
        }
        return notes;
    }

    /** After a run that came to its end. */
    void settled() {
        Map<String, String> notes = new TreeMap<>();
        ceiling.kept().forEach((segment, one) -> notes.put(segment, text(one)));
        assertThat(kept()).as("what is kept of what was brought back").isEqualTo(notes);
        for (RecordedEvent event : book.events()) {
            boolean stays = !book.isGone(event.seq());
            if (stays && archive.of(event.seq()).isPresent()) {
                String session = event.event().sessionId().value();
                assertThat(ceiling.held().contains(session)
                                || ceiling.parked().contains(event.seq())
                                || ceiling.kept()
                                        .containsKey(archive.of(event.seq())
                                                .orElseThrow()
                                                .segment()))
                        .as("event " + event.seq() + " is in the archive and in the ledger, and nobody keeps it")
                        .isTrue();
            }
        }
    }

    /** As it is noted. */
    static String text(CeilingBook.Kept kept) {
        StringJoiner runs = new StringJoiner(",");
        long first = 0;
        long last = -1;
        for (long seq : new TreeSet<>(kept.numbers())) {
            if (seq != last + 1) {
                if (first > 0) {
                    runs.add(first + "-" + last);
                }
                first = seq;
            }
            last = seq;
        }
        return Times.format(kept.until()) + " " + runs.add(first + "-" + last);
    }

    /** Each event that was ever sent, and what Redis adds up. */
    void everything(Instant now) {
        archive.refresh();
        Map<Long, Seen> seen = look(book.events());
        Set<Instant> times = new HashSet<>();
        long remembered = 0;
        for (RecordedEvent event : book.events()) {
            Seen one = seen.get(event.seq());
            assertThat(one).isNotNull();
            if (!book.isGone(event.seq())) {
                assertThat(one).as("event " + event.seq() + ", which stays").isEqualTo(new Seen(true, null));
                continue;
            }
            assertThat(one.document())
                    .as("event " + event.seq() + ", which has left")
                    .isFalse();
            assertThat(archive.of(event.seq())).isPresent();
            if (one.goneAt() == null) {
                assertThat(ceiling.mayBeForgotten(event.seq(), now))
                        .as("event " + event.seq() + " is forgotten, which left at " + ceiling.goneAt(event.seq()))
                        .isTrue();
            } else {
                assertThat(ceiling.isRemembered(event.seq()))
                        .as("event " + event.seq() + " is remembered, which left at " + ceiling.goneAt(event.seq()))
                        .isTrue();
                assertThat(one.at()).isEqualTo(ceiling.goneAt(event.seq()));
                remembered++;
            }
            times.add(ceiling.goneAt(event.seq()));
        }
        try (Jedis jedis = new Jedis(redis)) {
            assertThat(jedis.zcard(prefix + "dedup:events")).isEqualTo(remembered);
            header(jedis.hgetAll(prefix + "ledger"));
            prunings(jedis.hgetAll(prefix + "prunings"), times);
            sessions(jedis);
        }
    }

    private void header(Map<String, String> header) {
        assertThat(header.getOrDefault("pruned_events", "0")).isEqualTo(Integer.toString(book.countGone()));
        long first = Long.parseLong(header.getOrDefault("first_seq", "1"));
        assertThat(first).isLessThanOrEqualTo(book.left().getFirst().seq());
        int last = Math.toIntExact(ceiling.lastGone());
        assertThat(header.get("pruned"))
                .isEqualTo(last == 0 ? null : last + ":" + book.event(last).position());
    }

    /** Each event that has left stands in the record of its pruning, with the segment that has it. */
    private void prunings(Map<String, String> records, Set<Instant> times) {
        Map<String, JsonNode> read = new TreeMap<>();
        records.forEach((at, text) -> read.put(at, Json.MAPPER.readTree(text)));
        assertThat(times).allSatisfy(at -> assertThat(read).containsKey(Long.toString(at.toEpochMilli())));
        for (long seq : ceiling.gone()) {
            JsonNode record = Optional.ofNullable(
                            read.get(Long.toString(ceiling.goneAt(seq).toEpochMilli())))
                    .orElseThrow();
            assertThat(record.required("rule").stringValue()).isEqualTo(ceiling.rule());
            assertThat(record.required("segment").stringValue())
                    .isEqualTo(archive.of(seq).orElseThrow().segment());
            assertThat(record.required("archived").booleanValue()).isTrue();
            boolean has = false;
            for (JsonNode run : record.required("runs")) {
                has |= run.get(0).longValue() <= seq && seq <= run.get(1).longValue();
            }
            assertThat(has).as("event " + seq + " in the runs of its pruning").isTrue();
        }
    }

    /** What is left of each session counts on. */
    private void sessions(Jedis jedis) {
        book.bySession().forEach((session, all) -> {
            Map<String, String> entry = jedis.hgetAll(prefix + "session:" + session);
            long gone = all.stream().filter(event -> book.isGone(event.seq())).count();
            assertThat(entry.get("count")).as(session).isEqualTo(Integer.toString(all.size()));
            assertThat(entry.getOrDefault("pruned", "0")).as(session).isEqualTo(Long.toString(gone));
        });
        assertThat(new TreeSet<>(jedis.hgetAll(prefix + "holds").keySet())).isEqualTo(ceiling.held());
    }
}
