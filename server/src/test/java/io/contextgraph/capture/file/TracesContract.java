// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.format.Format;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every folder of traces: it gives what its table says, again and again, and what it gives fits together. */
abstract class TracesContract {
    private static final Set<Format> OF_SPANS =
            EnumSet.of(Format.OTLP, Format.OTLP_PROTOBUF, Format.AWS_CLOUDWATCH, Format.JAEGER, Format.SDK_DUMP);

    private static final Map<Path, Captured> READ = new HashMap<>();

    private final Path folder;
    private final String table;

    /**
     * @param folder the traces
     * @param table the name of the file in {@code src/test/resources/capture} that says what each of them gives
     */
    TracesContract(Path folder, String table) {
        this.folder = folder;
        this.table = table;
    }

    private static Captured read(Path file) {
        return READ.computeIfAbsent(file, Captured::read);
    }

    final Captured read(String file) {
        return read(folder.resolve(file));
    }

    static long count(Captured captured, String type) {
        return captured.events.stream()
                .filter(e -> e.type().value().equals(type))
                .count();
    }

    /**
     * One line a file: name, format, sessions, events by type, tools by status, what is skipped, refusals, a digest of
     * all ids.
     */
    private String line(Path file) {
        Captured captured = read(file);
        Map<String, Long> types = captured.events.stream()
                .collect(Collectors.groupingBy(e -> e.type().value(), TreeMap::new, Collectors.counting()));
        Map<String, Long> statuses = captured.events.stream()
                .filter(e -> e.type().value().equals("tool.execute"))
                .collect(Collectors.groupingBy(
                        e -> e.status().map(EventStatus::wireName).orElse("none"),
                        TreeMap::new,
                        Collectors.counting()));
        long sessions =
                captured.events.stream().map(Event::sessionId).distinct().count();
        return String.join(
                " | ",
                name(file),
                captured.format.name(),
                Long.toString(sessions),
                types.toString(),
                statuses.toString(),
                "skipped " + captured.skipped,
                captured.refused().toString(),
                "ids " + digest(captured));
    }

    private static String digest(Captured captured) {
        String ids = captured.events.stream()
                .map(e -> e.id() + " " + e.parentId().map(EventId::toString).orElse("-") + "\n")
                .collect(Collectors.joining());
        return Sha256.hex(ids.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    final String name(Path file) {
        return folder.relativize(file).toString();
    }

    final List<Path> files() {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(folder.resolve("LICENSES")))
                    .filter(file -> !file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final List<Captured> all() {
        return files().stream().map(TracesContract::read).toList();
    }

    @Test
    void everyFileGivesWhatTheTableSays() {
        GeneratedDocs.assertUpToDate(
                "server/src/test/resources/capture/" + table,
                files().stream().map(file -> line(file) + "\n").collect(Collectors.joining()));
    }

    @Test
    void readAgainAFileGivesTheSame() {
        for (Path file : files()) {
            Captured again = Captured.read(file);
            assertThat(again.json()).as(file.toString()).isEqualTo(read(file).json());
            assertThat(again.refused()).as(file.toString()).isEqualTo(read(file).refused());
        }
    }

    @Test
    void everyIdIsGivenOnce() {
        for (Path file : files()) {
            assertThat(read(file).events.stream().map(Event::id))
                    .as(file.toString())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void eventsComeInTheOrderOfTheirTimesAndEndAfterTheyBegin() {
        for (Path file : files()) {
            Map<SessionId, Instant> last = new HashMap<>();
            for (Event event : read(file).events) {
                Instant before = last.put(event.sessionId(), event.occurredAt());
                assertThat(event.occurredAt())
                        .as("%s %s", file, event.id())
                        .isAfterOrEqualTo(Optional.ofNullable(before).orElse(Instant.MIN));
                assertThat(event.endedAt().orElse(Instant.MAX))
                        .as("%s %s", file, event.id())
                        .isAfterOrEqualTo(event.occurredAt());
            }
        }
    }

    @Test
    void parentsOfChatsAndTrajectoriesAreInTheirSession() {
        for (Path file : files()) {
            Captured captured = read(file);
            // A span's parent may be recorded elsewhere.
            if (OF_SPANS.contains(captured.format)) {
                continue;
            }
            Map<EventId, SessionId> sessions =
                    captured.events.stream().collect(Collectors.toMap(Event::id, Event::sessionId));
            List<EventId> astray = captured.events.stream()
                    .filter(e -> e.parentId().isPresent())
                    .filter(e -> !e.sessionId().equals(sessions.get(e.parentId().get())))
                    .map(Event::id)
                    .toList();
            assertThat(astray).as(file.toString()).isEmpty();
        }
    }

    @Test
    void aSecondImportAddsNothing() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        ImportSummary one = Runs.run(ledger, folder);
        ImportSummary two = Runs.run(ledger, folder);

        assertThat(one.events()).isPositive();
        // The same requests are there as JSON and as protobuf.
        assertThat(one.conflicts()).isZero();
        assertThat(one.added())
                .isEqualTo(one.events() - one.duplicates())
                .isEqualTo(ledger.head().seq());
        assertThat(two.added()).isZero();
        assertThat(two.conflicts()).isZero();
        assertThat(two.duplicates()).isEqualTo(one.events());
        assertThat(two.sessions()).isEqualTo(one.sessions());
        assertThat(two.refusedTotal()).isEqualTo(one.refusedTotal());
    }
}
