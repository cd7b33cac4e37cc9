// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.redis.Engine;
import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Every benchmark but the one beside PostgreSQL, which takes minutes, at a size that says nothing but that it works. */
class BenchmarksE2eIT {
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
        assertThat(new CommandLine(new Bench()).execute(all.toArray(String[]::new)))
                .isZero();
        JsonNode written = Json.MAPPER.readTree(Files.readAllBytes(json));
        Report report = Report.of(written);
        assertThat(report.toJson()).isEqualTo(written);
        assertThat(report.figures()).isNotEmpty();
        assertThat(report.tables())
                .isNotEmpty()
                .allSatisfy(table -> assertThat(table.rows())
                        .isNotEmpty()
                        .allSatisfy(row ->
                                assertThat(row).noneMatch(cell -> cell.contains("NaN") || cell.contains("Infinity"))));
    }

    @Test
    void ceiling() throws IOException {
        run("ceiling", "--events", "3000", "--rounds", "1");
    }

    @Test
    void http() throws IOException {
        run("http", "--seconds", "1", "--warm-up", "1", "--ceiling-events", "3000");
    }

    @Test
    void query() throws IOException {
        run("query", "--events", "3000", "--samples", "10", "--no-postgres");
    }

    @Test
    void graph() throws IOException {
        run("graph", "--events", "3000", "--beside", "1000");
    }

    @Test
    void lineage() throws IOException {
        run("lineage", "--events", "5000", "--samples", "10");
    }

    @Test
    void lag() throws IOException {
        run("lag", "--warm-up", "1", "--events", "500", "--burst", "300", "--bursts", "1");
    }

    @Test
    void memory() throws IOException {
        run("memory", "--events", "3000");
    }
}
