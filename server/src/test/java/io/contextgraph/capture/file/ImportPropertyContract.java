// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.SkipPatterns;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.PartitionFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever way the same records come, they become the same events, once, in every ledger. */
abstract class ImportPropertyContract {

    @TempDir
    private Path folder = Path.of("");

    private final List<PartitionFixture> open = new ArrayList<>();

    /** An empty ledger. */
    abstract PartitionFixture fresh();

    /** How many seeds are tried. */
    abstract int rounds();

    @AfterEach
    final void close() {
        open.reversed().forEach(PartitionFixture::close);
        open.clear();
    }

    private interface Property {
        void holds(long seed) throws IOException;
    }

    private void holds(Property property) throws IOException {
        for (long seed = 1; seed <= rounds(); seed++) {
            try {
                property.holds(seed);
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError("seed " + seed, failed);
            }
            close();
        }
    }

    private PartitionFixture opened() {
        PartitionFixture fresh = fresh();
        open.add(fresh);
        return fresh;
    }

    private static List<Path> traces() throws IOException {
        Path root = GeneratedDocs.root();
        try (Stream<Path> own = Files.walk(root.resolve("server/src/test/resources/traces"));
                Stream<Path> sample = Files.walk(root.resolve("sample"))) {
            return Stream.concat(own, sample)
                    .filter(Files::isRegularFile)
                    // What is no text cannot be scrambled.
                    .filter(file -> !file.toString().endsWith(".pb"))
                    .filter(file -> !Captured.read(file).events.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    private Scrambled scrambled(Random random) throws IOException {
        Scrambled scrambled = new Scrambled(random, Files.createTempDirectory(folder, "seed"));
        for (Path trace : traces()) {
            scrambled.add(trace);
        }
        return scrambled;
    }

    private static Map<EventId, String> events(PartitionFixture ledger) {
        Map<EventId, String> events = new TreeMap<>();
        stored(ledger)
                .forEach(event -> events.put(event.id(), EventJson.toJson(event).toString()));
        return events;
    }

    private static List<Event> stored(PartitionFixture ledger) {
        List<Event> events = new ArrayList<>();
        ledger.order()
                .read(0, 10_000)
                .forEach(event -> events.add(ledger.log()
                        .find(event.event().id())
                        .found()
                        .orElseThrow()
                        .event()));
        return events;
    }

    private static ImportSummary run(PartitionFixture ledger, CaptureOptions options, List<Path> files) {
        return new ImportRun(
                        ledger,
                        Durability.MEMORY,
                        new Capture(options, Captured.CLOCK),
                        (attempt, because) -> {},
                        ImportProgress.NONE)
                .run(files);
    }

    @Test
    void importedTogetherTheyAreTheSameLedger() throws IOException {
        holds(this::sameLedger);
    }

    private void sameLedger(long seed) throws IOException {
        Random random = new Random(seed);
        PartitionFixture plain = opened();
        run(plain, CaptureOptions.DEFAULTS, traces());

        Scrambled scrambled = scrambled(random);
        PartitionFixture other = opened();
        ImportSummary summary = run(other, CaptureOptions.DEFAULTS, scrambled.files());
        assertThat(conflicts(summary)).isEmpty();
        assertThat(events(other)).isEqualTo(events(plain));

        PartitionFixture withCut = opened();
        List<Path> all = new ArrayList<>(scrambled.files());
        all.addAll(scrambled.cut());
        Collections.shuffle(all, random);
        ImportSummary cut = run(withCut, CaptureOptions.DEFAULTS, all);
        assertThat(conflicts(cut)).isEmpty();
        assertThat(cut.notes()).isEmpty();
        assertThat(withoutFacts(withCut)).isEqualTo(withoutFacts(plain));
    }

    @Test
    void importedOneByOneInAnyOrderTheyAddWhatIsNewAndContradictNothing() throws IOException {
        holds(this::nothingContradicted);
    }

    private void nothingContradicted(long seed) throws IOException {
        Random random = new Random(seed);
        PartitionFixture plain = opened();
        run(plain, CaptureOptions.DEFAULTS, traces());

        Scrambled scrambled = scrambled(random);
        List<Path> order = new ArrayList<>(scrambled.files());
        order.addAll(scrambled.cut());
        Collections.shuffle(order, random);
        PartitionFixture ledger = opened();
        for (Path file : order) {
            ImportSummary summary = run(ledger, options(random), List.of(file));
            assertThat(conflicts(summary)).as(file.toString()).isEmpty();
            assertThat(summary.notes()).as(file.toString()).isEmpty();
        }
        hasThatOf(ledger, plain);

        long before = ledger.order().head().seq();
        for (boolean together : new boolean[] {true, false}) {
            for (List<Path> files :
                    together ? List.of(order) : order.stream().map(List::of).toList()) {
                ImportSummary again = run(ledger, options(random), files);
                assertThat(conflicts(again)).isEmpty();
                assertThat(again.added()).isZero();
            }
        }
        assertThat(ledger.order().head().seq()).isEqualTo(before);
    }

    /** Every event of the one is in the other, made of the same record, under the same parent; what is more is an answer. */
    private static void hasThatOf(PartitionFixture ledger, PartitionFixture plain) {
        Map<EventId, Event> there = new TreeMap<>();
        stored(ledger).forEach(event -> there.put(event.id(), event));
        List<EventId> answered = new ArrayList<>();
        there.values().stream()
                .filter(event -> event.type().value().equals("tool.result"))
                .forEach(event -> answered.add(event.parentId().orElseThrow()));
        for (Event expected : stored(plain)) {
            Event event = Optional.ofNullable(there.remove(expected.id())).orElseThrow();
            // What started a sub-agent is known only beside the session that has started it.
            if (event.parentId().isPresent() || !event.type().value().equals("observation.input")) {
                assertThat(event.parentId()).as(expected.toString()).isEqualTo(expected.parentId());
            }
            assertThat(event.type()).isEqualTo(expected.type());
            assertThat(event.traceId()).isEqualTo(expected.traceId());
            if (!event.status().equals(expected.status())) {
                assertThat(event.status()).contains(EventStatus.PENDING);
                assertThat(answered).contains(event.id());
            }
        }
        assertThat(there.values())
                .allMatch(event -> List.of("tool.result", "system.run", "system.session_end")
                        .contains(event.type().value()));
    }

    private static CaptureOptions options(Random random) {
        CaptureOptions usual = CaptureOptions.DEFAULTS;
        return new CaptureOptions(
                usual.syntheticStart(),
                random.nextBoolean() ? Optional.empty() : Optional.of("team-x"),
                random.nextBoolean() ? Optional.empty() : Optional.of("someone"),
                usual.errorTextFails(),
                SkipPatterns.NONE,
                usual.maxDocumentBytes(),
                usual.maxLineBytes(),
                usual.whom(),
                usual.limits());
    }

    private static Map<EventId, String> withoutFacts(PartitionFixture ledger) {
        Map<EventId, String> events = new TreeMap<>();
        stored(ledger).stream()
                .filter(event -> !List.of("system.run", "system.session_end")
                        .contains(event.type().value()))
                .forEach(event -> events.put(event.id(), EventJson.toJson(event).toString()));
        return events;
    }

    private static List<String> conflicts(ImportSummary summary) {
        return summary.files().stream()
                .filter(file -> file.conflicts() > 0 || file.format() == Format.UNREADABLE)
                .flatMap(file -> file.refusals().stream())
                .map(Captured::line)
                .toList();
    }
}
