// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.app.Questions.Question;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jDump;
import io.contextgraph.testing.Neo4jServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever is asked of a ledger and its graph, over HTTP or with a command, is answered as if nothing had been trimmed:
 * byte for byte, but for what is named here.
 */
@Timeout(240)
abstract class TrimmedStoresContract {
    /** Long after everything here has been recorded. */
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2100-01-01T12:00:00Z"), ZoneOffset.UTC);

    /** Tells of the process, or of what was trimmed. */
    private static final Set<String> OTHER_ROUTES = Set.of(
            "/metrics",
            "/v1/admin/archives",
            "/v1/admin/archives/{segment}",
            "/v1/admin/backups",
            "/v1/admin/backups/{id}",
            "/v1/admin/holds",
            "/v1/admin/retention",
            "/v1/admin/stats",
            "/v1/events/{event_id}/proof",
            "/v1/payloads/{payload_ref}",
            "/v1/proof",
            "/v1/proof/checkpoint",
            "/v1/proof/epochs/{epoch}/checkpoint",
            "/v1/proof/epochs/{epoch}/predecessor",
            "/v1/proof/epochs/{epoch}/tile/{tile}",
            "/v1/proof/partitions/{partition}/checkpoint",
            "/v1/proof/partitions/{partition}/epochs/{epoch}/checkpoint",
            "/v1/proof/partitions/{partition}/epochs/{epoch}/predecessor",
            "/v1/proof/partitions/{partition}/epochs/{epoch}/tile/{tile}",
            "/v1/proof/partitions/{partition}/tile/{tile}",
            "/v1/proof/tile/{tile}",
            "/v1/subjects/{id}",
            "/v1/subjects/{id}/export");

    /** Tells what was trimmed, writes, or is about something else. */
    private static final Set<String> OTHER_COMMANDS = Set.of(
            "demo",
            "serve",
            "project",
            "import",
            "repair",
            "rebuild",
            "retention",
            "ledger",
            "archives",
            "backup",
            "redis-acl",
            "keys",
            "privacy",
            "config",
            "size",
            "prove",
            "audit",
            "checkpoint",
            "help");

    @TempDir
    private Path folder;

    private final String prefix = "trimmed-" + UUID.randomUUID() + ":";
    private final HttpClient client = HttpClient.newHttpClient();

    abstract URI redis();

    @Test
    void everythingIsAnsweredAsBefore() throws IOException {
        Neo4jAddress neo4j = Neo4jServers.shared();
        Map<String, String> here = variables(neo4j, prefix);
        Settings settings = ProductSettings.CATALOG.load(Map.of(), here, Optional.empty());
        try (Graph graph = Graph.cleared(neo4j);
                LocalWorkspace stores = LocalWorkspace.open(
                        settings, Workspace.Needs.SERVER, Backends.Factory.none(), CLOCK, said -> {});
                Workspace.Serving serving = stores.serve()) {
            Asking server = new Asking(serving.address(), client);
            fill(here, stores.parts().getFirst().remembering());
            List<ParkedId> parked = parked(stores.parts().getFirst().remembering());
            deliver(stores.parts().getFirst().remembering(), "late", 10);
            assertThat(stores.catchUp(left -> {})).isZero();
            server.operate("/v1/admin/verify");

            List<CommandAnswer> mended = mended(graph.driver(), here);
            CommandAnswer redriven =
                    run(here, "parked", "redrive", parked.get(0).toString());
            assertThat(redriven.code()).as(redriven.toString()).isZero();
            Map<Question, String> answers = Questions.answered(server);
            requireEveryRoute(answers.keySet(), server.apply(Question.get("/openapi.json")));
            Map<List<String>, CommandAnswer> commands = commands(here);
            requireEveryCommand(commands.keySet(), run(here, "help").out());

            long events = stores.parts().getFirst().remembering().order().head().seq();
            deliver(stores.parts().getFirst().remembering(), "audit", Math.toIntExact(events / 2));
            RetentionReport half = trim(stores);
            assertThat(half.obstacle().orElseThrow()).isInstanceOf(Obstacle.Waiting.class);
            assertThat(half.trimmed().seq()).isBetween(events / 3, events - events / 3);
            // That a group holds something up is told.
            same(server, answers, question -> !question.path().contains("/health"));
            deliver(stores.parts().getFirst().remembering(), "audit", Math.toIntExact(events));
            assertThat(trim(stores).trimmed().seq()).isEqualTo(events);
            assertThat(stores.parts().getFirst().remembering().tiers().sizes().stream()
                            .count())
                    .hasValue(0);
            same(server, answers, question -> true);
            assertThat(commands(here)).isEqualTo(commands);
            CommandAnswer redrivenLater =
                    run(here, "parked", "redrive", parked.get(1).toString());
            assertThat(shape(redrivenLater)).isEqualTo(shape(redriven));
            assertThat(mended(graph.driver(), here)).isEqualTo(mended);
            everyGroupIsGivenEverything(stores.parts().getFirst().remembering());
            anotherLedgerIsTheSame(here, neo4j);
        }
    }

