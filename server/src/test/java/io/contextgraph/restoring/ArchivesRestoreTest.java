// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.cli.Cli;
import io.contextgraph.cli.InMemoryWorkspace;
import io.contextgraph.cli.TestSurroundings;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.testing.Events;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code archives restore} where events 1 to 20 of 21 have gone. */
class ArchivesRestoreTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2030-01-01T12:00:00Z"), ZoneOffset.UTC);

    private InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final TestArchive archive = new TestArchive();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @SuppressWarnings("NullAway.Init")
    private List<RecordedEvent> before;

    @SuppressWarnings("NullAway.Init")
    private Segment segment;

    @BeforeEach
    void prune() {
        AppendResult ignored = workspace.ledger.append(
                LongStream.rangeClosed(1, 21)
                        .mapToObj(n -> Append.of(Events.full(n, "s")))
                        .toList(),
                Durability.MEMORY);
        before = found();
        segment = archive.write(workspace.ledger, 20);
        workspace.archive = archive.storage();
        TrimmedFixture.trim(workspace.ledger.trimming());
        TestArchive.prune(workspace.ledger, segment);
        assertThat(workspace.ledger.read(0, 100)).hasSize(1);
    }

    @AfterEach
    void close() {
        archive.close();
    }

    private List<RecordedEvent> found() {
        return LongStream.rangeClosed(1, 20)
                .mapToObj(n -> workspace.ledger.find(Events.id(n)).found().orElseThrow())
                .toList();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Cli.run(TestSurroundings.local(out, err, workspace, CLOCK, Path.of("")), arguments);
    }

    private JsonNode json() {
        return Json.MAPPER.readTree(out.toString());
    }

    @Test
    void aDryRunBringsNothingBack() {
        assertThat(run("archives", "restore", segment.id().toString(), "--dry-run"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .isEqualTo(
                        "1 segments: 20 events would be brought back, 0 were there; the ceiling leaves them alone until"
                                + " 2030-01-08T12:00:00.000Z\n");
        EventId id = Events.id(1);
        assertThat(workspace.ledger.find(id)).isInstanceOf(Lookup.Gone.class);
        assertThat(workspace.ledger.read(0, 100)).hasSize(1);
    }

    @Test
    void whatHasGoneComesBackAndIsOnRecord() {
        assertThat(run("archives", "restore", segment.id().toString(), "--keep", "12h", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(json().path("restored").intValue()).isEqualTo(20);
        assertThat(json().path("there").intValue()).isZero();
        assertThat(json().path("kept_until").stringValue()).isEqualTo("2030-01-02T00:00:00.000Z");
        assertThat(found()).isEqualTo(before);
        List<RecordedEvent> record = workspace.ledger.read(21, 10);
        assertThat(record)
                .isNotEmpty()
                .allMatch(event -> event.event().sessionId().value().equals("system.audit"));
        assertThat(run("archives", "restore", segment.id().toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("1 segments: 0 events brought back, 20 were there");
    }

    @Test
    void whatIsNotThereIsNamed() {
        SegmentId none = new SegmentId(1, 19, 1);
        assertThat(run("archives", "restore", segment.id().toString(), none.toString()))
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("missing").contains(none.toString()).contains("nothing was brought back");
        assertThat(workspace.ledger.find(Events.id(1))).isInstanceOf(Lookup.Gone.class);
    }

    /** Retention works: whoever restores comes again later. */
    @Test
    void whileRetentionIsAtWorkNothingComesBack() {
        Lease lease = workspace.ledger.trimming().lease();
        Fence fence = lease.take("retention", Duration.ofMinutes(1)).orElseThrow();
        assertThat(run("archives", "restore", segment.id().toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains("try again later");
        lease.release(fence);
        assertThat(run("archives", "restore", segment.id().toString())).isEqualTo(ExitCode.OK);
    }

    /** Into a ledger with events of its own. */
    @Test
    void whatAnotherLedgerArchivedIsAppendedAnew() {
        String id = segment.id().toString();
        String ledger = segment.ledger().id().toString();
        assertThat(run("archives", "list", "--from", ledger)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("this ledger itself");
        InMemoryWorkspace own = new InMemoryWorkspace(CLOCK);
        own.archive = archive.storage();
        AppendResult ignored = own.ledger.append(List.of(Append.of(Events.event(1_000, "own"))), Durability.MEMORY);
        workspace = own;
        assertThat(run("archives", "verify", "--from", ledger + "/0")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo("1 segments read, 0 faults\n");
        assertThat(run("archives", "restore", id, "--from", ledger)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo("1 segments: 20 events brought back, 0 were there\n");
        List<RecordedEvent> moved = found();
        for (int n = 0; n < 20; n++) {
            assertThat(moved.get(n).event()).isEqualTo(before.get(n).event());
            assertThat(moved.get(n).original().orElseThrow().seq())
                    .isEqualTo(before.get(n).seq());
        }
        assertThat(run("archives", "restore", id, "--from", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(run("archives", "restore", id, "--from", ledger, "--keep", "1d"))
                .isEqualTo(ExitCode.USAGE);
    }

    /** Into a store that has nothing, as it was. */
    @Test
    void aLedgerWhoseStoreWasLostComesBackAsItWas() {
        String ledger = segment.ledger().id().toString();
        assertThat(run("archives", "restore", "--lost", ledger, "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("1 segments: 20 events would be brought back");
        InMemoryWorkspace empty = new InMemoryWorkspace(CLOCK);
        empty.archive = archive.storage();
        workspace = empty;
        assertThat(run("archives", "restore", "--lost", ledger, "--dry-run")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("1 segments: 20 events would be brought back, 0 were there");
        assertThat(empty.ledger.read(0, 100)).isEmpty();
        assertThat(run("archives", "restore", "--lost", ledger, "--keep", "12h"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("1 segments: 20 events brought back, 0 were there");
        assertThat(found()).isEqualTo(before);
        assertThat(empty.ledger.epochs().now().identity().id()).contains(ledger);
        assertThat(empty.ledger.read(20, 10))
                .isNotEmpty()
                .allMatch(event -> event.event().sessionId().value().equals("system.audit"));
        InMemoryWorkspace own = new InMemoryWorkspace(CLOCK);
        own.archive = archive.storage();
        AppendResult ignored = own.ledger.append(List.of(Append.of(Events.event(1_000, "own"))), Durability.MEMORY);
        workspace = own;
        assertThat(run("archives", "restore", "--lost", ledger)).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains("--from " + ledger);
        assertThat(own.ledger.read(0, 10)).hasSize(1);
    }

    @Test
    void wrongWordsAreUsage() {
        String id = segment.id().toString();
        for (String words : List.of(
                "archives restore",
                "archives restore one",
                "archives restore " + id + " --keep soon",
                "archives list --keep 7d",
                "archives restore --lost soon",
                "archives list --lost " + segment.ledger().id(),
                "archives restore " + id + " --lost " + segment.ledger().id(),
                "archives verify " + id + " --dry-run",
                "archives verify " + id + " " + id)) {
            assertThat(run(words.split(" "))).as(words).isEqualTo(ExitCode.USAGE);
        }
    }
}
