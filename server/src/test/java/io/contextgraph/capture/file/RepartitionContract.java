// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way out of a number of partitions: exported, and imported into a new ledger with another number, it is the same ledger, but
 * for what a new one assigns.
 */
abstract class RepartitionContract {
    private static final EventQuery EVERYTHING = EventQuery.builder().build();
    private static final int CHILDREN = 300;
    private static final long FIRST_CHILD = 100_000;

    private final List<LedgerFixture> open = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    /** A ledger without events. */
    abstract LedgerFixture empty(int partitions);

    @AfterEach
    final void close() {
        open.reversed().forEach(LedgerFixture::close);
    }

    private LedgerFixture opened(LedgerFixture ledger) {
        open.add(ledger);
        return ledger;
    }

    /** What every export can meet, and many sessions whose events have their parents in other ones. */
    private static List<Event> history() {
        List<Event> events = new ArrayList<>(ExportImportContract.history());
        for (int n = 0; n < CHILDREN; n++) {
            events.add(Events.builder(FIRST_CHILD + n, "child-" + n % 50)
                    .parentId(Events.id(n == 0 ? 1 : FIRST_CHILD + n - 1))
                    .build());
        }
        return events;
    }

    private static void append(Ledger ledger, List<Event> events) {
        Original before = new Original(new Position(5, 0, 3), 2, 1, Events.BASE, Optional.empty());
        for (int from = 0; from < events.size(); from += 100) {
            List<Append> batch = events.subList(from, Math.min(from + 100, events.size())).stream()
                    // Some have been another ledger's before.
                    .map(event -> Append.imported(
                            event,
                            event.sessionId().value().equals("child-7") ? Optional.of(before) : Optional.empty()))
                    .toList();
            assertThat(ledger.log().append(batch, Durability.MEMORY).outcomes()).hasSize(batch.size());
        }
    }

    /** What stays of an event wherever it moves. */
    private record Moving(Event event, String hash, long sessionSeq, Original original) {}

    /** By id, and of each session the ids in their order. */
    private record Content(Map<EventId, Moving> events, Map<SessionId, List<EventId>> sessions) {}

    /** What a ledger has, as one that it moves to must have it. */
    private static Content moving(Ledger ledger) {
        return content(ledger, true);
    }

    private static Content content(Ledger ledger, boolean originating) {
        Content content = new Content(new HashMap<>(), new HashMap<>());
        for (Partition partition : ledger.partitions()) {
            Optional<Original.Source> source =
                    ExportRun.source(partition.epochs().now().identity());
            List<RecordedEvent> slim = partition.order().read(0, 100_000);
            for (int from = 0; from < slim.size(); from += 500) {
                for (RecordedEvent event :
                        partition.log().whole(slim.subList(from, Math.min(from + 500, slim.size())))) {
                    Original assigned =
                            new Original(event.position(), event.seq(), event.sessionSeq(), event.recordedAt(), source);
                    Moving moving = new Moving(
                            event.event(),
                            event.contentHash().hex(),
                            event.sessionSeq(),
                            originating
                                    ? event.original().orElse(assigned)
                                    : event.original().orElseThrow());
                    assertThat(content.events().put(event.event().id(), moving)).isNull();
                    content.sessions()
                            .computeIfAbsent(event.event().sessionId(), id -> new ArrayList<>())
                            .add(event.event().id());
                    assertThat(ledger.partitionOf(event.event().sessionId()).number())
                            .isEqualTo(partition.number());
                }
            }
        }
        return content;
    }

    private static void assertMoved(LedgerFixture to, Content expected) {
        Content there = content(to, false);
        assertThat(there.events().keySet()).isEqualTo(expected.events().keySet());
        there.events()
                .forEach((id, event) ->
                        assertThat(event).isEqualTo(expected.events().get(id)));
        assertThat(there.sessions()).isEqualTo(expected.sessions());
        // A session is whole where it is, and what is found by its parent comes from every partition.
        for (int n : List.of(0, 1, 150)) {
            EventQuery children =
                    EventQuery.builder().parentId(Events.id(FIRST_CHILD + n)).build();
            assertThat(to.search().search(children).events().stream()
                            .map(event -> event.event().id()))
                    .containsExactly(Events.id(FIRST_CHILD + n + 1));
        }
    }

    private Path exported(LedgerFixture ledger, String name) throws IOException {
        Path to = folder.resolve(name);
        try (FileExport export = FileExport.byPartition(to, ledger, EVERYTHING, false, false)) {
            assertThat(export.run(ExportProgress.NONE).events())
                    .isEqualTo(ledger.partitions().stream()
                            .mapToLong(partition -> partition.order().head().seq())
                            .sum());
        }
        return to;
    }

