// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.audit.Difference;
import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.audit.Verification;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Login;
import io.contextgraph.config.Settings;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.proof.ProofKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands over the reference stores: what they print, and what they end with. */
class CliTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final String ASKED = "00000000-0000-4000-8000-000000000001";
    private static final String LOOKED_UP = "00000000-0000-4000-8000-000000000002";
    private static final String ANSWERED = "00000000-0000-4000-8000-000000000003";

    private final InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Map<String, String> variables = Map.of();

    @TempDir
    private Path folder;

    @BeforeEach
    void importThreeEvents() throws IOException {
        Path file = Files.writeString(
                folder.resolve("events.ndjson"),
                event(ASKED, "observation.input", "2026-03-01T10:00:00Z", "user", "")
                        + event(
                                LOOKED_UP,
                                "tool.execute",
                                "2026-03-01T10:00:01Z",
                                "bot",
                                ", \"parent_event_id\": \"" + ASKED
                                        + "\", \"tool_name\": \"lookup\", \"status\": \"failed\"")
                        + event(
                                ANSWERED,
                                "llm.chat",
                                "2026-03-01T10:00:02Z",
                                "bot",
                                ", \"parent_event_id\": \"" + LOOKED_UP + "\", \"status\": \"completed\""));
        assertThat(run("import", file.toString())).isEqualTo(ExitCode.OK);
        out.getBuffer().setLength(0);
    }

    private static String event(String id, String type, String at, String agent, String more) {
        return ("{\"event_id\": \"%s\", \"event_type\": \"%s\", \"occurred_at\": \"%s\", \"session_id\": \"s1\", "
                        + "\"agent_id\": \"%s\", \"trace_id\": \"t1\", \"payload\": {\"text\": \"says %s\"}%s}\n")
                .formatted(id, type, at, agent, type, more);
    }

    @Test
    void importingAgainAddsNothing() {
        Path file = folder.resolve("events.ndjson");
        assertThat(run("import", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .endsWith("1 files, 1 sessions, 3 events: 0 new, 3 duplicate, 0 refused, 0 skipped\n");
    }

    @Test
    void whatIsRefusedIsNamedAndTheRestIsTaken() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.ndjson"),
                "{\"event_id\": 7}\n"
                        + event("00000000-0000-4000-8000-000000000004", "llm.chat", "2026-03-01T10:00:03Z", "bot", ""));
        assertThat(run("import", file.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(out.toString())
                .endsWith("1 files, 1 sessions, 1 events: 1 new, 0 duplicate, 1 refused, 0 skipped\n");
        assertThat(err.toString()).contains("line 1").contains("/event_id must be a string, is a number");
    }

    @Test
    void whatAnImportDidCanBeWatched() throws IOException {
        Path file = Files.writeString(
                folder.resolve("spans.json"),
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0af7651916cd43dd8448eb211c80319e\","
                        + "\"spanId\":\"00000000000000d1\",\"name\":\"GET /\",\"startTimeUnixNano\":\"1788795000000000000\"}]}]}]}");
        Path metrics = folder.resolve("import.prom");
        assertThat(run("import", file.toString(), "--capture.skip", "x*, GET *", "--metrics", metrics.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("skipped  1 spans like GET *");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(metrics)))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readString(metrics))
                .contains(
                        "# TYPE contextgraph_import_skipped_total counter",
                        "contextgraph_import_skipped_total{by=\"spans like GET *\"} 1.0",
                        "contextgraph_import_events_total{result=\"new\"} 0.0",
                        "contextgraph_import_refused_total 0.0")
                .doesNotContain("jvm_");
    }

    @Test
    void standardInputIsImportedAsAFileIs() {
        InputStream before = System.in;
        String line = event("00000000-0000-4000-8000-000000000005", "llm.chat", "2026-03-01T10:00:05Z", "bot", "");
        try {
            System.setIn(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
            assertThat(run("import", "-")).isEqualTo(ExitCode.OK);
        } finally {
            System.setIn(before);
        }
        assertThat(out.toString())
                .contains("standard input")
                .endsWith("1 files, 1 sessions, 1 events: 1 new, 0 duplicate, 0 refused, 0 skipped\n");
    }

    @Test
    void standardInputHasOneUse() {
        assertThat(run("import", "-", "a", "-")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("- is standard input, which can be read once: name it once");
        err.getBuffer().setLength(0);
        assertThat(run("import", "-", "--subject", "-")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--subject - reads an id from standard input, which cannot be what is imported as well");
    }

    @Test
    void anImportAboutAPersonNeedsKeysAndNothingIsReadBefore() {
        for (List<String> options :
                List.of(List.of("--subject", "jane.roe@example.org"), List.of("--subject-attribute", "user.id"))) {
            err.getBuffer().setLength(0);
            assertThat(run("import", "no such file", options.getFirst(), options.getLast()))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(err.toString())
                    .contains("privacy.keys is empty", "nothing was read", "contextgraph privacy init")
                    .doesNotContain("jane.roe", "no such file");
        }
        assertThat(run("import", "x", "--subject", "jane.roe@example.org", "--subject-attribute", "user.id"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("leave one of them out").doesNotContain("jane.roe");
    }

    @Test
    void whomAnImportIsAboutIsCountedAndNotTold() throws IOException {
        String keys = folder.resolve("keys").toString();
        assertThat(run("privacy", "init", "--privacy.keys", keys)).isEqualTo(ExitCode.OK);
        Path file = Files.writeString(
                folder.resolve("jane.roe@example.org.json"), "[{\"role\":\"user\",\"content\":\"Hello.\"}]");
        Path metrics = folder.resolve("import.prom");
        err.getBuffer().setLength(0);
        assertThat(run(
                        "import",
                        file.toString(),
                        "--subject",
                        "jane.roe@example.org",
                        "--privacy.keys",
                        keys,
                        "--metrics",
                        metrics.toString()))
                .as("this ledger seals nothing, so that it takes nothing")
                .isEqualTo(ExitCode.REFUSED);
        assertThat(out.toString())
                .contains("(a person).json", "1 files, 1 sessions, 0 events: 0 new, 0 duplicate, 1 refused, 0 skipped")
                .endsWith("about persons: 1 events, 0 of them refused as their person was erased\n");
        assertThat(out + err.toString() + Files.readString(metrics)).doesNotContain("jane.roe");
        assertThat(Files.readString(metrics)).contains("contextgraph_import_about_persons_total 1.0");
        err.getBuffer().setLength(0);
        String name = "p1_6ec6d31611ac2df813358cdca3e96f2a";
        assertThat(run("import", file.toString(), "--subject", name, "--privacy.keys", keys))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("has the form of a pseudonym").doesNotContain(name);
    }

    @Test
    void eventsShowsATable() {
        assertThat(run("events", "--agent", "bot", "--type", "tool.*")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("""
                        TIME                      TYPE                 STATUS  AGENT  SESSION  EVENT                                 SAYS
                        2026-03-01T10:00:01.000Z  tool.execute lookup  failed  bot    s1       %s  says tool.execute
                        """.formatted(LOOKED_UP));
    }

    @Test
    void eventsPagesWithACursor() {
        assertThat(run("events", "--limit", "2", "--json")).isEqualTo(ExitCode.OK);
        JsonNode first = Json.MAPPER.readTree(out.toString());
        out.getBuffer().setLength(0);
        String cursor = first.at("/pagination/cursor").stringValue();
        assertThat(run("events", "--limit", "2", "--json", "--cursor", cursor)).isEqualTo(ExitCode.OK);
        JsonNode second = Json.MAPPER.readTree(out.toString());
        assertThat(first.at("/events").findValuesAsString("event_id")).containsExactly(ASKED, LOOKED_UP);
        assertThat(second.at("/events").findValuesAsString("event_id")).containsExactly(ANSWERED);
        assertThat(second.at("/pagination/has_more").booleanValue()).isFalse();
    }

    @Test
    void eventShowsEnvelopePlaceAndPayload() {
        assertThat(run("event", LOOKED_UP)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .contains(
                        "event_id         " + LOOKED_UP,
                        "tool_name        lookup",
                        "seq              2",
                        "payload",
                        "    \"text\" : \"says tool.execute\"");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(run("event", "00000000-0000-4000-8000-00000000000f")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("trace", "00000000-0000-4000-8000-00000000000f")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("session", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("context", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(out).hasToString("");
    }

    @Test
    void sessionsAndSessionShowWhatHappened() {
        assertThat(run("sessions")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("s1       3       2026-03-01T10:00:00.000Z  2026-03-01T10:00:02.000Z  completed  bot, user");
        out.getBuffer().setLength(0);
        assertThat(run("session", "s1")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().skip(3).map(line -> line.substring(0, 12)))
                .containsExactly("+0:00:00.000", "+0:00:01.000", "+0:00:02.000");
    }

    @Test
    void traceShowsCausesAndEffectsAsOneTree() {
        assertThat(run("trace", LOOKED_UP)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().replaceAll("@\\d+-\\d+", "@P")).isEqualTo("""
                observation.input  -  user  @P  "says observation.input"
                └─ ▶ tool.execute lookup  failed  bot  @P  "says tool.execute"
                   └─ llm.chat  completed  bot  @P  "says llm.chat"
                """);
        out.getBuffer().setLength(0);
        assertThat(run("trace", LOOKED_UP, "--json")).isEqualTo(ExitCode.OK);
        JsonNode edge = Json.MAPPER.readTree(out.toString()).at("/causes/edges/0");
        assertThat(edge.get("edge_type").stringValue()).as("as HTTP names it").isEqualTo("FOLLOWS");
        assertThat(edge.has("type")).isFalse();
    }

    /** The form of HTTP, with the payload and with where it comes from. */
    @Test
    void nodesAreThoseOfHttp() {
        assertThat(run("trace", LOOKED_UP, "--json")).isEqualTo(ExitCode.OK);
        JsonNode traced = Json.MAPPER.readTree(out.toString()).at("/causes/nodes/0");
        out.getBuffer().setLength(0);
        assertThat(run("context", "s1", "--json")).isEqualTo(ExitCode.OK);
        for (JsonNode node :
                List.of(traced, Json.MAPPER.readTree(out.toString()).at("/nodes/0"))) {
            assertThat(node.at("/attributes/content").stringValue()).startsWith("says ");
            assertThat(node.at("/provenance/global_position").stringValue()).contains("-");
            assertThat(node.at("/scores/decay_score").isNumber()).isTrue();
        }
    }

    /** A line that is folded by the terminal's width stands where the next action should. */
    @Test
    void whatACommandCanDoFitsOnATerminal() {
        assertThat(Cli.commandLine(surroundings(
                                workspace, new Console(new PrintWriter(out, true), new PrintWriter(err, true), 0)))
                        .getSubcommands()
                        .values())
                .flatMap(command ->
                        List.of(command.getCommandSpec().usageMessage().description()))
                .filteredOn(line -> line.startsWith("  "))
                .hasSizeGreaterThan(30)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void theReadmeNamesEveryCommand() throws IOException {
        String readme = Files.readString(GeneratedDocs.root().resolve("README.md"));
        assertThat(Cli.commandLine(surroundings(
                                workspace, new Console(new PrintWriter(out, true), new PrintWriter(err, true), 0)))
                        .getSubcommands()
                        .keySet())
                .hasSizeGreaterThan(15)
                .filteredOn(name -> !name.equals("help"))
                .allSatisfy(name -> assertThat(readme).containsPattern("`" + name + "`|/contextgraph " + name + "\\b"));
    }

    @Test
    void contextRanks() {
        assertThat(run("context", "s1", "--json")).isEqualTo(ExitCode.OK);
        JsonNode context = Json.MAPPER.readTree(out.toString());
        assertThat(context.at("/nodes").findValuesAsString("event_id"))
                .containsExactlyInAnyOrder(ASKED, LOOKED_UP, ANSWERED);
    }

    @Test
    void verifyFindsLedgerAndGraphEqual() {
        assertThat(run("verify")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("ledger and graph: equal (3 events in 1 sessions, as of ");
    }

    @Test
    void verifyNamesWhatDiffersAndRepairPutsItRight() {
        assertThat(run("verify")).isEqualTo(ExitCode.OK);
        workspace.graph.apply(Projection.project(new History().add(7, "unknown", 0)));

        assertThat(run("verify")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("foreign_event  unknown  " + History.id(7) + "  its session is unknown");
        out.getBuffer().setLength(0);
        assertThat(run("verify", "--deep", "--json")).isEqualTo(ExitCode.FINDINGS);
        JsonNode verified = Json.MAPPER.readTree(out.toString());
        assertThat(verified.get("exact_sessions").intValue()).isEqualTo(1);
        assertThat(verified.at("/counts/foreign_event").intValue()).isEqualTo(1);

        assertThat(run("repair")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("graph: right (1 sessions put right, 0 events projected, 0 strays taken out, as of ");
        assertThat(run("verify")).isEqualTo(ExitCode.OK);
        out.getBuffer().setLength(0);
        assertThat(run("repair", "--deep", "--json")).isEqualTo(ExitCode.OK);
        assertThat(Json.MAPPER.readTree(out.toString()).get("repaired_sessions").intValue())
                .isZero();
    }

    @Test
    void whatIsOnlyUnsettledHasAnExitCodeOfItsOwn() {
        Console console = new Console(new PrintWriter(out, true), new PrintWriter(err, true), 0);
        VerifyCommand verify = new VerifyCommand(new Surroundings(
                console,
                Map.of(),
                ProductSettings.CATALOG,
                (settings, needs, progress) -> workspace,
                InMemoryWorkspace.NO_SERVER,
                CliTest::mender,
                (settings, partition) -> {
                    throw new AssertionError("no backups here");
                },
                new Users(),
                settings -> new ProofKeys(folder.resolve("proof.key")),
                Surroundings.Logs.NONE,
                CLOCK,
                folder));
        Verification unsettled =
                new Verification(List.of(workspace.ledger.head().position()), 5, 1, 3, 2, 0, Map.of(), List.of());
        Verification different = new Verification(
                List.of(workspace.ledger.head().position()),
                5,
                1,
                3,
                2,
                0,
                Map.of(Difference.Kind.MISSING_EVENT, 1L),
                List.of());

        assertThat(verify.exitCode(unsettled)).isEqualTo(ExitCode.UNSETTLED);
        assertThat(verify.exitCode(different)).isEqualTo(ExitCode.FINDINGS);
        verify.print(unsettled);

        assertThat(out.toString())
                .startsWith("ledger and graph: not settled: 2 sessions (3 events in 1 sessions, as of ");
        assertThat(err.toString())
                .contains("the graph was 5 events behind when the comparison began")
                .contains("2 sessions are not settled");
    }

    @Test
    void rebuildReplaysTheLedger() {
        assertThat(run("rebuild")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("replayed 3 events\ngraph: right (0 sessions put right, ");
        out.getBuffer().setLength(0);
        assertThat(run("rebuild", "--anew", "--json")).isEqualTo(ExitCode.OK);
        assertThat(Json.MAPPER.readTree(out.toString()).get("replayed").intValue())
                .isEqualTo(3);

        workspace.graph.claim("somebody else", CLOCK.instant(), CLOCK.instant().minusSeconds(60));
        assertThat(run("rebuild")).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains("another rebuild of this graph is running");
        assertThat(run("rebuild", "--from-archive")).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains("set archive.location");
    }

    private List<JsonNode> exported() {
        List<JsonNode> lines = out.toString().lines().map(Json.MAPPER::readTree).toList();
        out.getBuffer().setLength(0);
        return lines;
    }

    @Test
    void exportWritesTheLedgerAndImportTakesIt() throws IOException {
        assertThat(run("export")).isEqualTo(ExitCode.OK);
        String whole = out.toString();
        List<JsonNode> lines = exported();
        assertThat(lines.stream().map(line -> line.get("event_id").stringValue()))
                .containsExactly(ASKED, LOOKED_UP, ANSWERED);
        assertThat(lines.get(1).at("/payload/text").stringValue()).isEqualTo("says tool.execute");
        String position = workspace.ledger.head().position().toString();
        assertThat(lines.get(2).get("global_position").stringValue()).isEqualTo(position);
        assertThat(err.toString())
                .isEqualTo("exported 3 events: seq 1 to 3, " + whole.length() + " bytes, as of " + position
                        + System.lineSeparator());

        Path file = Files.writeString(folder.resolve("export.ndjson"), whole);
        InMemoryWorkspace other = new InMemoryWorkspace(Clock.offset(CLOCK, Duration.ofDays(1)));
        assertThat(run(other, "import", file.toString())).isEqualTo(ExitCode.OK);
        out.getBuffer().setLength(0);
        assertThat(run(other, "event", ANSWERED)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsSequence(
                        "original",
                        "  global_position  " + position,
                        "  seq              3",
                        "  session_seq      3",
                        "  recorded_at      2026-03-01T12:00:00.000Z")
                .contains("recorded_at      2026-03-02T12:00:00.000Z");
        for (List<String> command : List.of(List.of("events", "--json"), List.of("session", "s1", "--json"))) {
            out.getBuffer().setLength(0);
            assertThat(run(other, command.toArray(String[]::new))).isEqualTo(ExitCode.OK);
            assertThat(Json.MAPPER
                            .readTree(out.toString())
                            .at("/events/2/original/seq")
                            .intValue())
                    .isEqualTo(3);
        }
        out.getBuffer().setLength(0);
        assertThat(run(other, "export", "--type", "llm.*")).isEqualTo(ExitCode.OK);
        assertThat(exported().getFirst().at("/original/global_position").stringValue())
                .isEqualTo(position);
    }

    @Test
    void exportTakesTheFiltersOfEvents() {
        for (List<String> filter : List.of(
                List.of("--agent", "bot", "--type", "tool.*"),
                List.of("--tool", "lookup"),
                List.of("--status", "failed"),
                List.of("--parent", ASKED),
                List.of(
                        "--session",
                        "s1",
                        "--trace",
                        "t1",
                        "--from",
                        "2026-03-01T10:00:01Z",
                        "--to",
                        "2026-03-01T10:00:02Z"))) {
            List<String> words = new ArrayList<>(List.of("export"));
            words.addAll(filter);
            assertThat(run(words.toArray(String[]::new))).isEqualTo(ExitCode.OK);
            assertThat(exported().stream().map(line -> line.get("event_id").stringValue()))
                    .as(filter.toString())
                    .containsExactly(LOOKED_UP);
        }
        assertThat(run("export", "--min-importance", "5", "--json")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("");
        assertThat(err.toString().lines().toList().getLast())
                .startsWith("{\"events\":0,\"first_seq\":0,\"last_seq\":0,\"bytes\":0,\"as_of\":\"");
        assertThat(run("export", "--status", "done")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("cannot use the value of --status: done");
    }

    @Test
    void anExportIntoAFileIsGoneOnWith() throws IOException {
        Path file = folder.resolve("export.ndjson");
        assertThat(run("export", "--output", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("");
        assertThat(err.toString()).startsWith("exported 3 events to " + file + ": seq 1 to 3, ");
        byte[] whole = Files.readAllBytes(file);

        assertThat(run("export", "--output", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(file + " is there already: with --resume");
        Files.write(file, Arrays.copyOf(whole, whole.length - 10));
        assertThat(run("export", "--output", file.toString(), "--resume")).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("exported 1 events more to " + file + ": seq 3 to 3, ");
        assertThat(file).hasBinaryContent(whole);
        assertThat(run("export", "--output", file.toString(), "--resume")).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("exported 0 events more to " + file + ", as of ");

        assertThat(run("export", "--output", file.toString(), "--resume", "--agent", "user"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("is of another selection");
        assertThat(run("export", "--resume")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--resume needs --output or --by-partition: only files can be gone on with");
        assertThat(file).hasBinaryContent(whole);
    }

    @Test
    void anExportByPartitionIsAFolderThatImportTakes() throws IOException {
        Path to = folder.resolve("parts");
        assertThat(run("export", "--by-partition", to.toString(), "--output", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("leave one of them out");
        assertThat(run("export", "--by-partition", to.toString())).isEqualTo(ExitCode.OK);
        Path file = to.resolve("partition-0.ndjson");
        byte[] whole = Files.readAllBytes(file);
        assertThat(err.toString())
                .contains("exported 3 events to " + to + ": seq 1 to 3, " + whole.length + " bytes, as of ");
        assertThat(run("export", "--by-partition", to.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(to + " is there already: with --resume");
        Files.write(file, Arrays.copyOf(whole, whole.length - 10));
        assertThat(run("export", "--by-partition", to.toString(), "--resume")).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("exported 1 events more to " + to);
        assertThat(file).hasBinaryContent(whole);
        assertThat(run(new InMemoryWorkspace(CLOCK), "import", to.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("1 files, 1 sessions, 3 events: 3 new, 0 duplicate");
    }

    @Test
    void anExportDoesNotPassOverInSilenceWhatHasGone() throws IOException {
        Path file = folder.resolve("export.ndjson");
        assertThat(run("export", "--output", file.toString())).isEqualTo(ExitCode.OK);
        List<String> lines = Files.readAllLines(file);
        Files.writeString(file, lines.getFirst() + "\n");
        PrunedFixture.prune(workspace.ledger, workspace.graph, workspace.ledger.read(1, 1));
        assertThat(run("export", "--output", file.toString(), "--resume")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .last()
                .isEqualTo("events behind number 1 have been pruned; everything behind number 2 is"
                        + " there; stopped before the first event: the same command with --resume --skip-pruned goes on"
                        + " in " + file + " with what is left");
        assertThat(Files.readAllLines(file)).isEqualTo(lines.subList(0, 1));
        assertThat(run("export", "--output", file.toString(), "--resume", "--skip-pruned"))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readAllLines(file)).isEqualTo(List.of(lines.get(0), lines.get(2)));
    }

    @Test
    void anInterruptedExportSaysHowItGoesOn() throws IOException {
        Path file = folder.resolve("export.ndjson");
        workspace.lost = new LedgerException(LedgerException.Reason.UNAVAILABLE, "Redis is away");
        assertThat(run("export", "--output", file.toString())).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString().lines())
                .containsExactly("ledger_unavailable: Redis is away; stopped before the first event: the same command"
                        + " with --resume goes on in " + file);
        assertThat(run("export")).isEqualTo(ExitCode.UNAVAILABLE);
        workspace.lost = null;
        assertThat(run("export", "--output", file.toString(), "--resume")).isEqualTo(ExitCode.OK);
        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void nobodyReadingIsToldInOneLine() {
        Writer closed = new Writer() {
            @Override
            public void write(char[] chars, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Console console = new Console(new PrintWriter(closed, true), new PrintWriter(err, true), 0);
        assertThat(run(workspace, console, "export")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString().lines()).containsExactly("standard output takes no more: stopped after seq 3");
    }

    @Test
    void whatAnExportCannotVouchForIsNamed() throws IOException {
        Path file = folder.resolve("altered.ndjson");
        assertThat(run("export")).isEqualTo(ExitCode.OK);
        Files.writeString(file, out.toString().replace("says llm.chat", "never said"));
        InMemoryWorkspace other = new InMemoryWorkspace(CLOCK);
        err.getBuffer().setLength(0);
        assertThat(run(other, "import", file.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString().lines())
                .containsExactly(
                        "refused  " + file + ", line 3: invalid event " + ANSWERED + ", 1 fault",
                        "           /content_hash is not the hash of what stands here: the event was altered since it was"
                                + " exported, or its payload was left out");
        assertThat(other.ledger.head().seq()).isEqualTo(2);
    }

    @Test
    void parkedEventsAreListedTriedAgainAndGivenUp() {
        try (EventFeed.Consumer consumer = workspace.ledger.feed("projection").open("dying")) {
            Failure failure = new Failure("the graph says no", CLOCK.instant(), 5);
            consumer.poll(3, Duration.ZERO).forEach(delivery -> consumer.park(delivery, failure));
        }
        List<String> ids = workspace.ledger.parking().list(Optional.empty(), 10).stream()
                .map(entry -> entry.id().toString())
                .toList();

        assertThat(run("parked")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().toList())
                .containsExactly(
                        "ID               EVENT                                 PARKED                    ATTEMPTS  REASON",
                        ids.get(0) + "  " + ASKED + "  2026-03-01T12:00:00.000Z  5         the graph says no",
                        ids.get(1) + "  " + LOOKED_UP + "  2026-03-01T12:00:00.000Z  5         the graph says no",
                        ids.get(2) + "  " + ANSWERED + "  2026-03-01T12:00:00.000Z  5         the graph says no");

        assertThat(run("parked", "redrive", ids.get(1))).isEqualTo(ExitCode.OK);
        assertThat(run("parked", "redrive", ids.get(1))).isEqualTo(ExitCode.REFUSED);
        assertThat(run("parked", "drop", ids.get(0), "--reason", "not ours")).isEqualTo(ExitCode.OK);
        assertThat(run("parked", "drop", ids.get(0), "--reason", "not ours")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err.toString()).contains("not parked: " + ids.get(0));
        assertThat(run("parked", "redrive", "--all")).isEqualTo(ExitCode.OK);
        assertThat(workspace.graph.stats().events()).isEqualTo(2);
        out.getBuffer().setLength(0);
        assertThat(run("parked", "--json")).isEqualTo(ExitCode.OK);
        assertThat(Json.MAPPER.readTree(out.toString()).isEmpty()).isTrue();
        out.getBuffer().setLength(0);
        assertThat(run("parked", "dropped", "--json")).isEqualTo(ExitCode.OK);
        JsonNode records = Json.MAPPER.readTree(out.toString());
        assertThat(records.size()).isEqualTo(1);
        assertThat(records.get(0).get("reason").stringValue()).isEqualTo("not ours");
    }

    @Test
    void whatAnActionOfRetentionWouldNotReadIsRefused() {
        assertThat(run("retention", "run", "projection")).isEqualTo(ExitCode.USAGE);
        assertThat(run("retention", "run", "--reason", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(run("retention", "status", "--dry-run")).isEqualTo(ExitCode.USAGE);
        assertThat(run("retention", "release", "projection", "--reason", "x", "--dry-run"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("retention", "run", "--dry-run")).isEqualTo(ExitCode.OK);
    }

    @Test
    void parkedIsToldWhatToDoInWords() {
        assertThat(run("parked", "explode")).isEqualTo(ExitCode.USAGE);
        assertThat(run("parked", "redrive")).isEqualTo(ExitCode.USAGE);
        assertThat(run("parked", "redrive", "--all", "1-1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("parked", "redrive", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(run("parked", "drop", "1-1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("no such action: explode")
                .contains("name the entries to try again, or give --all")
                .contains("not an id of a parked entry: x")
                .contains("say why with --reason");
    }

    @Test
    void everyCommandHasHelpWithExitCodes() {
        for (String command : List.of(
                "demo",
                "serve",
                "import",
                "export",
                "events",
                "event",
                "sessions",
                "session",
                "trace",
                "context",
                "verify",
                "repair",
                "rebuild",
                "parked",
                "doctor",
                "config",
                "size",
                "version")) {
            out.getBuffer().setLength(0);
            assertThat(run(command, "--help")).as(command).isEqualTo(ExitCode.OK);
            assertThat(out.toString())
                    .contains("Usage: contextgraph " + command)
                    .contains("Exit codes:");
        }
    }

    @Test
    void wrongWordsAreExplained() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(run("evnets")).isEqualTo(ExitCode.USAGE);
        assertThat(run("event", "seven")).isEqualTo(ExitCode.USAGE);
        assertThat(run("events", "--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run("events", "--order", "sideways")).isEqualTo(ExitCode.USAGE);
        assertThat(run("events", "--session", "__global__")).isEqualTo(ExitCode.USAGE);
        assertThat(run("events", "--http.port", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("name a command")
                .contains("contextgraph events")
                .contains("not an event id (a UUID): seven")
                .contains("limit must be from 1 to 1000: 0")
                .contains("--order must be")
                .contains("must not begin with \"__\"")
                .contains("flag --http.port: http.port must be a whole number from 0 to 65535: many");
    }

    @Test
    void whoAsksForJsonGetsErrorsAsJson() {
        assertThat(run("event", "00000000-0000-4000-8000-00000000dead", "--json"))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("events", "--json", "--http.port", "many", "--redis.engine", "fast"))
                .isEqualTo(ExitCode.USAGE);
        List<String> lines = err.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .isEqualTo("{\"code\":\"not_found\",\"exit_code\":3,\"detail\":\"the ledger has no event"
                        + " 00000000-0000-4000-8000-00000000dead\"}");
        assertThat(lines.get(1))
                .startsWith(
                        "{\"code\":\"invalid_settings\",\"exit_code\":2,\"detail\":\"these settings cannot be used:\","
                                + "\"errors\":[\"")
                .contains("http.port must be", "redis.engine must be");
    }

    @Test
    void doctorAndVersionAnswer() {
        assertThat(run("doctor")).isEqualTo(ExitCode.OK);
        assertThat(run("version")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("ledger").contains("contextgraph ");
    }

    @Test
    void newLoginsForRedisAreWrittenOnceAndNeverPrinted() throws IOException {
        Path logins = folder.resolve("logins.properties");
        assertThat(run("redis-acl", "--new-logins", logins.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly(
                        "user contextgraph-append",
                        "user contextgraph-backup",
                        "user contextgraph-erase",
                        "user contextgraph-keys",
                        "user contextgraph-mend",
                        "user contextgraph-operator",
                        "user contextgraph-project",
                        "user contextgraph-read",
                        "user contextgraph-retention");
        List<String> settings = Files.readAllLines(logins);
        assertThat(settings.stream().map(line -> line.replaceFirst(":.*", "")))
                .containsExactly(
                        "redis.append-login=contextgraph-append",
                        "redis.backup-login=contextgraph-backup",
                        "redis.erase-login=contextgraph-erase",
                        "redis.keys-login=contextgraph-keys",
                        "redis.mend-login=contextgraph-mend",
                        "redis.operator-login=contextgraph-operator",
                        "redis.project-login=contextgraph-project",
                        "redis.read-login=contextgraph-read",
                        "redis.retention-login=contextgraph-retention");
        assertThat(settings.stream().map(line -> line.replaceFirst(".*:", "")).distinct())
                .hasSize(9)
                .allMatch(password -> password.length() >= 43)
                .noneMatch(password -> (out.toString() + err).contains(password));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logins)))
                .isEqualTo("rw-------");
        assertThat(run("redis-acl", "--new-logins", logins.toString())).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Files.readAllLines(logins)).isEqualTo(settings);
    }

    @Test
    void usersOfRedisAreThoseOfTheSettings() {
        variables = Map.of("CG_REDIS_APPEND_LOGIN", "writer:secret");
        assertThat(run("redis-acl", "--before-7.2", "--redis.url", "redis://127.0.0.1:1"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("user writer for an old Redis" + System.lineSeparator());
        assertThat(err.toString()).contains("--new-logins").doesNotContain("secret");
    }

    @Test
    void usersOfRedisFitWhatIsAskedFor() {
        variables = Map.of("CG_REDIS_APPEND_LOGIN", "writer:secret");
        assertThat(run("redis-acl", "--search", "2", "--redis.url", "redis://127.0.0.1:1"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("user writer for Search 2" + System.lineSeparator());
        assertThat(err.toString()).contains("these users fit what the test wants");
        assertThat(run("redis-acl", "--search", "7")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--search must be one of 2, 8, both: 7");
    }

    private static final class Users implements Surroundings.RedisUsers {
        private final Surroundings.RedisUsers real = new io.contextgraph.app.RedisUsers();

        @Override
        public Set<String> roles() {
            return real.roles();
        }

        @Override
        public Map<String, Login> logins(Settings settings) {
            return real.logins(settings);
        }

        @Override
        public Acl acl(Settings settings, Map<String, Login> logins, Optional<String> search, boolean before72) {
            return new Acl(
                    logins.values().stream()
                            .map(login -> "user " + login.user()
                                    + search.map(wanted -> " for Search " + wanted)
                                            .orElse("")
                                    + (before72 ? " for an old Redis" : ""))
                            .sorted()
                            .toList(),
                    "these users fit what the test wants");
        }
    }

    /** Two damages that can be mended, of which the second shows when the first has been, and one that cannot. */
    private static LedgerMender mender(Settings ignored, IntUnaryOperator one, Workspace.StartReport report) {
        return new LedgerMender() {
            private int mended;

            @Override
            public Examined examine(Consumer<Damage> told, LongConsumer looked) {
                Map<Kind, Long> found = new TreeMap<>(Map.of(Kind.LOST_EVENT, 1L));
                if (mended < 2) {
                    Kind kind = mended == 0 ? Kind.NUMBERS : Kind.SESSION;
                    told.accept(
                            new Damage(kind, "ids:" + mended, "is missing", Optional.of("filled from the documents")));
                    found.put(kind, 1L);
                }
                told.accept(new Damage(Kind.LOST_EVENT, "evt:1", "is nowhere", Optional.empty()));
                return new Examined(new Head(12, new Position(7, 0)), found, 1, true, 3);
            }

            @Override
            public Examined mend(Consumer<Damage> told, LongConsumer looked) {
                Examined found = examine(told, looked);
                mended++;
                return found;
            }

            @Override
            public void close() {}
        };
    }

    /** Whoever asks for JSON gets it, whatever is wrong; help for nothing is no success. */
    @Test
    void wrongWordsAreAnErrorForPeopleAndForPrograms() {
        assertThat(run("nonsense", "--help")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no such command: nonsense").contains("Usage: contextgraph");
        assertThat(run("trase")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no such command: trase; did you mean trace?");
        for (String[] wrong : List.of(
                new String[] {"nonsense", "--json"},
                new String[] {"events", "--unheard-of", "--json"},
                new String[] {"ledger", "burn", "--json"})) {
            err.getBuffer().setLength(0);
            assertThat(run(wrong)).as(wrong[0]).isEqualTo(ExitCode.USAGE);
            JsonNode said = Json.MAPPER.readTree(err.toString());
            assertThat(said.get("code").stringValue()).isEqualTo("invalid_usage");
            assertThat(said.get("exit_code").intValue()).isEqualTo(ExitCode.USAGE);
            assertThat(said.get("detail").stringValue()).isNotBlank();
            assertThat(err.toString().strip().lines()).hasSize(1);
        }
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(run("help", "trace")).isEqualTo(ExitCode.OK);
        assertThat(run("trace", "--help")).isEqualTo(ExitCode.OK);
    }

    @Test
    void aLedgerIsExaminedAndMended() {
        assertThat(run("ledger", "examine")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString())
                .contains("numbers", "ids:0", "is missing", "lost_event")
                .doesNotContain("filled from the documents")
                .contains("ledger: 12 events up to 7-0, 2 damages, 1 can be mended, 1 cannot");
        assertThat(err.toString()).contains("contextgraph ledger mend says what would put it right");
        out.getBuffer().setLength(0);
        assertThat(run("ledger", "mend")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("filled from the documents", "none: nothing of it is left");
        assertThat(err.toString()).contains("contextgraph ledger mend --apply puts it right");
        out.getBuffer().setLength(0);
        assertThat(run("ledger", "mend", "--apply", "--json")).isEqualTo(ExitCode.FINDINGS);
        JsonNode answer = Json.MAPPER.readTree(out.toString());
        assertThat(answer.at("/mended/found").longValue()).isEqualTo(3);
        assertThat(answer.at("/mended/kinds").toString()).isEqualTo("{\"numbers\":1,\"session\":1,\"lost_event\":1}");
        assertThat(answer.at("/mended/damages")).hasSize(3);
        assertThat(answer.at("/mended/other_keys").longValue()).isEqualTo(3);
        assertThat(answer.at("/left/kinds").toString()).isEqualTo("{\"lost_event\":1}");
        assertThat(answer.at("/left/damages/0/remedy").isNull()).isTrue();
        out.getBuffer().setLength(0);
        assertThat(run("ledger", "mend", "--apply", "--max", "1")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("mended: 2 damages", "1 damages, 0 can be mended, 1 cannot");
        assertThat(err.toString()).contains("only the first 1 of 3 are shown");
    }

    @Test
    void aLedgerCommandThatIsNoneWritesNothing() {
        assertThat(run("ledger", "burn")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no such action: burn; there are examine and mend");
        assertThat(run("ledger", "examine", "--apply")).isEqualTo(ExitCode.USAGE);
        assertThat(run("ledger")).isEqualTo(ExitCode.USAGE);
        assertThat(run("ledger", "mend", "--max", "-1")).isEqualTo(ExitCode.USAGE);
    }

    private int run(String... arguments) {
        return run(workspace, arguments);
    }

    private int run(InMemoryWorkspace stores, String... arguments) {
        return run(stores, new Console(new PrintWriter(out, true), new PrintWriter(err, true), 0), arguments);
    }

    private int run(InMemoryWorkspace stores, Console console, String... arguments) {
        return Cli.run(surroundings(stores, console), arguments);
    }

    private Surroundings surroundings(InMemoryWorkspace stores, Console console) {
        return new Surroundings(
                console,
                variables,
                ProductSettings.CATALOG,
                (settings, needs, progress) -> stores,
                InMemoryWorkspace.NO_SERVER,
                CliTest::mender,
                (settings, partition) -> {
                    throw new AssertionError("no backups here");
                },
                new Users(),
                settings -> new ProofKeys(folder.resolve("proof.key")),
                Surroundings.Logs.NONE,
                CLOCK,
                folder);
    }
}
