// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Every benchmark but the one beside PostgreSQL at a size that says nothing but that it works. */
class BenchmarksE2eIT {
    private static final String SECONDS = Integer.toString(Extent.BENCH_SECONDS.value());
    private static final String WARM_UP = Integer.toString(Extent.BENCH_WARM_UP_SECONDS.value());
    private static final String SAMPLES = Integer.toString(Extent.BENCH_SAMPLES.value());

    @TempDir
    private Path folder;

    /** Runs one, and holds what it has written against what a page is made of. */
    private void run(String... arguments) throws IOException {
        Skips.unless(
                RedisServer.engines().contains(Engine.SEARCH),
                BenchmarksE2eIT.class,
                "no Redis 8 with JSON and Search is installed");
        Path json = folder.resolve("result.json");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", json.toString()));
        CommandLine command = new CommandLine(new Bench());
        List<Exception> failures = new ArrayList<>();
        command.setExecutionExceptionHandler((failure, ignored, parsed) -> {
            failures.add(failure);
            return 1;
        });
        int status = command.execute(all.toArray(String[]::new));
        assertThat(failures).isEmpty();
        assertThat(status).isZero();
        JsonNode written = Json.MAPPER.readTree(Files.readAllBytes(json));
        Report report = Report.of(written);
        assertThat(report.toJson()).isEqualTo(written);
        assertThat(report.figures()).isNotEmpty();
        // Redis says itself how it syncs.
        assertThat(report.setting().getOrDefault("redis", "appendfsync everysec"))
                .matches(".*appendfsync (everysec|always|everysec and always)(, engine .*)?");
        assertThat(report.tables())
                .isNotEmpty()
                .allSatisfy(table -> assertThat(table.rows())
                        .isNotEmpty()
                        .allSatisfy(row ->
                                assertThat(row).noneMatch(cell -> cell.contains("NaN") || cell.contains("Infinity"))));
    }

    private static String atLeast(int events) {
        return Integer.toString(Math.max(events, Extent.BENCH_EVENTS.value()));
    }

    @Test
    void ceiling() throws IOException {
        run("ceiling", "--events", atLeast(0), "--rounds", "1");
    }

    @Test
    void durability() throws IOException {
        run("durability", "--seconds", SECONDS, "--rounds", "1");
    }

    @Test
    void http() throws IOException {
        run("http", "--seconds", SECONDS, "--before", "500", "--ceiling-events", atLeast(0));
    }

    @Test
    void otlp() throws IOException {
        run("otlp", "--minutes", "0.02", "--before", "1024");
    }

    @Test
    void tail() throws IOException {
        run("tail", "--minutes", "0.02", "--warm-up", WARM_UP, "--events", atLeast(0), "--rate", "200");
    }

    @Test
    void growth() throws IOException {
        run("growth", "--events", "1000," + 2 * Extent.BENCH_EVENTS.value(), "--samples", SAMPLES);
        assertThat(folder.resolve("growth-append.svg")).content().startsWith("<svg ");
    }

    @Test
    void access() throws Exception {
        // As others in this process have used TLS before.
        SSLContext.setDefault(SSLContext.getDefault());
        run("access", "--rounds", "1", "--warm-up", WARM_UP);
    }

    @Test
    void proof() throws IOException {
        run("proof", "--seconds", SECONDS, "--events", atLeast(0), "--rounds", "1");
    }

    @Test
    void trim() throws IOException {
        run("trim", "--seconds", SECONDS, "--events", atLeast(0), "--rate", "200");
    }

    @Test
    void archive() throws IOException {
        run("archive", "--seconds", SECONDS, "--events", atLeast(1_000), "--rate", "200", "--pause", "50");
    }

    @Test
    void imports() throws IOException {
        run("import", "--events", atLeast(0), "--engine", "search");
    }

    @Test
    void query() throws IOException {
        run("query", "--events", atLeast(0), "--samples", SAMPLES, "--no-postgres");
    }

    @Test
    void graph() throws IOException {
        run("graph", "--events", atLeast(0), "--beside", "500");
    }

    @Test
    void lineage() throws IOException {
        run("lineage", "--events", atLeast(5000), "--samples", SAMPLES);
    }

    @Test
    void lag() throws IOException {
        // At 500 a second.
        run(
                "lag",
                "--warm-up",
                WARM_UP,
                "--events",
                Integer.toString(500 * Extent.BENCH_SECONDS.value()),
                "--idle-events",
                Integer.toString(10 * Extent.BENCH_SECONDS.value()),
                "--burst",
                "300",
                "--bursts",
                "1");
    }

    @Test
    void partitions() throws IOException {
        run(
                "partitions",
                "--engine",
                "search",
                "--events",
                atLeast(0),
                "--before",
                atLeast(0),
                "--samples",
                SAMPLES,
                "--rounds",
                "1");
    }

    @Test
    void restart() throws IOException {
        run("restart", "--events", atLeast(10_000));
    }

    @Test
    void stall() throws IOException {
        run("stall", "--events", atLeast(10_000));
    }

    @Test
    void memory() throws IOException {
        run("memory", "--events", atLeast(0), "--pause", "50");
    }
}