    private Map<String, String> variables(Neo4jAddress neo4j, String prefix) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "CG_REDIS_URL",
                redis().toString(),
                "CG_REDIS_PREFIX",
                prefix,
                "CG_NEO4J_URI",
                neo4j.uri(),
                "CG_HTTP_PORT",
                "0",
                "CG_RETENTION_REQUIRED_GROUPS",
                "projection,audit",
                // Trimming has its turns here.
                "CG_RETENTION_ENABLED",
                "false",
                // Long after the hot window, and no archive.
                "CG_RETENTION_CEILING",
                "0",
                "CG_DATA_DIR",
                folder.toString()));
        if (!neo4j.password().isEmpty()) {
            variables.putAll(Map.of("CG_NEO4J_USER", neo4j.user(), "CG_NEO4J_PASSWORD", neo4j.password()));
        }
        return variables;
    }

    /** Traces in every form that is read, ids that a careless key or query would trip over, and everything mixed. */
    private void fill(Map<String, String> here, Partition ledger) {
        List<Event> events = new ArrayList<>();
        for (int n = 0; n < Events.HOSTILE_NAMES.size(); n++) {
            String name = Events.HOSTILE_NAMES.get(n);
            events.add(Events.builder(1000 + n, name)
                    .agentId(name)
                    .traceId(name)
                    .toolName(name)
                    .build());
        }
        events.addAll(Events.mixed(60));
        assertThat(ledger.log()
                        .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                        .outcomes())
                .allMatch(AppendOutcome.Appended.class::isInstance);
        List<Path> traces =
                new ArrayList<>(List.of(Path.of("..", "sample"), Path.of("..", "server/src/test/resources/traces")));
        Optional.ofNullable(System.getenv("CG_TRACES_DIR")).map(Path::of).ifPresent(traces::add);
        for (Path trace : traces) {
            CommandAnswer taken =
                    run(here, "import", trace.toAbsolutePath().normalize().toString());
            assertThat(taken.out()).as(taken.toString()).contains(" new");
        }
    }

    /** Two of the first entries, which somebody could not read; one more is given up. */
    private static List<ParkedId> parked(Partition ledger) {
        try (EventFeed.Consumer consumer = ledger.feed("audit").open("one")) {
            List<Delivery> first = consumer.poll(3, Duration.ZERO);
            assertThat(first).hasSize(3);
            Failure failure = new Failure("no", Instant.parse("2026-01-01T00:00:00Z"), 2);
            assertThat(first).allMatch(delivery -> consumer.park(delivery, failure));
        }
        List<ParkedId> ids = ledger.parking().list(Optional.empty(), 10).stream()
                .map(entry -> entry.id())
                .toList();
        assertThat(ledger.parking().drop(ids.get(2), "given up")).isTrue();
        return ids.subList(0, 2);
    }

    private static List<Long> deliver(Partition ledger, String group, int most) {
        List<Long> given = new ArrayList<>();
        try (EventFeed.Consumer consumer = ledger.feed(group).open("one")) {
            List<Delivery> some = consumer.poll(most, Duration.ZERO);
            while (!some.isEmpty() && given.size() < most) {
                some.forEach(delivery ->
                        given.add(((Delivery.Arrived) delivery).event().seq()));
                consumer.acknowledge(some.stream().map(Delivery::position).toList());
                some = given.size() < most ? consumer.poll(most - given.size(), Duration.ZERO) : List.of();
            }
        }
        return given;
    }

    private static RetentionReport trim(LocalWorkspace stores) {
        return stores.parts().getFirst().retaining("a test").run(false, Watcher.NONE);
    }

    private static void same(Asking server, Map<Question, String> answers, Predicate<Question> which) {
        answers.forEach((question, answer) -> {
            if (which.test(question)) {
                assertThat(withoutTrimmed(server.apply(question)))
                        .as(question.toString())
                        .isEqualTo(withoutTrimmed(answer));
            }
        });
    }

    /** Up to where the streams were trimmed is told with the ledger. */
    private static String withoutTrimmed(String answer) {
        return answer.replaceFirst("\"trimmed\":\\{[^}]*},", "");
    }

    /** Every address that can be read is asked for, but for those that tell of something else. */
    private static void requireEveryRoute(Set<Question> asked, String contract) {
        Set<String> left = new TreeSet<>();
        Json.MAPPER
                .readTree(contract.substring(contract.indexOf('\n') + 1))
                .get("paths")
                .properties()
                .forEach(path -> {
                    if (path.getValue().has("get")) {
                        left.add(path.getKey());
                    }
                });
        left.removeIf(path -> {
            String pattern = path.replaceAll("\\{[a-z_]+}", "[^/?]+") + "(\\?.*)?";
            return asked.stream()
                    .anyMatch(question ->
                            question.body().isEmpty() && question.path().matches(pattern));
        });
        assertThat(left).isEqualTo(new TreeSet<>(OTHER_ROUTES));
    }

    private static void requireEveryCommand(Set<List<String>> asked, String help) {
        Set<String> left = new TreeSet<>(help.lines()
                .dropWhile(line -> !line.startsWith("Commands:"))
                .filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().split("\\s+", 2)[0])
                .toList());
        assertThat(left).contains("events", "help");
        asked.forEach(command -> left.remove(command.getFirst()));
        assertThat(left).isEqualTo(new TreeSet<>(OTHER_COMMANDS));
    }

    private Map<List<String>, CommandAnswer> commands(Map<String, String> here) {
        List<String> parent = List.of("--parent", Events.id(3).toString());
        Map<List<String>, CommandAnswer> said = new LinkedHashMap<>();
        for (List<String> command : List.of(
                List.of("events", "--limit", "1000"),
                List.of("events", "--type", "tool.*", "--order", "time-desc", "--limit", "9"),
                List.of("events", parent.get(0), parent.get(1), "--order", "position-desc"),
                List.of("events", "--session", "*"),
                List.of("event", Events.id(7).toString()),
                List.of("sessions", "--limit", "1000"),
                List.of("session", "support-4711"),
                List.of("session", "\"quoted\"", "--all"),
                List.of("trace", Events.id(3).toString(), "--all"),
                List.of("context", "session-1", "--at", "2026-12-01T00:00:00Z"),
                List.of("verify", "--deep"),
                List.of("parked"),
                List.of("parked", "dropped"),
                List.of("export"),
                List.of("doctor"),
                List.of("version"))) {
            List<String> words = new ArrayList<>(command);
            // The one, then the other.
            if (said.size() % 2 == 1 && !command.contains("version")) {
                words.add("--json");
            }
            said.put(words, run(here, words.toArray(String[]::new)));
        }
        return said;
    }

    /** What is told of a damaged graph, what mends it, and what it is then. */
    private List<CommandAnswer> mended(Driver driver, Map<String, String> here) {
        List<String> whole = Neo4jDump.lines(driver);
        List<CommandAnswer> said = new ArrayList<>();
        String some = "MATCH (n:Event) WHERE n.seq % 5 = ";
        driver.executableQuery(some + "2 DETACH DELETE n").execute();
        driver.executableQuery(some + "3 SET n.event_type = 'other', n.digest = 1")
                .execute();
        assertThat(Neo4jDump.lines(driver)).isNotEqualTo(whole);
        said.add(run(here, "verify", "--deep", "--json"));
        said.add(run(here, "repair", "--json"));
        assertThat(Neo4jDump.lines(driver)).isEqualTo(whole);
        driver.executableQuery(some + "4 DETACH DELETE n").execute();
        said.add(run(here, "rebuild", "--anew", "--json"));
        assertThat(Neo4jDump.lines(driver)).isEqualTo(whole);
        assertThat(said).allMatch(one -> one.code() == ExitCode.OK || one.code() == ExitCode.FINDINGS);
        said.add(new CommandAnswer(0, String.join("\n", whole), ""));
        return said;
    }

    private static String shape(CommandAnswer said) {
        return said.code() + said.out().replaceAll("[0-9a-f-]+", "N") + said.err();
    }

    private static void everyGroupIsGivenEverything(Partition ledger) {
        long events = ledger.order().head().seq();
        List<Long> late = deliver(ledger, "late", Integer.MAX_VALUE);
        assertThat(late).hasSize(Math.toIntExact(events - 10)).isSorted();
        assertThat(late.getFirst()).isEqualTo(11);
        List<Long> fresh = deliver(ledger, "fresh", Integer.MAX_VALUE);
        assertThat(fresh).hasSize(Math.toIntExact(events)).isSorted();
    }

    /** Made of what is exported. */
    private void anotherLedgerIsTheSame(Map<String, String> here, Neo4jAddress neo4j) throws IOException {
        Path file = folder.resolve("export.ndjson");
        assertThat(run(here, "export", "--output", file.toString()).code()).isZero();
        Map<String, String> there = variables(neo4j, "other-" + prefix);
        CommandAnswer taken = run(there, "import", file.toString());
        assertThat(taken.code()).as(taken.toString()).isZero();
        Path again = folder.resolve("again.ndjson");
        assertThat(run(there, "export", "--output", again.toString()).code()).isZero();
        assertThat(placeless(again)).isEqualTo(placeless(file)).isNotEmpty();
    }

    /** Without where and when it was recorded. */
    private static List<JsonNode> placeless(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> (JsonNode) ((ObjectNode) Json.MAPPER.readTree(line))
                        .remove(List.of("global_position", "recorded_at", "ledger_id", "original")))
                .toList();
    }

    private CommandAnswer run(Map<String, String> variables, String... arguments) {
        CommandAnswer answer = CommandAnswer.of(folder, CLOCK, variables, arguments);
        return answer.saying(Asking.settled(answer.out()));
    }

    /** Neo4j without any data, before and after. */
    private record Graph(Driver driver) implements AutoCloseable {
        static Graph cleared(Neo4jAddress neo4j) {
            Graph graph = new Graph(GraphDatabase.driver(
                    neo4j.uri(),
                    neo4j.password().isEmpty() ? AuthTokens.none() : AuthTokens.basic(neo4j.user(), neo4j.password())));
            graph.clear();
            return graph;
        }

        private void clear() {
            try (var session = driver.session()) {
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
                        .consume();
            }
        }

        @Override
        public void close() {
            try (driver) {
                clear();
            }
        }
    }
}
