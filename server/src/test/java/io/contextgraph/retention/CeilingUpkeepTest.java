// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.archive.Archive;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.operation.Watcher;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.storage.folder.FolderStorage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CeilingUpkeepTest {
    private final RetentionBench bench = new RetentionBench();
    private final Optional<GraphSink> graph = Optional.of(new InMemoryGraph());

    @TempDir
    private Path folder;

    private void ceiling(CeilingSettings settings, boolean archived) {
        Optional<Storage> archive =
                archived ? Optional.of(new FolderStorage(folder.resolve("archive"))) : Optional.empty();
        bench.ceiling = Ceilings.of(bench.watched, settings, archive, folder, graph, bench.clock);
    }

    private void past(int count) {
        bench.append(count, "s");
        bench.finish("projection");
        bench.clock.advance(Duration.ofDays(100));
    }

    private CeilingReport run() {
        return bench.retention().run(Watcher.NONE, rest -> false).ceiling().orElseThrow();
    }

    @Test
    void whatADryRunSaysTheRunDoes() {
        ceiling(Ceilings.DAYS, true);
        past(30);
        CeilingReport dry = bench.retention().preview().ceiling().orElseThrow();
        assertThat(bench.ledger.pruning().extent().events()).isZero();
        assertThat(folder.resolve("archive")).doesNotExist();
        CeilingReport report = run();
        assertThat(report).isEqualTo(dry);
        assertThat(report.events()).isEqualTo(29);
        assertThat(report.segments()).isEqualTo(2);
        RetentionStatus status = bench.retention().status();
        assertThat(status.ceiling().gone()).isEqualTo(29);
        assertThat(RetentionJson.status(RetentionJson.of(status))).isEqualTo(status);
        assertThat(bench.check().look().findings()).isEmpty();
    }

    /** What was brought back and has been kept for long enough leaves, and no segment is written for it. */
    @Test
    void aDryRunSaysWhatLeavesAgain() {
        ceiling(Ceilings.DAYS, true);
        past(30);
        assertThat(run().segments()).isEqualTo(2);
        Archive archive = Archive.of(new FolderStorage(folder.resolve("archive")), bench.ledger.epochs())
                .orElseThrow();
        List<SegmentId> first = List.of(archive.list().segments().getFirst().id());
        RestoreReport ignored = new Restorer(bench.ledger, archive, "restores", bench.clock)
                .run(first, Duration.ofDays(1), false, Watcher.NONE);
        for (int days = 0; days < 2; days++) {
            CeilingReport dry = bench.retention().preview().ceiling().orElseThrow();
            CeilingReport report = run();
            assertThat(report.events()).isEqualTo(dry.events());
            assertThat(report.segments()).isEqualTo(dry.segments());
            assertThat(report.events()).isEqualTo(days * 20L);
            assertThat(report.held()).isEqualTo(20 - days * 20L);
            assertThat(report.segments()).isZero();
            bench.clock.advance(Duration.ofDays(1));
        }
    }

    @Test
    void whoWatchesHearsHowFarItHasCome() {
        ceiling(Ceilings.DAYS, true);
        past(30);
        List<String> heard = new ArrayList<>();
        RetentionReport ignored = bench.retention()
                .run((phase, done, total) -> heard.add(phase.wireName() + " " + done + "/" + total), rest -> false);
        heard.removeIf(line -> line.startsWith(Retention.PHASE));
        assertThat(heard.stream().distinct())
                .containsExactly(
                        "archiving 0/29",
                        "verifying_archive 0/29",
                        "summarizing 0/29",
                        "pruning 0/29",
                        "pruning 20/29",
                        "archiving 20/29",
                        "verifying_archive 20/29",
                        "summarizing 20/29",
                        "pruning 29/29");
    }

    @Test
    void withoutAnArchiveNothingGoesAndHealthSaysWhatToDo() {
        ceiling(Ceilings.DAYS, false);
        bench.append(3, "s");
        bench.finish("projection");
        assertThat(run().problem()).isEmpty();
        assertThat(bench.check().look().findings()).isEmpty();
        bench.clock.advance(Duration.ofDays(100));
        assertThat(run().problem()).contains(CeilingUpkeep.WANTED);
        assertThat(bench.ledger.pruning().extent().events()).isZero();
        assertThat(bench.check().look().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.concern()).contains(RetentionCheck.UNARCHIVED);
            assertThat(finding.message()).isEqualTo(CeilingUpkeep.WANTED);
        });
    }

    /** An archive that can be broken in the ways of {@link Broken}. */
    private AtomicReference<Broken> breakable() {
        AtomicReference<Broken> broken = new AtomicReference<>(Broken.NOT);
        Storage archive = new ForwardingStorage(new FolderStorage(folder.resolve("archive"))) {
            @Override
            public void put(String name, Path from) {
                if (broken.get() == Broken.REFUSES) {
                    throw new StorageException(StorageException.Reason.REFUSED, "no room");
                }
                boolean over = broken.get() == Broken.WRITES_OVER
                        && list(name).stream().anyMatch(file -> file.name().equals(name));
                if (!over) {
                    super.put(name, from);
                }
            }

            @Override
            public InputStream open(String name) {
                return broken.get() == Broken.LOSES ? new ByteArrayInputStream(new byte[0]) : super.open(name);
            }

            @Override
            public List<StoredFile> list(String prefix) {
                if (broken.get() == Broken.AWAY) {
                    throw new StorageException(StorageException.Reason.UNAVAILABLE, "nobody answers");
                }
                return super.list(prefix);
            }
        };
        bench.ceiling = Ceilings.of(bench.watched, Ceilings.DAYS, Optional.of(archive), folder, graph, bench.clock);
        return broken;
    }

    enum Broken {
        NOT(""),
        REFUSES("no room"),
        WRITES_OVER("a file can be written over"),
        LOSES("what was written is not there, or is something else"),
        AWAY("nobody answers");

        private final String told;

        Broken(String told) {
            this.told = told;
        }
    }

    @ParameterizedTest
    @EnumSource(value = Broken.class, mode = EnumSource.Mode.EXCLUDE, names = "NOT")
    void whileTheArchiveDoesNotWorkNothingGoes(Broken how) {
        AtomicReference<Broken> broken = breakable();
        broken.set(how);
        past(30);
        for (int i = 0; i < 2; i++) {
            assertThat(run().problem())
                    .hasValueSatisfying(why -> assertThat(why).contains(how.told));
            assertThat(bench.ledger.pruning().extent().events()).isZero();
            assertThat(bench.ledger.read(0, 100)).hasSize(30);
            assertThat(bench.check().look().findings()).singleElement().satisfies(finding -> {
                assertThat(finding.concern()).contains(RetentionCheck.UNARCHIVED);
                assertThat(finding.message()).contains(how.told);
            });
        }
        broken.set(Broken.NOT);
        CeilingReport report = run();
        assertThat(report.problem()).isEmpty();
        assertThat(report.events()).isEqualTo(29);
        assertThat(bench.check().look().findings()).isEmpty();
    }

    private static CeilingSettings days(boolean required, boolean sealedOnly) {
        CeilingSettings days = Ceilings.DAYS;
        return new CeilingSettings(
                days.profile(),
                days.ceiling(),
                days.minCeiling(),
                days.floor(),
                days.remember(),
                days.span(),
                20,
                required,
                sealedOnly);
    }

    /** Of what no signed checkpoint covers, nothing leaves; of an epoch that has ended, none counts. */
    @Test
    void whatIsNotSignedForStays() {
        ceiling(days(true, true), true);
        past(30);
        assertThat(run().events()).isZero();
        sealed(1, 12);
        CeilingReport dry = bench.retention().preview().ceiling().orElseThrow();
        assertThat(dry.events()).isEqualTo(12);
        assertThat(run()).isEqualTo(dry);
        assertThat(bench.ledger.pruning().extent().events()).isEqualTo(12);
        assertThat(bench.ledger.epochs().begin(1, 2, bench.ledger.head())).isTrue();
        assertThat(run().events()).isZero();
        sealed(2, 30);
        assertThat(run().events()).isEqualTo(17);
    }

    private void sealed(long epoch, long seq) {
        Head last = bench.ledger.read(seq - 1, 1).stream()
                .map(event -> new Head(event.seq(), event.position()))
                .findFirst()
                .orElseThrow();
        bench.ledger
                .sealing()
                .remember(new Seal(epoch, last, Optional.empty(), "root", List.of(), bench.clock.instant()));
    }

    @Test
    void whereNoArchiveIsWantedOnlyIdsAreKept() {
        ceiling(days(false, false), false);
        past(30);
        assertThat(run().events()).isEqualTo(29);
        assertThat(bench.retention().status().ceiling().lastSegment()).isEmpty();
        assertThat(new FolderStorage(folder.resolve("ids")).list(""))
                .hasSize(4)
                .noneMatch(file -> file.name().endsWith(".zst"));
        assertThat(new FolderStorage(folder.resolve("scratch/segments")).list(""))
                .isEmpty();
    }

    @Test
    void releasingASessionResumesWhatItHeldUp() {
        ceiling(Ceilings.DAYS, true);
        SessionId session = new SessionId("s");
        assertThat(bench.retention().hold(session, "me", "a lawsuit").known()).isFalse();
        past(5);
        bench.append(1, "other");
        assertThat(run().held()).isEqualTo(5);
        assertThat(bench.retention().holds()).hasSize(1);
        assertThat(bench.retention().unhold(session)).isPresent();
        assertThat(bench.retention().unhold(session)).isEmpty();
        assertThat(run().events()).isEqualTo(5);
    }

    @Test
    void memoryLowersTheCeilingAfterTheWindowAndRaisesItAgain() {
        ceiling(Ceilings.DAYS, true);
        bench.percent(90);
        for (int i = 0; i < 20; i++) {
            CeilingReport ignored = run();
        }
        RetentionStatus status = bench.retention().status();
        assertThat(status.hotWindowNow()).isEqualTo(status.minHotWindow());
        assertThat(status.ceiling().now()).isEqualTo(Duration.ofDays(30));
        bench.percent(10);
        for (int i = 0; i < 5; i++) {
            CeilingReport ignored = run();
        }
        assertThat(bench.retention().status().ceiling().now()).isEqualTo(Duration.ofDays(90));
    }

    private static Settings load(Map<String, String> flags) {
        return ProductSettings.CATALOG.load(flags, Map.of(), Optional.empty());
    }

    @Test
    void profilesSetWhatNobodyHasSetAndRefuseWhatContradictsThem() {
        assertThat(CeilingSettings.from(load(Map.of("retention.profile", "unlimited")))
                        .isOn())
                .isFalse();
        Settings act = load(Map.of("retention.profile", "eu-ai-act"));
        assertThat(CeilingSettings.from(act).floor()).isEqualTo(Duration.ofDays(184));
        assertThat(act.get(DurabilitySettings.DEFAULT)).isEqualTo(Durability.FSYNC);
        assertThatThrownBy(() -> load(Map.of(
                        "retention.profile", "unlimited", "retention.ceiling", "5d", "retention.hot-window", "1d")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("retention.profile unlimited wants retention.ceiling to be 0");
        assertThatThrownBy(() -> load(Map.of("retention.profile", "eu-ai-act", "archive.required", "false")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("archive.required");
        assertThatThrownBy(() -> load(Map.of("retention.profile", "eu-ai-act", "durability.default", "memory")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("durability.default");
    }
}