    /** Each file by an import of its own, all at once, each with a connection of its own to the ledger. */
    private void importAtOnce(LedgerFixture to, Path exported, long events) throws Exception {
        List<Future<ImportSummary>> running = new ArrayList<>();
        try (Stream<Path> files = Files.list(exported);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Path file : files.sorted().toList()) {
                LedgerFixture another = opened(to.another());
                running.add(threads.submit(() -> Runs.run(another, file)));
            }
        }
        long added = 0;
        for (Future<ImportSummary> one : running) {
            added += complete(one).added();
        }
        assertThat(added).isEqualTo(events);
    }

    private static ImportSummary complete(Future<ImportSummary> one) throws InterruptedException, ExecutionException {
        ImportSummary summary = one.get();
        assertThat(summary.failure()).isEmpty();
        assertThat(summary.refusedTotal() + summary.conflicts()).isZero();
        return summary;
    }

    private LedgerFixture moved(LedgerFixture from, int partitions) throws Exception {
        Content expected = moving(from);
        Path exported = exported(from, "to-" + partitions);
        LedgerFixture to = opened(empty(partitions));
        importAtOnce(to, exported, expected.events().size());
        assertMoved(to, expected);

        // Again, all in one command: nothing is added, nothing changes.
        List<Head> heads = heads(to);
        ImportSummary again = Runs.run(to, exported);
        assertThat(again.files()).hasSize(from.partitions().size());
        assertThat(again.duplicates()).isEqualTo(expected.events().size());
        assertThat(again.added() + again.refusedTotal() + again.conflicts()).isZero();
        assertThat(heads(to)).isEqualTo(heads);
        return to;
    }

    private static List<Head> heads(Ledger ledger) {
        return ledger.partitions().stream()
                .map(partition -> partition.order().head())
                .toList();
    }

    private static int number(Ledger ledger, Event event) {
        return ledger.partitionOf(event.sessionId()).number();
    }

    @Test
    void aLedgerOfOnePartitionBecomesOneOfThreeAndThenOfTwo() throws Exception {
        LedgerFixture one = opened(empty(1));
        append(one, history());
        LedgerFixture three = moved(one, 3);
        assertThat(heads(three)).allMatch(head -> head.seq() > 0);
        long crossing = content(three, false).events().values().stream()
                .filter(event -> event.event().sessionId().value().startsWith("child-"))
                .filter(event -> event.event().parentId().isPresent())
                .filter(event -> number(three, event.event())
                        != number(
                                three,
                                three.log()
                                        .find(event.event().parentId().get())
                                        .found()
                                        .orElseThrow()
                                        .event()))
                .count();
        assertThat(crossing).isGreaterThan(100);
        LedgerFixture two = moved(three, 2);
        assertThat(heads(two)).allMatch(head -> head.seq() > 0);
        // And home: what it began with is there, and nothing is added.
        ImportSummary home = Runs.run(one, exported(two, "home"));
        assertThat(home.duplicates()).isEqualTo(content(two, false).events().size());
        assertThat(home.added() + home.conflicts() + home.refusedTotal()).isZero();
    }

    @Test
    void whatALedgerOfThreeAssignedIsKeptWithItsPartition() throws Exception {
        LedgerFixture three = opened(empty(3));
        append(three, history());
        LedgerFixture two = moved(three, 2);
        RecordedEvent there = three.log().find(Events.id(1)).found().orElseThrow();
        Original original =
                two.log().find(Events.id(1)).found().orElseThrow().original().orElseThrow();
        assertThat(original.position()).isEqualTo(there.position());
        assertThat(original.ledger().orElseThrow().partition())
                .isEqualTo(there.position().partition());
    }

    @Test
    void oneFileOfAllMovesAsWell() throws Exception {
        LedgerFixture three = opened(empty(3));
        append(three, history());
        Content expected = moving(three);
        Path file = folder.resolve("all.ndjson");
        try (FileExport export = FileExport.into(file, three, EVERYTHING, false, false)) {
            assertThat(export.run(ExportProgress.NONE).events())
                    .isEqualTo(expected.events().size());
        }
        for (int partitions : List.of(1, 2)) {
            LedgerFixture to = opened(empty(partitions));
            assertThat(Runs.run(to, file).added()).isEqualTo(expected.events().size());
            assertMoved(to, expected);
        }
    }
}
