// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportRunTest {
    @TempDir
    private Path folder = Path.of("");

    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);

    private static String event(int number, int content) {
        return "{\"event_id\":\"00000000-0000-0000-0000-%012d\",\"event_type\":\"a.b\",".formatted(number)
                + "\"occurred_at\":\"2026-01-01T00:00:00Z\",\"session_id\":\"s" + number % 2
                + "\",\"agent_id\":\"a\",\"trace_id\":\"t\",\"payload\":{\"n\":" + content + "}}";
    }

    private static String events(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> event(i, i)).collect(Collectors.joining("\n"));
    }

    private String name(String file) {
        return folder.relativize(Path.of(file)).toString();
    }

    @Test
    void anEventThatTheLedgerCannotTakeIsNamedAndItsNeighboursGoIn() {
        Captured.write(folder, "a", events(0, 5));
        FailingEventLog log = new FailingEventLog(ledger);
        log.refuse(new SessionId("s1"));
        ImportSummary summary = new ImportRun(
                        new OtherLog(ledger, log),
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> {},
                        step -> {})
                .run(List.of(folder));
        assertThat(summary.failure()).isEmpty();
        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.events()).isEqualTo(3);
        assertThat(summary.refusedTotal()).isEqualTo(2);
        assertThat(summary.files().getFirst().refusals())
                .extracting(refusal -> refusal.place() + ": " + refusal.reason())
                .containsExactly(
                        "line 2: the ledger cannot take event 00000000-0000-0000-0000-000000000001: its session is damaged",
                        "line 4: the ledger cannot take event 00000000-0000-0000-0000-000000000003: its session is damaged");
    }

    @Test
    void whatTheLedgerCallsPersonalIsNamedAndItsNeighboursGoIn() {
        Captured.write(folder, "a", events(0, 5));
        FailingEventLog log = new FailingEventLog(ledger);
        log.callPersonal(new SessionId("s1"));
        ImportSummary summary = Runs.run(new OtherLog(ledger, log), folder);
        assertThat(summary.failure()).isEmpty();
        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.events()).isEqualTo(3);
        assertThat(summary.refusedTotal()).isEqualTo(2);
        assertThat(summary.files().getFirst().refusals())
                .extracting(refusal -> refusal.place() + ": " + refusal.reason() + ": "
                        + refusal.faults().getFirst().code())
                .containsExactly(
                        "line 2: the ledger cannot take event 00000000-0000-0000-0000-000000000001: privacy_unavailable",
                        "line 4: the ledger cannot take event 00000000-0000-0000-0000-000000000003: privacy_unavailable");
    }

    @Test
    void whatIsAboutSomebodyErasedIsNamedAndItsNeighboursGoIn() {
        Captured.write(folder, "a", events(0, 5));
        FailingEventLog log = new FailingEventLog(ledger);
        log.callErased(3, new SessionId("s1"));
        ImportSummary summary = Runs.run(new OtherLog(ledger, log), folder);
        assertThat(summary.failure()).isEmpty();
        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.refusedTotal()).isEqualTo(2);
        assertThat(summary.files().getFirst().refusals())
                .extracting(refusal -> refusal.place() + ": " + refusal.reason())
                .containsExactly(
                        "line 2: the subject of event 00000000-0000-0000-0000-000000000001 was erased: nothing of it is taken"
                                + " any more",
                        "line 4: the subject of event 00000000-0000-0000-0000-000000000003 was erased: nothing of it is taken"
                                + " any more");
    }

    /** Who writes events of our own cannot make others of them by naming the same record. */
    @Test
    void eventsOfOurOwnAreTheSameOnlyWhereTheyAreEqual() {
        String marked = event(1, 1).replace("{\"n\":1}", "{\"n\":%d,\"capture\":{\"record\":\"%s\"}}");
        Captured.write(folder, "a", marked.formatted(1, "0".repeat(64)) + "\n" + marked.formatted(2, "0".repeat(64)));
        ImportSummary summary = Runs.run(ledger, folder);
        assertThat(summary.added()).isEqualTo(1);
        assertThat(summary.duplicates()).isZero();
        assertThat(summary.conflicts()).isEqualTo(1);
    }

    @Test
    void batchesAreBoundedAndProgressIsTold() {
        Captured.write(folder, "a", events(0, 2500));
        Captured.write(folder, "b", events(0, 10));
        List<Integer> batches = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        EventLog log = new FailingLog(0, LedgerException.Reason.UNAVAILABLE) {
            @Override
            public AppendResult append(List<Append> appends, Durability atLeast) {
                batches.add(appends.size());
                return super.append(appends, atLeast);
            }
        };
        ImportSummary summary = new ImportRun(
                        new OtherLog(ledger, log),
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> {},
                        step -> steps.add(name(step.file()) + " " + step.filesDone() + "/" + step.filesTotal() + " "
                                + (step.bytesDone() == step.bytesTotal() ? "all" : "some") + " " + step.events()))
                .run(List.of(folder));

        assertThat(batches).containsExactly(1000, 1000, 500, 10);
        assertThat(steps)
                .containsExactly(
                        "a 0/2 some 1000",
                        "a 0/2 some 2000",
                        "a 0/2 some 2500",
                        "a 1/2 some 2500",
                        "b 1/2 some 2510",
                        "b 2/2 all 2510");
        assertThat(summary.added()).isEqualTo(2500);
        assertThat(summary.duplicates()).isEqualTo(10);
        assertThat(summary.sessions()).isEqualTo(2);
    }

    @Test
    void aConflictIsCountedAndNamed() {
        Captured.write(folder, "a", event(1, 1));
        Captured.write(folder, "b", event(2, 2) + "\n" + event(1, 7) + "\n" + event(3, 3));
        ImportSummary summary = Runs.run(ledger, folder);
        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.conflicts()).isEqualTo(1);
        assertThat(summary.refusedTotal()).isZero();
        assertThat(summary.files().get(1).refusals()).hasSize(1);
        Refusal refusal = summary.files().get(1).refusals().getFirst();
        assertThat(refusal.place()).isEqualTo("line 2");
        assertThat(refusal.reason())
                .matches("another event has the id 00000000-0000-0000-0000-000000000001: "
                        + "stored [0-9a-f]{64}, offered [0-9a-f]{64}");
    }

    @Test
    void aLedgerThatRecoversIsAskedAgain() {
        List<Integer> pauses = new ArrayList<>();
        ImportSummary summary = run(new FailingLog(5, LedgerException.Reason.OVERLOADED), pauses);
        assertThat(pauses).containsExactly(1, 2, 3, 4, 5);
        assertThat(summary.failure()).isEmpty();
        assertThat(summary.added()).isEqualTo(10);
    }

    @Test
    void aLedgerThatStaysAwayStopsTheImport() {
        List<Integer> pauses = new ArrayList<>();
        ImportSummary summary = run(new FailingLog(6, LedgerException.Reason.UNAVAILABLE), pauses);
        assertThat(pauses).containsExactly(1, 2, 3, 4, 5);
        assertThat(summary.failure().map(LedgerException::reason)).contains(LedgerException.Reason.UNAVAILABLE);
        assertThat(summary.events()).isZero();
    }

    @Test
    void whatCannotHelpIsNotRepeated() {
        List<Integer> pauses = new ArrayList<>();
        ImportSummary summary = run(new FailingLog(1, LedgerException.Reason.CORRUPT), pauses);
        assertThat(pauses).isEmpty();
        assertThat(summary.failure().map(LedgerException::reason)).contains(LedgerException.Reason.CORRUPT);
    }

    private ImportSummary run(EventLog log, List<Integer> pauses) {
        return new ImportRun(
                        new OtherLog(ledger, log),
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> pauses.add(attempt),
                        ImportProgress.NONE)
                .run(List.of(Captured.write(folder, "a", events(0, 10))));
    }

    @Test
    void foldersAreReadInOrderAndNothingOutsideThem() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Captured.write(outside, "secret", event(9, 9));
        Path root = Files.createDirectory(folder.resolve("root"));
        Path below = Files.createDirectory(root.resolve("b"));
        Captured.write(root, "c", event(3, 3));
        Captured.write(root, "a", event(1, 1));
        Captured.write(below, "x", event(2, 2));
        Captured.write(root, ".hidden", event(8, 8));
        Captured.write(root, "LICENSE", "All rights.");
        Captured.write(root, "junk", new byte[] {1, 2, 3});
        Files.createSymbolicLink(root.resolve("link"), outside);

        ImportSummary summary =
                Runs.run(ledger, root, folder.resolve("absent"), Files.createDirectory(folder.resolve("empty")));
        assertThat(summary.files())
                .extracting(file -> name(file.file()) + " " + file.format() + " " + file.added() + " " + file.refused())
                .containsExactly(
                        "root/a EVENTS 1 0", "root/b/x EVENTS 1 0", "root/c EVENTS 1 0", "root/junk BINARY 0 1");
        assertThat(summary.skipped())
                .extracting(skipped -> name(skipped.file()) + ": " + skipped.reason())
                .containsExactly(
                        "root/.hidden: hidden",
                        "root/link: a symbolic link",
                        "root/LICENSE: the file is text, but not JSON");
        assertThat(summary.refused())
                .extracting(refused -> name(refused.file()) + ": " + refused.reason())
                .containsExactly("absent: there is no such file", "empty: there is nothing to read in this folder");
        assertThat(summary.refusedTotal()).isEqualTo(3);
    }

    @Test
    void ofManyRefusalsTheFirstAreKeptAndAllAreCounted() {
        Path file = Captured.write(folder, "a", event(1, 1) + "\n" + "{\"event_id\":1}\n".repeat(250));
        ImportSummary summary = Runs.run(ledger, file);
        assertThat(summary.refusedTotal()).isEqualTo(250);
        assertThat(summary.files().getFirst().refusals()).hasSize(ImportRun.MAX_REFUSALS_KEPT);
    }

    /** A ledger that fails a number of times before it answers. */
    private class FailingLog implements EventLog {
        private final LedgerException.Reason reason;
        private int failures;

        FailingLog(int failures, LedgerException.Reason reason) {
            this.failures = failures;
            this.reason = reason;
        }

        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            if (failures > 0) {
                failures--;
                throw new LedgerException(reason, "not now");
            }
            return ledger.append(appends, atLeast);
        }

        @Override
        public Lookup find(EventId id) {
            return ledger.find(id);
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            return ledger.payloads(ids);
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            return ledger.originals(ids);
        }
    }
}
