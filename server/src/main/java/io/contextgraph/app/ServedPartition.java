// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.ArchiveCheck;
import io.contextgraph.archive.ArchiveMetrics;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.BackupMetrics;
import io.contextgraph.backup.BackupSchedule;
import io.contextgraph.checkpoint.CheckpointCheck;
import io.contextgraph.checkpoint.CheckpointKeeper;
import io.contextgraph.checkpoint.CheckpointMetrics;
import io.contextgraph.config.Settings;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Metrics;
import io.contextgraph.projection.ProjectionCheck;
import io.contextgraph.projection.ProjectionMetrics;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.WorkerRunner;
import io.contextgraph.proof.ProofCheck;
import io.contextgraph.proof.ProofMetrics;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.proof.SealerRunner;
import io.contextgraph.restoring.Archiving;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionCheck;
import io.contextgraph.retention.RetentionMetrics;
import io.contextgraph.retention.RetentionSchedule;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.storage.Storage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a server does with one partition of the ledger: it feeds the graph from it, trims, archives, signs and backs it up. */
final class ServedPartition {
    private final LocalPartition open;
    private final StoredPartition stored;
    private final ClosingStack running;
    private final Metrics metrics;
    private final Settings settings;
    private final Clock clock;
    private final Partition ledger;
    private final Optional<WorkerRunner> projection;
    private final Optional<ArchiveWatch> archive;
    private final Optional<ArchiveWatch> forGood;
    private final Retention retention;
    private final Optional<RetentionSchedule> trimming;
    private final CheckpointKeeper keeper;
    private final Optional<SealerRunner> proof;
    private Optional<KeptBackups> backups = Optional.empty();

    /**
     * Starts what looks, and nothing that works.
     *
     * @param all the metrics of the server
     * @param measured the same partition, as clients use it
     * @param running closes what it opens
     */
    ServedPartition(
            LocalPartition open,
            Settings settings,
            Clock clock,
            Metrics all,
            UnaryOperator<Partition> measured,
            ClosingStack running) {
        this.open = open;
        this.stored = open.stored();
        this.settings = settings;
        this.clock = clock;
        this.metrics = stored.metrics(all);
        this.running = running;
        this.projection = settings.get(ProjectionSettings.ENABLED)
                ? Optional.of(open.feeding().runner(running))
                : Optional.empty();
        ProjectionMetrics.progress(metrics, open.feeding().lag()::now, clock);
        stored.ledger().watch(metrics);
        ArchivePlaces places = open.places();
        this.archive = places.archive().map(storage -> watch(storage, places.archivedIds()));
        ArchiveMetrics.standing(metrics, archive);
        this.forGood = places.prunedIds().map(storage -> watch(storage, places.prunedIdsCache()));
        this.ledger = measured.apply(remembering());
        this.retention = open.retention(ledger);
        this.trimming = settings.get(RetentionSettings.ENABLED)
                ? Optional.of(running.push(new RetentionSchedule(retention)))
                : Optional.empty();
        trimming.ifPresent(schedule -> RetentionMetrics.work(metrics, schedule));
        RetentionMetrics.standing(metrics, retention::status, clock);
        RetentionMetrics.sizes(metrics, () -> stored.ledger().tiers().sizes(), clock);
        this.keeper = running.push(new CheckpointKeeper(stored.checkpoints(settings, clock), clock));
        keeper.start();
        CheckpointMetrics.standing(metrics, keeper, clock);
        this.proof = open.proving().isOn()
                ? Optional.of(running.push(new SealerRunner(open.proving().sealer(LocalWorkspace.owner()))))
                : Optional.empty();
        proof.ifPresent(
                runner -> ProofMetrics.standing(metrics, runner, open.proving().witnesses(), clock));
    }

    private ArchiveWatch watch(Storage storage, Path copies) {
        ArchiveWatch watch =
                running.push(new ArchiveWatch(storage, stored.ledger().epochs(), copies));
        watch.start();
        return watch;
    }

    /** It knows which events have left it, as far as anything does. */
    private Partition remembering() {
        Partition known = forGood.<Partition>map(watch -> new RememberingLedger(stored.ledger(), watch, false))
                .orElse(stored.ledger());
        return archive.<Partition>map(watch -> new RememberingLedger(known, watch, true))
                .orElse(known);
    }

    /** The partition, as clients use it. */
    Partition ledger() {
        return ledger;
    }

    /** Begins to look at its backups. */
    void keepBackups(AuditTrail trail, Operations operations) {
        backups = open.backupStorage()
                .map(running::push)
                .map(storage -> running.push(open.keptBackups(storage, trail, operations)));
        BackupMetrics.standing(metrics, backups.map(KeptBackups::schedule), clock);
    }

    /** What looks at its store. */
    Check storeCheck() {
        return stored.named(stored.ledger().redisCheck());
    }

    /** What looks at what feeds the graph from it, and at what is kept of it outside of Redis. */
    List<Check> feedChecks() {
        Check projectionCheck = new ProjectionCheck(open.feeding().lag(), projection, clock);
        projection.ifPresent(runner -> ProjectionMetrics.work(metrics, runner.worker(), projectionCheck));
        return named(List.of(
                projectionCheck, new CheckpointCheck(stored.checkpoints(settings, clock), Optional.of(keeper))));
    }

    /** What looks at the other work on it. */
    List<Check> workChecks() {
        List<Check> checks = new ArrayList<>();
        checks.add(new RetentionCheck(retention, trimming, clock));
        ArchivePlaces places = open.places();
        places.archive()
                .map(storage -> new ArchiveCheck(storage, archive))
                .or(() -> places.prunedIds().map(storage -> new ArchiveCheck(storage, forGood)))
                .ifPresent(checks::add);
        backups.map(KeptBackups::check).ifPresent(checks::add);
        proof.map(runner -> new ProofCheck(
                        runner::state, open.proving().witnesses()::state, settings.get(ProofSettings.INTERVAL), clock))
                .ifPresent(checks::add);
        return named(checks);
    }

    private List<Check> named(List<Check> checks) {
        return checks.stream().map(stored::named).toList();
    }

    /** What operators work with. */
    HttpPorts.OfPartition ports() {
        return new HttpPorts.OfPartition(
                retention,
                new Archiving(open::archive, id -> archive.flatMap(watch -> watch.find(id)), open::restorer),
                () -> backups.map(KeptBackups::work),
                new HttpPorts.Proofs(open.proving(), open.proving()::log));
    }

    /** Begins to feed the graph. */
    void feed() {
        projection.ifPresent(WorkerRunner::start);
    }

    /** Begins all other work. */
    void work() {
        trimming.ifPresent(RetentionSchedule::start);
        proof.ifPresent(SealerRunner::start);
        backups.map(KeptBackups::schedule).ifPresent(BackupSchedule::start);
    }
}
