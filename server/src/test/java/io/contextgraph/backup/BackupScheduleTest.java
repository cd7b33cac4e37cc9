// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Metrics;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.folder.FolderStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupScheduleTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final byte[] CONTENT = "everything".getBytes(StandardCharsets.UTF_8);
    private static final Head HEAD = new Head(10, new Position(1010, 0));

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final InstantSource clock = () -> now;
    private final InMemoryLedger memory = new InMemoryLedger(clock.withZone(ZoneOffset.UTC));
    private final OperationStore store = memory.operations();
    private final FailingEventLog log = new FailingEventLog(memory);
    private Optional<String> ledger = Optional.of("0a1b2c3d-0000-4000-8000-000000000000");
    private Optional<LedgerException> fails = Optional.empty();
    private long damages;
    private Operations operations = new Operations(clock, store);
    private Storage storage = new FolderStorage(Path.of("unused"));

    @BeforeEach
    void open() {
        storage = new FolderStorage(folder.resolve("stored"));
    }

    @AfterEach
    void close() {
        operations.close();
    }

    private final Epochs epochs = new Epochs() {
        @Override
        public Standing now() {
            return new Standing(new LedgerIdentity(ledger, 0, 1, List.of()), HEAD);
        }

        @Override
        public boolean begin(long ends, long begins, Head lastCommon) {
            throw new AssertionError("a backup begins no epoch");
        }
    };

    private Snapshots.Taken taken(Path into) throws IOException {
        if (fails.isPresent()) {
            throw fails.get();
        }
        Path ignored = Files.write(into, CONTENT);
        return new Snapshots.Taken(
                CONTENT.length, Sha256.hex(CONTENT), true, new Snapshots.Store("Redis", "8", Map.of(), 0, "cg:"));
    }

    private BackupSchedule schedule(Duration interval) {
        Backups backups = new Backups(
                storage,
                folder.resolve("work"),
                Optional.of((snapshot, of, work) -> new SnapshotTrial.Seen(epochs.now(), damages, "Redis 8")),
                3,
                clock);
        BackupWork work = new BackupWork(backups, (into, told) -> taken(into), epochs, "1");
        AuditTrail trail = new AuditTrail(log, Durability.MEMORY, clock);
        return new BackupSchedule(work, operations, trail, interval, true, clock);
    }

    private List<Backup> kept() {
        return new BackupShelf(storage).list();
    }

    private List<String> concerns(BackupSchedule schedule) {
        return new BackupCheck(storage, schedule, clock)
                .look().findings().stream()
                        .map(finding -> finding.concern().orElseThrow().name())
                        .toList();
    }

    @Test
    void oneIsTakenWhenTheNewestIsAnIntervalOld() {
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(1);
        now = now.plus(DAY).minusSeconds(1);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(1);
        now = now.plusSeconds(1);
        // Another server, on the same ledger.
        assertThat(schedule(DAY).step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(2);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(2);
        assertThat(concerns(schedule)).isEmpty();
        assertThat(schedule(Duration.ofMinutes(1)).step()).isEqualTo(Duration.ofMinutes(1));
    }

    /** Which nobody has asked for. */
    @Test
    void eachIsOnRecord() {
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(recorded())
                .containsExactly(
                        "admin.request running server:schedule backup create",
                        "admin.outcome completed server:schedule "
                                + kept().getFirst().id() + " true");
        now = now.plus(DAY);
        fails = Optional.of(new LedgerException(Reason.UNAVAILABLE, "Redis broke off"));
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(recorded().subList(2, 4))
                .containsExactly(
                        "admin.request running server:schedule backup create",
                        "admin.outcome failed server:schedule backup create");
    }

    /** A ledger that is full needs it most. */
    @Test
    void whatCannotBeRecordedIsTakenAllTheSame() {
        log.failWith(new LedgerException(Reason.FULL, "no room for another event"));
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(1);
        assertThat(concerns(schedule)).isEmpty();
        assertThat(recorded()).isEmpty();
    }

    private List<String> recorded() {
        return memory.read(0, 100).stream()
                .map(RecordedEvent::event)
                .map(event -> {
                    var told = Json.MAPPER.readTree(Objects.requireNonNull(
                                    memory.payloads(List.of(event.id())).get(event.id()))
                            .json());
                    return event.type().value() + " "
                            + event.status().orElseThrow().wireName() + " " + event.agentId() + " "
                            + (told.has("backup")
                                    ? told.get("backup").stringValue() + " "
                                            + told.get("verified").stringValue()
                                    : told.get("action").stringValue());
                })
                .toList();
    }

    @Test
    void withoutAnIntervalOrAnEventNoneIsTaken() {
        BackupSchedule none = schedule(Duration.ZERO);
        assertThat(none.step()).isEqualTo(Duration.ofMinutes(5));
        ledger = Optional.empty();
        BackupSchedule empty = schedule(DAY);
        assertThat(empty.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).isEmpty();
        assertThat(concerns(none)).isEmpty();
        assertThat(concerns(empty)).isEmpty();
    }

    @Test
    void whileAnotherProcessTakesOneNobodyElseDoesAndNothingIsWrong() {
        assertThat(store.claim(Backups.LOCK, "other", DAY)).isTrue();
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).isEmpty();
        assertThat(concerns(schedule)).isEmpty();
    }

    /** It fills the place up. */
    @Test
    void whatIsNotTakenAwayIsTold() {
        storage = new ForwardingStorage(storage) {
            @Override
            public Deletion delete(String name) {
                throw new StorageException(StorageException.Reason.REFUSED, "may not delete " + name);
            }
        };
        BackupSchedule schedule = schedule(DAY);
        for (int i = 0; i < 3; i++) {
            assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
            assertThat(concerns(schedule)).isEmpty();
            now = now.plus(DAY);
        }
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(4);
        assertThat(concerns(schedule)).containsExactly("backup_failing");
        assertThat(schedule.standing().failure())
                .hasValueSatisfying(why -> assertThat(why).contains("stays in", "may not delete"));
    }

    @Test
    void whatFailsIsToldAndTriedAgain() {
        fails = Optional.of(new LedgerException(Reason.UNAVAILABLE, "Redis broke off"));
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(concerns(schedule)).containsExactly("backup_failing");
        assertThat(scraped(schedule))
                .containsExactlyInAnyOrder(
                        "contextgraph_backup_age_seconds NaN",
                        "contextgraph_backup_failing 1.0",
                        "contextgraph_backup_interval_seconds 86400.0",
                        "contextgraph_backup_verified_age_seconds NaN");
        fails = Optional.empty();
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(concerns(schedule)).isEmpty();
        assertThat(kept()).hasSize(1);
    }

    @Test
    void oneThatIsNotVerifiedIsToldAndNotTakenAgain() {
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        now = now.plus(DAY);
        damages = 1;
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        now = now.plusSeconds(60);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(kept()).hasSize(2);
        assertThat(concerns(schedule)).containsExactly("backup_failing");
        assertThat(scraped(schedule))
                .containsExactlyInAnyOrder(
                        "contextgraph_backup_age_seconds 60.0",
                        "contextgraph_backup_failing 1.0",
                        "contextgraph_backup_interval_seconds 86400.0",
                        "contextgraph_backup_verified_age_seconds 86460.0");
        now = now.plus(DAY);
        assertThat(concerns(schedule)).containsExactly("backup_failing", "backup_late");
    }

    @Test
    void theNewestIsLateAfterTwoIntervals() {
        BackupSchedule schedule = schedule(DAY);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        now = now.plus(DAY.multipliedBy(2));
        assertThat(concerns(schedule)).isEmpty();
        now = now.plusSeconds(1);
        assertThat(concerns(schedule)).containsExactly("backup_late");
        // Nobody is to take them.
        BackupSchedule none = schedule(Duration.ZERO);
        assertThat(none.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(concerns(none)).isEmpty();
    }

    @Test
    void whoeverWaitsIsToldOfTheNewestAndOfThePlace() {
        BackupSchedule schedule = schedule(DAY);
        BackupCheck check = new BackupCheck(storage, schedule, clock);
        assertThat(check.examine()).extracting(Finding::level).containsExactly(Finding.Level.OK, Finding.Level.WARNING);
        assertThat(schedule.step()).isEqualTo(Duration.ofMinutes(5));
        assertThat(check.examine())
                .extracting(Finding::message)
                .last()
                .isEqualTo("the newest is " + kept().getFirst().id() + " with 10 events, verified");
    }

    @Test
    void withoutAPlaceTheMetricsAreThereAllTheSame() {
        Metrics metrics = new Metrics();
        BackupMetrics.standing(metrics, Optional.empty(), clock);
        assertThat(metrics.scrape()).contains("contextgraph_backup_interval_seconds 0.0");
    }

    private List<String> scraped(BackupSchedule schedule) {
        Metrics metrics = new Metrics();
        BackupMetrics.standing(metrics, Optional.of(schedule), clock);
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("contextgraph_"))
                .toList();
    }
}
