// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Taking a backup, as long work.
 *
 * @param version of the product
 */
public record BackupWork(Backups backups, Snapshots snapshots, Epochs epochs, String version) implements Work {
    public static final String KIND = "backup";

    private static final Duration PAUSE = Duration.ofMillis(50);

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return Backups.LOCK;
    }

    @Override
    public ObjectNode run(Watcher watcher) {
        return BackupJson.of(create(watcher));
    }

    Backup create(Watcher watcher) {
        return backups.create(snapshots, epochs, version, watcher);
    }

    /**
     * Takes one and waits for it, while nobody else takes one.
     *
     * @param stopped rests for so long; true when nobody waits for it any more
     * @param watcher told how far it has come
     * @throws WorkFailedException when it cannot be taken
     * @throws CancellationException when nobody waits for it any more; it ends soon
     */
    public Backup runAlone(Operations operations, Predicate<Duration> stopped, Watcher watcher) {
        return begun(this, operations, stopped, watcher)
                .orElseThrow(() -> new WorkFailedException("another process takes a backup of this ledger now"));
    }

    /** The same, as nobody has asked for it, which is recorded; empty where somebody else takes one. */
    Optional<Backup> runIfFree(Operations operations, AuditTrail trail, Predicate<Duration> stopped) {
        return begun(new ScheduledBackup(this, trail), operations, stopped, Watcher.NONE);
    }

    private static Optional<Backup> begun(
            Work work, Operations operations, Predicate<Duration> stopped, Watcher watcher) {
        return operations.start(work).map(begun -> ended(begun, operations, stopped, watcher));
    }

    private static Backup ended(Operation begun, Operations operations, Predicate<Duration> stopped, Watcher watcher) {
        Operation operation = begun;
        while (operation.runs()) {
            if (stopped.test(PAUSE)) {
                Optional<Operation> ignored = operations.cancel(operation.id());
                throw new CancellationException("nobody waits for it");
            }
            operation = operations.find(operation.id()).orElse(operation);
            operation.progress().ifPresent(come -> watcher.at(come::phase, come.done(), come.total()));
        }
        String error = operation.error().orElse("it was cancelled");
        return operation.result().flatMap(BackupJson::backup).orElseThrow(() -> new WorkFailedException(error));
    }
}
