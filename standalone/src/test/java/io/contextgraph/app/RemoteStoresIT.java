// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Json;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;

/** Commands say the same of a server as of the Redis and the Neo4j that it works on. */
class RemoteStoresIT {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2027-01-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    @Test
    void whatIsImportedOverHttpIsToldTheSameByBoth() throws IOException {
        Neo4jAddress neo4j = Neo4jServers.shared();
        clear(neo4j);
        try (RunningRedis redis = RunningRedis.start(RedisServers.here().program(), List.of())) {
            Map<String, String> here = new HashMap<>(Map.of(
                    "CG_REDIS_URL", redis.url().toString(),
                    "CG_NEO4J_URI", neo4j.uri(),
                    "CG_HTTP_PORT", "0",
                    "CG_DATA_DIR", folder.toString()));
            if (!neo4j.password().isEmpty()) {
                here.putAll(Map.of("CG_NEO4J_USER", neo4j.user(), "CG_NEO4J_PASSWORD", neo4j.password()));
            }
            Settings settings = ProductSettings.CATALOG.load(Map.of(), here, Optional.empty());
            try (LocalWorkspace stores = LocalWorkspace.open(
                            settings, Workspace.Needs.SERVER, Backends.Factory.none(), CLOCK, said -> {});
                    Workspace.Serving serving = stores.serve()) {
                compare(here, Map.of("CG_SERVER", serving.address().toString()));
            }
        }
        clear(neo4j);
    }

    private void compare(Map<String, String> here, Map<String, String> there) {
        String sample = Path.of("..", "sample").toAbsolutePath().normalize().toString();
        CommandAnswer taken = run(there, "import", sample, "--json");
        assertThat(taken.code()).as(taken.err()).isZero();
        long events = Json.MAPPER.readTree(taken.out()).get("new").longValue();
        assertThat(events).isPositive();
        CommandAnswer again = run(there, "import", sample);
        assertThat(again).isEqualTo(run(here, "import", sample));
        assertThat(again.out()).contains(" 0 new, " + events + " duplicate");
        assertThat(run(there, "verify").code()).isZero();
        String failed = Json.MAPPER
                .readTree(run(there, "events", "--session", "support-4711", "--status", "failed", "--json")
                        .out())
                .at("/events/0/event_id")
                .stringValue();
        for (String[] command : List.of(
                new String[] {"trace", failed},
                new String[] {"context", "research-heat-pumps", "--at", "2026-12-31T12:00:00Z"},
                new String[] {"session", "support-4711"},
                new String[] {"sessions"},
                new String[] {"events", "--type", "tool.*", "--order", "time-desc", "--limit", "3"},
                new String[] {"event", failed},
                new String[] {"parked"},
                new String[] {"export"})) {
            for (String form : List.of("", "--json")) {
                List<String> words = new ArrayList<>(List.of(command));
                if (!form.isEmpty()) {
                    words.add(form);
                }
                CommandAnswer expected = run(here, words.toArray(String[]::new));
                assertThat(run(there, words.toArray(String[]::new)))
                        .as(words.toString())
                        .isEqualTo(expected);
                assertThat(expected.code()).as(expected.toString()).isEqualTo(ExitCode.OK);
            }
        }
        // What is administrative is on record in the ledger, where it counts.
        for (String[] command : List.of(new String[] {"verify", "--deep"}, new String[] {"repair", "--json"})) {
            CommandAnswer expected = run(here, command);
            CommandAnswer said = run(there, command);
            assertThat(said.code()).as(said.err()).isEqualTo(expected.code()).isZero();
            assertThat(said.out().replaceAll("\\d+", "N"))
                    .isEqualTo(expected.out().replaceAll("\\d+", "N"));
        }
        assertThat(subjects(run(there, "doctor", "--json"))).isEqualTo(subjects(run(here, "doctor", "--json")));
        assertThat(run(there, "rebuild", "--anew").code()).isZero();
    }

    /** Figures move between two looks. */
    private static List<String> subjects(CommandAnswer doctor) {
        return Json.MAPPER
                .readTree(doctor.out())
                .valueStream()
                .map(finding -> finding.get("level") + " " + finding.get("subject"))
                .toList();
    }

    private CommandAnswer run(Map<String, String> variables, String... arguments) {
        return CommandAnswer.of(folder, CLOCK, variables, arguments);
    }

    private static void clear(Neo4jAddress neo4j) {
        try (var driver = GraphDatabase.driver(
                        neo4j.uri(),
                        neo4j.password().isEmpty()
                                ? AuthTokens.none()
                                : AuthTokens.basic(neo4j.user(), neo4j.password()));
                var session = driver.session()) {
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
                    .consume();
        }
    }
}
