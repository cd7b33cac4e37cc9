// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recordings of real agents, from the folder {@code CG_TRACES_DIR} or {@code shared/traces} beside a parent of the
 * module; skipped where there is none.
 */
class ForeignTracesTest {
    private static Path traces = Path.of("");

    @BeforeAll
    static void find() {
        Path found = folder();
        if (found == null) {
            String reason =
                    "recorded traces are not here: set CG_TRACES_DIR to run " + ForeignTracesTest.class.getSimpleName();
            System.out.println("SKIPPED: " + reason);
            Assumptions.abort(reason);
        } else {
            traces = found;
        }
    }

    private static @Nullable Path folder() {
        String named = System.getenv("CG_TRACES_DIR");
        if (named != null) {
            return Path.of(named);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve("traces");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static final Map<Path, Captured> READ = new HashMap<>();

    private static Captured read(Path file) {
        return READ.computeIfAbsent(file, Captured::read);
    }

    private static Captured read(String file) {
        return read(traces.resolve(file));
    }

    private static long count(Captured captured, String type) {
        return captured.events.stream()
                .filter(e -> e.type().value().equals(type))
                .count();
    }

    /** One line a file: name, format, sessions, events by type, tools by status, refusals. */
    private static String line(Path file) {
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
                traces.relativize(file).toString(),
                captured.format.name(),
                Long.toString(sessions),
                types.toString(),
                statuses.toString(),
                "passed over " + captured.passedOver,
                captured.refused().toString());
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(traces)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(traces.resolve("LICENSES")))
                    .filter(file -> !file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyFileGivesWhatTheTableSays() throws IOException {
        String table = new String(
                Objects.requireNonNull(ForeignTracesTest.class.getResourceAsStream("/capture/traces.txt"))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        String actual = files().stream().map(file -> line(file) + "\n").collect(Collectors.joining());
        assertThat(actual).isEqualTo(table);
    }

    @Test
    void countsAreThoseOfTheRecordings() {
        Captured tauBench = read("openai-chat/tau-bench-retail-grok-3.json.gz");
        assertThat(tauBench.events.stream().map(Event::sessionId).distinct()).hasSize(115);
        assertThat(count(tauBench, "system.session_start")).isEqualTo(115);
        assertThat(count(tauBench, "observation.input")).isEqualTo(970);
        assertThat(count(tauBench, "llm.chat")).isEqualTo(1787);
        assertThat(count(tauBench, "tool.execute")).isEqualTo(932);
        assertThat(tauBench.events.stream().flatMap(e -> e.toolName().stream()).distinct())
                .hasSize(16);

        Captured tau2 = read("tau2/tau2-retail-gpt-4.1.json.gz");
        assertThat(count(tau2, "llm.chat")).isEqualTo(516);
        assertThat(count(tau2, "observation.input")).isEqualTo(290);
        assertThat(count(tau2, "tool.execute")).isEqualTo(299);
        assertThat(tau2.events.stream().filter(e -> e.status().equals(Optional.of(EventStatus.FAILED))))
                .hasSize(12);

        Map<String, Integer> steps = Map.of(
                "marshmallow-1867.function_calling.traj", 11,
                "pydicom-1458.gpt4.traj", 12,
                "ctf-forensics-flash.traj", 4,
                "ctf-web-i_got_id_demo.traj", 21,
                "swe-smith-pandas-pr_53856.traj.gz", 17,
                "function_calling_simple.traj", 5);
        steps.forEach((file, expected) -> {
            Captured run = read("swe-agent/" + file);
            assertThat(count(run, "tool.execute")).as(file).isEqualTo(expected.longValue());
            assertThat(count(run, "llm.chat")).as(file).isEqualTo(expected.longValue());
        });
        assertThat(read("otel/otlp-tempo/tempo_export_with_batches.json").events)
                .hasSize(9);
    }

    @Test
    void parentsOfChatsAndTrajectoriesAreInTheirSession() throws IOException {
        for (Path file : files()) {
            Captured captured = read(file);
            if (captured.format == Format.OTLP) {
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
        ImportSummary one = Runs.run(ledger, traces);
        ImportSummary two = Runs.run(ledger, traces);

        assertThat(one.events()).isPositive();
        assertThat(one.added()).isEqualTo(one.events()).isEqualTo(ledger.head().seq());
        assertThat(two.added()).isZero();
        assertThat(two.conflicts()).isZero();
        assertThat(two.duplicates()).isEqualTo(one.added());
        assertThat(two.sessions()).isEqualTo(one.sessions());
        assertThat(two.refusedTotal()).isEqualTo(one.refusedTotal());
    }
}
