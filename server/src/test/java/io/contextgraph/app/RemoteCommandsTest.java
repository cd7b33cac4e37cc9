// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.backup.TestBackups;
import io.contextgraph.cli.Cli;
import io.contextgraph.cli.InMemoryWorkspace;
import io.contextgraph.cli.TestSurroundings;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.remote.RemoteServer;
import io.contextgraph.remote.ServerAddress;
import io.contextgraph.storage.StorageException;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.TcpProxy;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Commands say the same of a server as of the stores that it works on. */
class RemoteCommandsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final String ASKED = "00000000-0000-4000-8000-000000000001";
    private static final String CALLED = "00000000-0000-4000-8000-000000000002";
    private static final String ANSWERED = "00000000-0000-4000-8000-000000000003";
    private static final String UNKNOWN = "00000000-0000-4000-8000-00000000dead";

    private final InMemoryWorkspace stores = new InMemoryWorkspace(CLOCK);
    private final StoresOverHttp server = StoresOverHttp.start(stores, CLOCK);

    @TempDir
    private Path folder;

    /** What a command ended with, and said. */
    private record Said(int code, String out, String err) {}

    @BeforeEach
    void fill() throws IOException {
        assertThat(onStores("import", events().toString()).code()).isZero();
        stores.catchUp(left -> {});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path events() throws IOException {
        return Files.writeString(
                folder.resolve("events.ndjson"),
                event(ASKED, "observation.input", "2026-03-01T10:00:00Z", "user", "")
                        + event(
                                CALLED,
                                "tool.execute",
                                "2026-03-01T10:00:01.5Z",
                                "bot|{}*\\u00e4",
                                ", \"parent_event_id\": \"" + ASKED
                                        + "\", \"tool_name\": \"lookup\", \"status\": \"failed\", \"importance_hint\": 7")
                        + event(
                                ANSWERED,
                                "llm.chat",
                                "2026-03-01T10:00:02Z",
                                "bot",
                                ", \"parent_event_id\": \"" + CALLED
                                        + "\", \"ended_at\": \"2026-03-01T10:00:03Z\", \"status\": \"completed\"")
                        + event("00000000-0000-4000-8000-000000000004", "llm.chat", "2026-03-01T10:00:04Z", "bot", "")
                                .replace("\"s/1 ü\"", "\"s2\"")
                                .replace("\"text\"", "\"number\": 1.500e3, \"text\""));
    }

    private static String event(String id, String type, String at, String agent, String more) {
        return ("{\"event_id\": \"%s\", \"event_type\": \"%s\", \"occurred_at\": \"%s\", \"session_id\": \"s/1 ü\", "
                        + "\"agent_id\": \"%s\", \"trace_id\": \"t1\", \"payload\": {\"text\": \"says %s\"}%s}\n")
                .formatted(id, type, at, agent, type, more);
    }

    private void same(int code, String... arguments) {
        Said expected = onStores(arguments);
        assertThat(onServer(arguments)).as(String.join(" ", arguments)).isEqualTo(expected);
        assertThat(expected.code()).as(expected.toString()).isEqualTo(code);
    }

    private void sameAsTextAndJson(int code, String... arguments) {
        same(code, arguments);
        String[] json = Arrays.copyOf(arguments, arguments.length + 1);
        json[arguments.length] = "--json";
        same(code, json);
    }

    @Test
    void whatIsReadIsTheSame() {
        sameAsTextAndJson(ExitCode.OK, "events");
        sameAsTextAndJson(ExitCode.OK, "events", "--agent", "bot|{}*ä", "--from", "2026-03-01T10:00:00.0001Z");
        sameAsTextAndJson(ExitCode.OK, "events", "--order", "position-desc", "--limit", "2");
        sameAsTextAndJson(
                ExitCode.OK, "events", "--type", "tool.*", "--tool", "lookup", "--status", "failed", "--parent", ASKED);
        sameAsTextAndJson(
                ExitCode.OK, "events", "--min-importance", "7", "--trace", "t1", "--to", "2027-01-01T00:00:00Z");
        sameAsTextAndJson(ExitCode.OK, "event", CALLED);
        sameAsTextAndJson(ExitCode.NOT_FOUND, "event", UNKNOWN);
        sameAsTextAndJson(ExitCode.OK, "sessions");
        sameAsTextAndJson(ExitCode.OK, "sessions", "--limit", "1");
        sameAsTextAndJson(ExitCode.OK, "session", "s/1 ü");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "session", "nobody");
        sameAsTextAndJson(ExitCode.OK, "trace", CALLED);
        sameAsTextAndJson(ExitCode.OK, "trace", CALLED, "--max-depth", "1", "--max-nodes", "1");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "trace", UNKNOWN);
        sameAsTextAndJson(ExitCode.OK, "context", "s/1 ü");
        sameAsTextAndJson(ExitCode.OK, "context", "s/1 ü", "--at", "2026-03-01T10:00:05.123456Z", "--max-nodes", "2");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "context", "nobody");
        sameAsTextAndJson(ExitCode.OK, "doctor");
    }

    /** The server seals, and the client derives, by the same keys. */
    @Test
    void anImportAboutAPersonIsSealedByTheServerAndFoundAgain() throws IOException {
        String person = "jane.roe@example.org";
        String keys = folder.resolve("keys").toString();
        assertThat(onStores("privacy", "init", "--privacy.keys", keys).code()).isZero();
        Path chat = Files.writeString(
                folder.resolve("chat.json"),
                "[{\"role\":\"user\",\"content\":\"Hello.\"},{\"role\":\"assistant\",\"content\":\"Good day.\"}]");
        Said without = onServer("import", chat.toString(), "--subject", person);
        assertThat(without.code()).isEqualTo(ExitCode.USAGE);
        assertThat(without.err()).contains("privacy.keys is empty").doesNotContain(person);

        String[] command = {"import", chat.toString(), "--subject", person, "--privacy.keys", keys};
        long before = stores.ledger.head().seq();
        Settings settings = ProductSettings.CATALOG.load(Map.of("privacy.keys", keys), Map.of(), Optional.empty());
        try (PersonalKeys opened = PersonalKeys.open(settings).orElseThrow()) {
            server.sealer = Optional.of(opened.sealer());
            assertThat(onServer(command).out()).contains("2 events: 2 new, 0 duplicate", "about persons: 2 events, 0");
            assertThat(onServer(command).out()).contains("2 events: 0 new, 2 duplicate");
            assertThat(stores.ledger.whole(stores.ledger.read(before, 10)))
                    .hasSize(2)
                    .allMatch(event -> SealedForm.of(event.event()).isPresent());

            List<Pseudonym> names = opened.pseudonyms().all(new SubjectId(person));
            KeyErasure erasure = new KeyErasure(opened.store());
            assertThat(erasure.intend(erasure.current(names), CLOCK.instant())).isNotEmpty();
            erasure.destroy(erasure.current(names));
            names.forEach(opened.dataKeys()::drop);
            assertThat(onServer(command).out())
                    .contains("0 events: 0 new, 0 duplicate, 2 refused", "about persons: 2 events, 2 of them refused");
        }
        assertThat(stores.ledger.head().seq()).isEqualTo(before + 2);
    }

    /** What is left out is told, also where nothing is found. */
    @Test
    void whatHasLeftTheIndexIsToldTheSame() {
        ColdFixture.cool(stores.ledger.trimming(), 2);
        for (String agent : List.of("bot", "nobody")) {
            sameAsTextAndJson(ExitCode.OK, "events", "--agent", agent);
            assertThat(onServer("events", "--agent", agent).err())
                    .contains("covers events after number 2, recorded after 2026-03-01T12:00:00.000Z");
        }
        JsonNode meta = Json.MAPPER
                .readTree(onServer("events", "--agent", "nobody", "--json").out())
                .get("meta");
        assertThat(meta.get("complete").booleanValue()).isFalse();
        assertThat(meta.at("/covers/after_seq").longValue()).isEqualTo(2);
        sameAsTextAndJson(ExitCode.OK, "events", "--session", "s/1 ü");
        assertThat(onServer("events", "--session", "s/1 ü").err()).doesNotContain("covers");
        sameAsTextAndJson(ExitCode.OK, "session", "s/1 ü");
        sameAsTextAndJson(ExitCode.OK, "retention");
        assertThat(onServer("retention").out()).contains("out of the index up to event 2");
    }

    /** What is gone is told, also where nothing is found. */
    @Test
    void whatIsGoneIsToldTheSame() {
        Pruned ignored = PrunedFixture.prune(stores.ledger, "segment-7", stores.ledger.read(0, 2));
        for (String agent : List.of("bot", "nobody")) {
            sameAsTextAndJson(ExitCode.OK, "events", "--agent", agent);
            assertThat(onServer("events", "--agent", agent).err())
                    .contains("2 events that were recorded up to 2026-03-01T12:00:00.000Z (number 2) have been pruned");
        }
        sameAsTextAndJson(ExitCode.OK, "sessions");
        sameAsTextAndJson(ExitCode.OK, "session", "s/1 ü");
        assertThat(onServer("session", "s/1 ü").err())
                .contains("events have been pruned; those that are left are numbers 3 to ");
        assertThat(onServer("export").err())
                .contains("2 events that were recorded up to 2026-03-01T12:00:00.000Z (number 2) have been pruned");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "event", ASKED);
        JsonNode meta = Json.MAPPER.readTree(onServer("events", "--json").out()).get("meta");
        assertThat(meta.get("complete").booleanValue()).isTrue();
        assertThat(meta.at("/pruned_before/events").longValue()).isEqualTo(2);
        assertThat(meta.at("/pruned_before/after_seq").longValue()).isEqualTo(2);
    }

    /** What the graph keeps to say of it comes with it. */
    @Test
    void whatIsLeftToSayIsToldTheSame() {
        io.contextgraph.audit.PrunedFixture.prune(stores.ledger, stores.graph, stores.ledger.read(0, 2));
        sameAsTextAndJson(ExitCode.NOT_FOUND, "event", CALLED);
        Said gone = onServer("event", CALLED);
        assertThat(gone.err()).contains("the ledger had event " + CALLED, "older than 90 days; see 1-100");
        assertThat(gone.out())
                .contains("summary          summary:1-100:s/1 ü: 2 events, numbers 1 to 2, 2026-03-01T10:00:00.000Z to")
                .contains("types            observation.input 1, tool.execute 1")
                .contains("failing          lookup failed " + CALLED + " <- observation.input " + ASKED);
        JsonNode told = Json.MAPPER.readTree(onServer("event", CALLED, "--json").out());
        assertThat(told.get("summary_id").stringValue()).isEqualTo("summary:1-100:s/1 ü");
        assertThat(told.at("/summary/events").longValue()).isEqualTo(2);
        sameAsTextAndJson(ExitCode.OK, "session", "s/1 ü");
        assertThat(onServer("session", "s/1 ü").err()).contains("summary:1-100:s/1 ü: 2 events, numbers 1 to 2");
        JsonNode session =
                Json.MAPPER.readTree(onServer("session", "s/1 ü", "--json").out());
        assertThat(session.at("/left/first_session_seq").longValue()).isEqualTo(3);
        assertThat(session.at("/summaries/0/summary_id").stringValue()).isEqualTo("summary:1-100:s/1 ü");
    }

    /** A hold by a command on a server is the server's, on its record. */
    @Test
    void holdsAreTheSame() {
        same(ExitCode.OK, "retention", "holds");
        sameAsTextAndJson(ExitCode.USAGE, "retention", "hold", "s2");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "retention", "unhold", "s2");
        long before = stores.ledger.head().seq();
        long kept = server.record.head().seq();
        assertThat(onServer("retention", "hold", "s/1 ü", "--reason", "a lawsuit")
                        .code())
                .isZero();
        assertThat(onServer("retention", "hold", "never", "--reason", "a typing error")
                        .out())
                .contains("there is no event of it yet");
        assertThat(onServer("retention", "holds").out()).contains("s/1 ü", "a lawsuit", "never (no event yet)");
        sameAsTextAndJson(ExitCode.OK, "retention", "holds");
        sameAsTextAndJson(ExitCode.OK, "retention", "status");
        assertThat(onServer("retention", "unhold", "never").code()).isZero();
        assertThat(onServer("retention", "unhold", "never").code()).isEqualTo(ExitCode.NOT_FOUND);
        // A command of a server leaves no record of its own: the server's is by the key.
        assertThat(stores.ledger.head().seq()).isEqualTo(before);
        assertThat(recorded(server.record, kept))
                .containsExactly(
                        "POST /v1/admin/holds running",
                        "POST /v1/admin/holds completed",
                        "POST /v1/admin/holds running",
                        "POST /v1/admin/holds completed",
                        "DELETE /v1/admin/holds/{session_id} running",
                        "DELETE /v1/admin/holds/{session_id} completed",
                        "DELETE /v1/admin/holds/{session_id} running",
                        "DELETE /v1/admin/holds/{session_id} failed");
        RecordedEvent first = server.record.read(kept, 1).getFirst();
        Payload asked = Objects.requireNonNull(server.record
                .payloads(List.of(first.event().id()))
                .get(first.event().id()));
        assertThat(asked.json()).contains("a%20lawsuit");
        assertThat(onStores("retention", "hold", "s2", "--reason", "a lawsuit").code())
                .isZero();
        assertThat(onStores("retention", "unhold", "s2").code()).isZero();
        assertThat(onStores("retention", "unhold", "s2").code()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(recorded(before))
                .containsExactly(
                        "retention hold running",
                        "retention hold completed",
                        "retention unhold running",
                        "retention unhold completed",
                        "retention unhold running",
                        "retention unhold failed");
        assertThat(onStores("retention", "holds").out()).contains("s/1 ü", "a lawsuit");
    }

    @Test
    void pagesAreTheSame() {
        for (String command : List.of("events", "sessions")) {
            Said first = onStores(command, "--limit", "1", "--json");
            String cursor =
                    Json.MAPPER.readTree(first.out()).at("/pagination/cursor").stringValue();
            sameAsTextAndJson(ExitCode.OK, command, "--limit", "1", "--cursor", cursor);
            sameAsTextAndJson(ExitCode.USAGE, command, "--cursor", "nonsense");
        }
    }

    @Test
    void whatIsWrongIsToldTheSame() {
        sameAsTextAndJson(ExitCode.USAGE, "events", "--limit", "0");
        sameAsTextAndJson(ExitCode.USAGE, "events", "--from", "2026-03-02T00:00:00Z", "--to", "2026-03-01T00:00:00Z");
        sameAsTextAndJson(ExitCode.USAGE, "sessions", "--limit", "1001");
        sameAsTextAndJson(ExitCode.USAGE, "event", "x");
        sameAsTextAndJson(ExitCode.USAGE, "trace", CALLED, "--max-nodes", "501");
        sameAsTextAndJson(ExitCode.USAGE, "parked", "redrive", "x");
    }

    @Test
    void exportsAreTheSame() throws IOException {
        same(ExitCode.OK, "export");
        same(ExitCode.OK, "export", "--session", "s2", "--json");
        Path here = folder.resolve("here.ndjson");
        Path there = folder.resolve("there.ndjson");
        assertThat(onStores("export", "--output", here.toString()).code()).isZero();
        assertThat(onServer("export", "--output", there.toString()).code()).isZero();
        assertThat(there).hasSameBinaryContentAs(here);
        assertThat(onServer("export", "--output", there.toString(), "--resume").code())
                .isZero();
        assertThat(there).hasSameBinaryContentAs(here);
    }

    @Test
    void importsAreTheSame() throws IOException {
        Path exported = folder.resolve("exported.ndjson");
        assertThat(onStores("export", "--output", exported.toString()).code()).isZero();
        Path bad = Files.writeString(
                folder.resolve("bad.ndjson"),
                "{\"event_id\": 7}\n"
                        + event(ASKED, "llm.other", "2026-03-01T10:00:03Z", "bot", "")
                        + event(UNKNOWN, "llm.chat", "2026-03-01T12:30:00Z", "bot", ""));
        InMemoryWorkspace otherStores = new InMemoryWorkspace(CLOCK);
        try (StoresOverHttp other = StoresOverHttp.start(new InMemoryWorkspace(CLOCK), CLOCK)) {
            for (Path file : List.of(exported, exported, bad)) {
                for (String form : List.of("--agent=none", "--json")) {
                    Said here = run(otherStores, Map.of(), "import", file.toString(), form);
                    Said there = run(
                            otherStores,
                            Map.of("CG_SERVER", other.address().toString()),
                            "import",
                            file.toString(),
                            form);
                    assertThat(there).isEqualTo(here);
                }
            }
            assertThat(other.stores().ledger.read(0, 10).stream()
                            .map(e -> e.event().id()))
                    .isEqualTo(otherStores.ledger.read(0, 10).stream()
                            .map(e -> e.event().id())
                            .toList());
            assertThat(run(otherStores, Map.of("CG_SERVER", other.address().toString()), "event", CALLED)
                            .out())
                    .contains("original");
        }
    }

    /** A batch whose answer is lost is offered again, as imports do: nothing is there twice, and nothing is missing. */
    @Test
    void whatWasTakenWithoutAnAnswerIsADuplicateTheNextTime() throws IOException {
        List<Append> appends = LongStream.range(100, 2_100)
                .mapToObj(n -> Append.of(Events.event(n, "long")))
                .toList();
        try (TcpProxy proxy = TcpProxy.to(server.address().getPort());
                RemoteServer behind =
                        RemoteServer.open(ServerAddress.of("http://127.0.0.1:" + proxy.port(), Map.of(), false))) {
            EventLog log = behind.ledger().log();
            EventOrder order = behind.ledger().partitions().getFirst().order();
            long before = order.head().seq();
            assertThat(behind.limits()).isEqualTo(EventLimits.DEFAULTS);
            proxy.cutAnswersAfter(100);
            assertThatThrownBy(() -> log.append(appends, Durability.MEMORY))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            away -> assertThat(away.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE));
            proxy.heal();
            List<AppendOutcome> outcomes =
                    log.append(appends, Durability.MEMORY).outcomes();
            assertThat(outcomes.stream().map(AppendOutcome::eventId))
                    .isEqualTo(appends.stream().map(a -> a.event().id()).toList());
            assertThat(outcomes.getFirst()).isInstanceOf(AppendOutcome.Duplicate.class);
            assertThat(outcomes.getLast()).isInstanceOf(AppendOutcome.Appended.class);
            assertThat(order.head().seq()).isEqualTo(before + appends.size());
            assertThat(order.read(before, 1000)).hasSize(1000);
        }
    }

    @Test
    void longWorkIsTheSame() {
        sameAsTextAndJson(ExitCode.OK, "verify");
        sameAsTextAndJson(ExitCode.OK, "verify", "--deep");
        sameAsTextAndJson(ExitCode.OK, "repair");
        sameAsTextAndJson(ExitCode.OK, "rebuild", "--anew");
        stores.graph.apply(Projection.project(new History().add(7, "unknown", 0)));
        sameAsTextAndJson(ExitCode.FINDINGS, "verify");
        sameAsTextAndJson(ExitCode.FINDINGS, "verify", "--max", "0");
        Said repaired = onServer("repair", "--json");
        assertThat(repaired.code()).isZero();
        assertThat(Json.MAPPER.readTree(repaired.out()).get("differences")).isNotEmpty();
        sameAsTextAndJson(ExitCode.OK, "verify");
    }

    @Test
    void retentionIsTheSame() {
        sameAsTextAndJson(ExitCode.OK, "retention");
        sameAsTextAndJson(ExitCode.OK, "retention", "run", "--dry-run");
        sameAsTextAndJson(ExitCode.OK, "retention", "run");
        sameAsTextAndJson(ExitCode.NOT_FOUND, "retention", "release", "nobody", "--reason", "because");
        sameAsTextAndJson(ExitCode.USAGE, "retention", "release", "projection");
        sameAsTextAndJson(ExitCode.USAGE, "retention", "release", "--reason", "because");
        same(ExitCode.OK, "retention", "release", "projection", "--reason", "because");
        sameAsTextAndJson(ExitCode.OK, "retention", "status");
        assertThat(onServer("retention", "status").out()).contains("by somebody: because");
    }

    @Test
    void backupsAreTheSame() {
        try (TestBackups backups = new TestBackups()) {
            assertThat(onServer("backup", "list").err()).contains("no backups");
            stores.kept = backups.of(stores.ledger.epochs());
            sameAsTextAndJson(ExitCode.OK, "backup", "list");
            long before = stores.ledger.head().seq();
            Said here = onStores("backup", "create");
            assertThat(here.out()).contains("5 events", "Redis 8.2.3", "verified");
            // Who asks a server is on its record, which is elsewhere here.
            assertThat(stores.ledger.head().seq()).isEqualTo(before + 2);
            Said there = onServer("backup", "create");
            assertThat(there.code()).as(there.err()).isZero();
            assertThat(there.out()).contains("6 events", "Redis 8.2.3", "verified");
            List<Backup> all = stores.kept.orElseThrow().backups().list();
            assertThat(all).hasSize(2);
            assertThat(there.out()).startsWith("backup " + all.getFirst().id());
            sameAsTextAndJson(ExitCode.OK, "backup", "list");
            same(ExitCode.OK, "backup", "verify", all.getFirst().id());
            sameAsTextAndJson(ExitCode.NOT_FOUND, "backup", "verify", "20260301T000000Z-00000000");
            sameAsTextAndJson(ExitCode.USAGE, "backup", "verify");
            backups.damages = 2;
            assertThat(onServer("backup", "create").code()).isEqualTo(ExitCode.FINDINGS);
            same(ExitCode.FINDINGS, "backup", "verify", all.getLast().id());
            backups.fails = new StorageException(StorageException.Reason.UNAVAILABLE, "away");
            assertThat(onServer("backup").code()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(onServer("backup", "create").err()).contains("away");
        }
    }

    @Test
    void whatRetentionDoesOnTheStoresIsOnRecord() {
        long before = stores.ledger.head().seq();
        assertThat(onStores("retention", "run", "--dry-run").code()).isZero();
        assertThat(stores.ledger.head().seq()).isEqualTo(before);
        assertThat(onStores("retention", "run").code()).isZero();
        assertThat(onStores("retention", "release", "nobody", "--reason", "because")
                        .code())
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(recorded(before))
                .containsExactly(
                        "retention run running",
                        "retention run completed",
                        "retention release running",
                        "retention release failed");
    }

    /** What was asked for, and what became of it. */
    private List<String> recorded(long after) {
        return recorded(stores.ledger, after);
    }

    private static List<String> recorded(Partition ledger, long after) {
        EventLog log = ledger.log();
        List<RecordedEvent> events = ledger.order().read(after, 10);
        Map<EventId, Payload> payloads =
                log.payloads(events.stream().map(e -> e.event().id()).toList());
        return events.stream()
                .map(e -> Json.MAPPER
                                .readTree(Objects.requireNonNull(
                                                payloads.get(e.event().id()))
                                        .json())
                                .get("action")
                                .stringValue()
                        + " "
                        + e.event().status().orElseThrow().wireName())
                .toList();
    }

    @Test
    void whatIsParkedIsTheSame() {
        park();
        park();
        sameAsTextAndJson(ExitCode.OK, "parked");
        List<ParkedEntry> parked = stores.ledger.parking().list(Optional.empty(), 10);
        String first = parked.getFirst().id().toString();
        sameAsTextAndJson(ExitCode.NOT_FOUND, "parked", "drop", "1-1", "--reason", "because");
        assertThat(onServer("parked", "drop", first, "--reason", "because it is")
                        .out())
                .isEqualTo("dropped " + first + "\n");
        sameAsTextAndJson(ExitCode.OK, "parked", "dropped");
        sameAsTextAndJson(ExitCode.REFUSED, "parked", "redrive", first);
        assertThat(onServer("parked", "redrive", "--all").code()).isZero();
        sameAsTextAndJson(ExitCode.OK, "parked");
        assertThat(stores.ledger.parking().list(Optional.empty(), 10)).isEmpty();
    }

    private void park() {
        Event event = Events.event(stores.ledger.head().seq() + 100, "parked");
        var ignored = stores.ledger.append(List.of(Append.of(event)), Durability.MEMORY);
        try (EventFeed.Consumer consumer = stores.ledger.feed("projection").open("dying")) {
            consumer.poll(100, Duration.ZERO)
                    .forEach(delivery -> consumer.park(delivery, new Failure("refused", CLOCK.instant(), 3)));
        }
    }

    @Test
    void theServersVersionStandsBesideTheProgramsOwn() {
        assertThat(onServer("version").out()).isEqualTo(onStores("version").out() + "server 1.2.3\n");
        assertThat(Json.MAPPER
                        .readTree(onServer("version", "--json").out())
                        .get("server_version")
                        .stringValue())
                .isEqualTo("1.2.3");
    }

    @Test
    void whatWorksOnTheStoresRefusesAServer() {
        Map<String, List<String>> more =
                Map.of("ledger", List.of("examine"), "backup restore", List.of("20260301T000000Z-00000000"));
        for (String command : List.of("serve", "demo", "ledger", "archives", "redis-acl", "backup restore")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.addAll(more.getOrDefault(command, List.of()));
            words.addAll(List.of("--server", "http://127.0.0.1:1"));
            Said said = run(stores, Map.of(), words.toArray(String[]::new));
            assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.USAGE);
            assertThat(said.err()).contains(command + " works on the stores");
        }
    }

    @Test
    void aServerWithKeysSaysWhichOneItNeeds() throws IOException {
        KeySecret secret = KeySecret.random(new SecureRandom());
        assertThat(stores.keys.add(AccessKey.create(
                        "reader",
                        secret,
                        EnumSet.of(KeyRole.READ),
                        CLOCK.instant(),
                        Optional.empty(),
                        AccessKey.Limits.AS_SET)))
                .isTrue();
        try (StoresOverHttp locked = StoresOverHttp.start(stores, CLOCK)) {
            String address = locked.address().toString();
            Said without = run(stores, Map.of("CG_SERVER", address), "sessions");
            assertThat(without.code()).isEqualTo(ExitCode.USAGE);
            assertThat(without.err()).contains("Set CG_KEY (or CG_KEY_FILE)");
            Map<String, String> reader = Map.of("CG_SERVER", address, "CG_KEY", secret.reveal());
            assertThat(run(stores, reader, "sessions")).isEqualTo(onStores("sessions"));
            assertThat(run(stores, reader, "trace", CALLED)).isEqualTo(onStores("trace", CALLED));
            for (String command : List.of("verify", "repair", "rebuild", "doctor", "parked")) {
                Said refused = run(stores, reader, command);
                assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.USAGE);
                assertThat(refused.err()).contains("needs the role admin").doesNotContain(secret.reveal());
            }
            String file = Files.writeString(
                            folder.resolve("new.ndjson"), event(UNKNOWN, "llm.chat", "2026-03-01T10:00:00Z", "bot", ""))
                    .toString();
            Said writes = run(stores, reader, "import", file, "--json");
            assertThat(writes.code()).as(writes.out()).isEqualTo(ExitCode.USAGE);
            assertThat(Json.MAPPER.readTree(writes.err()).get("code").stringValue())
                    .isEqualTo("forbidden");
        }
    }

    /** Which roles a key must have for a command, all of them. */
    private Map<String, Set<KeyRole>> needed() throws IOException {
        Path file = Files.writeString(
                folder.resolve("more.ndjson"), event(UNKNOWN, "llm.chat", "2026-03-01T10:00:00Z", "bot", ""));
        Map<String, Set<KeyRole>> needed = new LinkedHashMap<>();
        for (String command : List.of(
                "events",
                "event " + CALLED,
                "sessions",
                "session s2",
                "trace " + CALLED,
                "context s2",
                "export --output " + folder.resolve("out-"))) {
            needed.put(command, EnumSet.of(KeyRole.READ));
        }
        for (String command : List.of(
                "verify",
                "repair",
                "rebuild",
                "doctor",
                "parked",
                "parked dropped",
                "parked drop 1-1 --reason x",
                "retention",
                "retention run",
                "retention run --dry-run",
                "retention release projection --reason x")) {
            needed.put(command, EnumSet.of(KeyRole.ADMIN));
        }
        needed.put("import " + file, EnumSet.of(KeyRole.INGEST));
        needed.put("version", EnumSet.noneOf(KeyRole.class));
        return needed;
    }

    private Said withKey(String address, String key, String command, int number) {
        String[] words = (command.startsWith("export ") ? command + number : command).split(" ");
        Map<String, String> variables = new HashMap<>(Map.of("CG_SERVER", address));
        if (!key.isEmpty()) {
            variables.put("CG_KEY", key);
        }
        return run(stores, variables, words);
    }

    private KeySecret key(String name, Set<KeyRole> roles, Optional<Instant> end) {
        KeySecret secret = KeySecret.random(new SecureRandom());
        AccessKey key = AccessKey.create(name, secret, roles, CLOCK.instant(), end, AccessKey.Limits.AS_SET);
        assertThat(stores.keys.add(key)).isTrue();
        return secret;
    }

    /** Each command with each role alone, with those that it needs, and with keys that do not count. */
    @Test
    void everyCommandTakesItsRolesAndNoOther() throws IOException {
        Map<String, Set<KeyRole>> needed = needed();
        Map<KeyRole, KeySecret> keys = new EnumMap<>(KeyRole.class);
        for (KeyRole role : KeyRole.values()) {
            keys.put(role, key(role.wireName(), EnumSet.of(role), Optional.empty()));
        }
        KeySecret expired = key("expired", EnumSet.allOf(KeyRole.class), Optional.of(CLOCK.instant()));
        KeySecret revoked = key("revoked", EnumSet.allOf(KeyRole.class), Optional.empty());
        AccessKey lost = stores.keys.find("revoked").orElseThrow();
        assertThat(stores.keys.replace(lost, lost.revoked(CLOCK.instant()))).isTrue();
        String good = key("all", EnumSet.allOf(KeyRole.class), Optional.empty()).reveal();
        int number = 0;
        try (StoresOverHttp locked = StoresOverHttp.start(stores, CLOCK)) {
            String address = locked.address().toString();
            for (Map.Entry<String, Set<KeyRole>> one : needed.entrySet()) {
                boolean open = one.getValue().isEmpty();
                for (String bad : List.of("", expired.reveal(), revoked.reveal(), good.substring(1), "x")) {
                    Said said = withKey(address, bad, one.getKey(), number++);
                    assertThat(said.code()).as(one + " " + said).isEqualTo(open ? ExitCode.OK : ExitCode.USAGE);
                    assertThat(said.out() + said.err()).as(one.getKey()).doesNotContain(good.substring(4));
                }
                String before = state();
                for (KeyRole role : KeyRole.values()) {
                    Said said = withKey(address, secret(keys, role), one.getKey(), number++);
                    boolean enough = EnumSet.of(role).containsAll(one.getValue());
                    assertThat(said.err().contains("needs the role"))
                            .as(one + " with " + role + ": " + said)
                            .isEqualTo(!enough);
                    assertThat(said.code() == ExitCode.USAGE).isEqualTo(!enough);
                    if (role == KeyRole.READ) {
                        assertThat(state()).as(one.getKey()).isEqualTo(before);
                    }
                    before = state();
                }
                Said allowed = withKey(address, good, one.getKey(), number++);
                assertThat(allowed.code()).as(one + " " + allowed).isNotEqualTo(ExitCode.USAGE);
            }
        }
    }

    private static String secret(Map<KeyRole, KeySecret> keys, KeyRole role) {
        return Objects.requireNonNull(keys.get(role)).reveal();
    }

    private String state() {
        return stores.ledger.head() + " " + stores.ledger.parking().list(Optional.empty(), 100) + " "
                + stores.ledger.parking().dropped(Optional.empty(), 100) + " "
                + stores.ledger.operations().all() + " " + stores.graph.stats();
    }

    @Test
    void aFlagWinsOverTheVariableAndAnEmptyOneAsksTheStores() {
        Map<String, String> nowhere = Map.of("CG_SERVER", "http://127.0.0.1:1");
        assertThat(run(stores, nowhere, "sessions", "--server", server.address().toString()))
                .isEqualTo(onStores("sessions"));
        assertThat(run(stores, nowhere, "sessions", "--server", "")).isEqualTo(onStores("sessions"));
        assertThat(run(stores, nowhere, "sessions", "--redis.url", "redis://x").err())
                .contains("--redis.url names a store, and CG_SERVER a server: leave one of them out");
    }

    @Test
    void aServerThatIsNotThereIsNamedWithTheCause() {
        Said said = run(stores, Map.of("CG_SERVER", "http://127.0.0.1:1"), "sessions");
        assertThat(said.code()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(said.err())
                .isEqualTo(
                        "the server at http://127.0.0.1:1 cannot be asked: nothing listens there (connection refused)\n");
        said = run(stores, Map.of("CG_SERVER", "http://nowhere.invalid"), "sessions");
        assertThat(said.code()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(said.err()).contains("there is no host of that name");
        said = run(stores, Map.of("CG_SERVER", server.address().toString().replace("http:", "https:")), "sessions");
        assertThat(said.code()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(said.err()).contains("is it a server with TLS?");
    }

    @Test
    void aKeyIsNeverShownAndGoesOverPlainHttpOnlyWhereThatIsSaid() throws IOException {
        String secret = "cgk_0123456789";
        Path file = Files.writeString(folder.resolve("key"), secret + "\n");
        Said said = run(stores, Map.of("CG_SERVER", "http://192.0.2.1", "CG_KEY_FILE", file.toString()), "sessions");
        assertThat(said.code()).isEqualTo(ExitCode.USAGE);
        assertThat(said.err())
                .contains("the key would go over plain HTTP to 192.0.2.1", "--plain-http")
                .doesNotContain(secret);
        assertThat(ServerAddress.of("http://192.0.2.1", Map.of("CG_KEY", secret), true))
                .hasToString("http://192.0.2.1");
        assertThat(ServerAddress.of("http://[::1]:8080/", Map.of("CG_KEY", secret), false))
                .hasToString("http://[::1]:8080");
        said = run(stores, Map.of("CG_SERVER", "https://x:" + secret + "@example.org"), "sessions");
        assertThat(said.code()).isEqualTo(ExitCode.USAGE);
        assertThat(said.err()).contains("must have no user and no password").doesNotContain(secret);
        said = run(stores, Map.of("CG_SERVER", "https://x", "CG_KEY", "two words"), "sessions");
        assertThat(said.err()).contains("CG_KEY: a key is one word").doesNotContain("two words");
        said = run(
                stores,
                Map.of("CG_SERVER", server.address().toString(), "CG_KEY", "a", "CG_KEY_FILE", file.toString()),
                "sessions");
        assertThat(said.err()).contains("one of CG_KEY and CG_KEY_FILE");
    }

    /** Each line of the page that is a command works, in the order in which they stand there. */
    @Test
    void whatThePageShowsWorks() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "remote.md"));
        Map<String, String> variables = new HashMap<>();
        int commands = 0;
        for (String line :
                page.split("```sh\n", -1)[1].split("```", -1)[0].lines().toList()) {
            String[] words = line.replace(
                            "events.ndjson", folder.resolve("shown.ndjson").toString())
                    .split(" ", -1);
            if (words[0].equals("export")) {
                String[] set = words[1].split("=", -1);
                variables.put(set[0], set[1]);
                continue;
            }
            variables.put("CG_SERVER", server.address().toString());
            variables.put(
                    "CG_KEY_FILE",
                    Files.writeString(folder.resolve("key"), "cgk_1\n").toString());
            assertThat(words[0]).isEqualTo("contextgraph");
            Said said = run(stores, variables, Arrays.copyOfRange(words, 1, words.length));
            assertThat(said.code()).as(line + said.err()).isZero();
            commands++;
        }
        assertThat(variables).containsOnlyKeys("CG_SERVER", "CG_KEY_FILE");
        assertThat(commands).isEqualTo(8);
    }

    /** Backups that stand in no Redis. */
    private record Desk(BackupStore kept) implements Workspace.BackupDesk {
        @Override
        public List<Backup> list() {
            return kept.list();
        }

        @Override
        public Optional<Backup> find(String id) {
            return kept.find(id);
        }

        @Override
        public Backup verify(Backup backup, Watcher watcher) {
            return kept.verify(backup, watcher);
        }

        @Override
        public void fetch(Backup backup, Path to) {
            throw new AssertionError("nothing is to be fetched");
        }

        @Override
        public Workspace.Restored restore(
                Backup backup, AuditTrail.Request request, int max, Workspace.StartReport report, Watcher watcher) {
            throw new AssertionError("nothing is to be restored");
        }

        @Override
        public void close() {}
    }

    private Said onStores(String... arguments) {
        return run(stores, Map.of(), arguments);
    }

    private Said onServer(String... arguments) {
        return run(stores, Map.of("CG_SERVER", server.address().toString()), arguments);
    }

    private Said run(InMemoryWorkspace local, Map<String, String> variables, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Cli.run(
                TestSurroundings.of(
                        out,
                        err,
                        variables,
                        (settings, needs, progress) -> local,
                        RemoteWorkspace::open,
                        (settings, partition) ->
                                new Desk(local.kept.orElseThrow().backups()),
                        CLOCK,
                        folder),
                arguments);
        return new Said(code, out.toString(), err.toString());
    }
}
