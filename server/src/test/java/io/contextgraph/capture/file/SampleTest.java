// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The sample of the repository: it is the first thing that anybody imports. */
class SampleTest {
    private static final Path SAMPLE = sample();

    private static Path sample() {
        Path beside = Path.of("..", "sample");
        return Files.isDirectory(beside) ? beside : Path.of("sample");
    }

    private static Captured read(String file) {
        return Captured.read(SAMPLE.resolve(file));
    }

    @Test
    void importsWithoutARefusal() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        ImportSummary summary = Runs.run(ledger, SAMPLE);

        assertThat(summary.failure()).isEmpty();
        assertThat(summary.refusedTotal()).isZero();
        assertThat(summary.skipped())
                .extracting(skipped -> Path.of(skipped.file()).getFileName() + ": " + skipped.reason())
                .containsExactly("README.md: the file is text, but not JSON");
        assertThat(summary.files())
                .extracting(file -> Path.of(file.file()).getFileName() + " " + file.format() + " " + file.sessions()
                        + " " + file.added() + " " + file.left())
                .containsExactly(
                        "dinner.otlp.json OTLP 1 5 {}",
                        "research.ndjson EVENTS 1 16 {}",
                        "support.ndjson EVENTS 1 13 {}");
        assertThat(summary.sessions()).isEqualTo(3);
        assertThat(ledger.head().seq()).isEqualTo(34);
        assertThat(Runs.run(ledger, SAMPLE).duplicates()).isEqualTo(34);
    }

    @Test
    void sessionsHaveTheirNames() {
        assertThat(read("support.ndjson").events)
                .extracting(e -> e.sessionId().value())
                .containsOnly("support-4711");
        assertThat(read("research.ndjson").events)
                .extracting(e -> e.sessionId().value())
                .containsOnly("research-heat-pumps");
        assertThat(read("dinner.otlp.json").events)
                .extracting(e -> e.sessionId().value())
                .containsOnly("dinner-for-six");
    }

    /** Every cause is there, and came no later than its effect. */
    @Test
    void causesPrecedeTheirEffects() {
        for (String file : List.of("support.ndjson", "research.ndjson", "dinner.otlp.json")) {
            Map<EventId, Event> seen = new TreeMap<>();
            for (Event event : read(file).events) {
                event.parentId().ifPresent(parent -> {
                    assertThat(seen).containsKey(parent);
                    assertThat(Objects.requireNonNull(seen.get(parent)).occurredAt())
                            .isBeforeOrEqualTo(event.occurredAt());
                });
                seen.put(event.id(), event);
            }
        }
    }

    @Test
    void theSupportAgentFailsOnceAndRecovers() {
        Map<Optional<EventStatus>, Long> tools = read("support.ndjson").events.stream()
                .filter(e -> e.toolName().isPresent())
                .collect(Collectors.groupingBy(Event::status, Collectors.counting()));
        assertThat(tools)
                .isEqualTo(Map.of(Optional.of(EventStatus.FAILED), 1L, Optional.of(EventStatus.COMPLETED), 3L));
    }

    @Test
    void theResearchHasALeadAndTwoSpecialists() {
        assertThat(read("research.ndjson").events.stream().map(Event::agentId).distinct())
                .containsExactlyInAnyOrder("lead-researcher", "building-engineer", "tariff-analyst");
    }
}
