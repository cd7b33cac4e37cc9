// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.cli.Workspace.Finding;
import io.contextgraph.cli.Workspace.Needs;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.ConfigurationLoader;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of its Redis before it begins. Neo4j is away all the while. */
class StartUpIT {
    private final RunningRedis server = RunningRedis.start(
            RedisServers.installed(7).orElseGet(RedisServers::bundled),
            List.of("--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"));

    @TempDir
    private Path temporary;

    @AfterEach
    void stop() {
        server.close();
    }

    private Deployment open(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of(
                "redis.url", server.url().toString(),
                "redis.engine", "sorted-set",
                "neo4j.uri", "bolt://127.0.0.1:1",
                "http.port", "0"));
        all.putAll(settings);
        return Deployment.open(
                ConfigurationLoader.load(all, Map.of(), Optional.empty()).configuration(),
                Needs.SERVER,
                Backends.Factory.none(),
                Clock.systemUTC(),
                said -> {});
    }

    @Test
    void aServerDoesNotPromiseWhatItsRedisCanNeverKeep() throws IOException {
        try (Deployment deployment = open(Map.of("durability.default", "fsync"))) {
            assertThatThrownBy(deployment::serve)
                    .isInstanceOfSatisfying(
                            ConfigurationException.class,
                            e -> assertThat(e.problems())
                                    .anySatisfy(
                                            problem -> assertThat(problem)
                                                    .isEqualTo(
                                                            "durability.default fsync cannot be kept: Redis writes no append-only"
                                                                    + " file: set appendonly yes, or set durability.default memory"))
                                    .anySatisfy(problem -> assertThat(problem)
                                            .contains("maxmemory-policy noeviction, not allkeys-lru")));
        }
    }

    @Test
    void aFolderWithoutDataIsNotFilledByReading() {
        Path folder = temporary.resolve("dta");
        assertThatThrownBy(() -> Deployment.open(
                        ConfigurationLoader.load(Map.of("data.dir", folder.toString()), Map.of(), Optional.empty())
                                .configuration(),
                        Needs.LEDGER,
                        Backends.Factory.none(),
                        Clock.systemUTC(),
                        said -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("there is no data in " + folder);
        assertThat(folder).doesNotExist();
    }

    @Test
    void theDoctorNamesEveryFaultOfTheRedis() throws IOException {
        try (Deployment deployment = open(Map.of())) {
            assertThat(deployment.examine().stream()
                            .filter(finding -> finding.subject().startsWith("redis."))
                            .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                            .map(Finding::subject))
                    .containsExactly("redis.appendonly", "redis.maxmemory-policy");
        }
    }
}
