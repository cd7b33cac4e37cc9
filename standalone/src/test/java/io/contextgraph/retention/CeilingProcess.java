// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.testing.CommandBreaker.Moment;
import io.contextgraph.testing.SmallJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of its own that runs retention once, or restores. At a place that it is given it says where it is, and does nothing more: there
 * it is killed (SIGKILL), with everything that it had open and its unfinished files.
 */
final class CeilingProcess {
    private static final String AT = "at: ";
    private static final String DONE = "done: ";

    private CeilingProcess() {}

    /** Where stores and files are. */
    record Stores(URI redis, Engine engine, Neo4jAddress neo4j, Path archive, Path scratch) {}

    /**
     * Runs it until it dies, or to its end.
     *
     * @return the place; empty where it came to its end
     */
    static Optional<String> runAndKill(
            Stores stores, CeilingSettings ceiling, RetentionSettings how, int at, Moment moment) {
        return runAndKill(
                stores,
                Map.of(
                        "DAYS_CEILING",
                        ceiling.ceiling().toString(),
                        "DAYS_WINDOW",
                        how.hotWindow().toString()),
                at,
                moment);
    }

    /**
     * Restores until it dies, or to its end.
     *
     * @return the place; empty where it came to its end
     */
    static Optional<String> restoreAndKill(Stores stores, List<String> segments, Duration keep, int at, Moment moment) {
        return runAndKill(
                stores, Map.of("DAYS_SEGMENTS", String.join(",", segments), "DAYS_KEEP", keep.toString()), at, moment);
    }

    private static Optional<String> runAndKill(Stores stores, Map<String, String> more, int at, Moment moment) {
        ProcessBuilder builder = SmallJvm.of(CeilingProcess.class);
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("DAYS_REDIS", stores.redis().toString()),
                        Map.entry("DAYS_ENGINE", stores.engine().name()),
                        Map.entry("DAYS_NEO4J", stores.neo4j().uri()),
                        Map.entry("DAYS_NEO4J_USER", stores.neo4j().user()),
                        Map.entry("DAYS_NEO4J_PASSWORD", stores.neo4j().password()),
                        Map.entry("DAYS_ARCHIVE", stores.archive().toString()),
                        Map.entry("DAYS_SCRATCH", stores.scratch().toString()),
                        Map.entry("DAYS_AT", Integer.toString(at)),
                        Map.entry("DAYS_MOMENT", moment.name())));
        builder.environment().putAll(more);
        try {
            Process process = builder.start();
            try (BufferedReader said = process.inputReader(UTF_8)) {
                StringBuilder all = new StringBuilder();
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    if (line.startsWith(AT)) {
                        return Optional.of(line.substring(AT.length()));
                    }
                    if (line.startsWith(DONE)) {
                        return Optional.empty();
                    }
                    all.append(line).append('\n');
                }
                throw new AssertionError("the process ended: " + all);
            } finally {
                Process ignored = process.destroyForcibly().onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String given(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    /** Says it, and waits to be killed. */
    private static void wait(String place, Moment moment) {
        System.out.println(AT + place + " " + moment);
        try {
            int ignored = System.in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) {
        RedisSettings settings = RedisSettings.defaults(URI.create(given("DAYS_REDIS")))
                .withEngine(Engine.valueOf(given("DAYS_ENGINE")))
                .withPrefix(RetentionDays.PREFIX);
        SimulatedClock clock = new SimulatedClock(settings.url());
        Path archive = Path.of(given("DAYS_ARCHIVE"));
        PlaceBreaker places = new PlaceBreaker(CeilingProcess::wait);
        if (!given("DAYS_SEGMENTS").isEmpty()) {
            restore(settings, clock, places, archive);
            return;
        }
        try (Neo4jGraph graph = new Neo4jGraph(Neo4jSettings.of(
                        given("DAYS_NEO4J"), given("DAYS_NEO4J_USER"), given("DAYS_NEO4J_PASSWORD"), "neo4j"));
                ClockedLedger ledger = new ClockedLedger(settings)) {
            Retention retention = new Retention(
                    ledger,
                    CeilingParts.how(Duration.parse(given("DAYS_WINDOW"))),
                    CeilingParts.ceiling(
                            ledger,
                            CeilingParts.settings(Duration.parse(given("DAYS_CEILING"))),
                            places,
                            archive,
                            Path.of(given("DAYS_SCRATCH")),
                            graph,
                            clock),
                    clock,
                    "a process of its own");
            arm(places);
            System.out.println(DONE + retention.runIfFree(places::rest));
        }
    }

    private static void arm(PlaceBreaker places) {
        places.arm(new PlaceBreaker.Blow(
                Integer.parseInt(given("DAYS_AT")), "", Moment.valueOf(given("DAYS_MOMENT")), PlaceBreaker.How.DIES));
    }

    private static void restore(RedisSettings settings, SimulatedClock clock, PlaceBreaker places, Path folder) {
        List<SegmentId> segments = Stream.of(given("DAYS_SEGMENTS").split(","))
                .map(text -> SegmentId.parse(text).orElseThrow())
                .toList();
        try (ClockedLedger ledger = new ClockedLedger(settings)) {
            Restorer restorer =
                    CeilingParts.restorer(ledger, places, folder, "a process of its own that restores", clock);
            arm(places);
            System.out.println(DONE
                    + restorer.run(segments, Duration.parse(given("DAYS_KEEP")), false, CeilingParts.watching(places)));
        }
    }
}
