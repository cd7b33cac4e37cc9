// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

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
    private static final Duration PAUSE = Duration.ofMillis(50);

    @Override
    public String kind() {
        return Backups.LOCK;
    }

    @Override
    public String lock() {
        return Backups.LOCK;
    }

    @Override
    public ObjectNode run(Watcher watcher) {
        return BackupJson.of(backups.create(snapshots, epochs, version, watcher));
    }

    /**
     * Takes one and waits for it, while nobody else takes one.
     *
     * @param stopped rests for so long; true when nobody waits for it any more
     * @throws WorkFailedException when it cannot be taken
     * @throws CancellationException when nobody waits for it any more; it ends soon
     */
    public Backup runAlone(Operations operations, Predicate<Duration> stopped) {
        return runIfFree(operations, stopped)
                .orElseThrow(() -> new WorkFailedException("another process takes a backup of this ledger now"));
    }

    /** The same; empty where somebody else takes one. */
    Optional<Backup> runIfFree(Operations operations, Predicate<Duration> stopped) {
        return operations.start(this).map(begun -> ended(begun, operations, stopped));
    }

    private static Backup ended(Operation begun, Operations operations, Predicate<Duration> stopped) {
        Operation operation = begun;
        while (operation.runs()) {
            if (stopped.test(PAUSE)) {
                Optional<Operation> ignored = operations.cancel(operation.id());
                throw new CancellationException("nobody waits for it");
            }
            operation = operations.find(operation.id()).orElse(operation);
        }
        String error = operation.error().orElse("it was cancelled");
        return operation
                .result()
                .flatMap(result -> BackupJson.backup(result.toString()))
                .orElseThrow(() -> new WorkFailedException(error));
    }
}
