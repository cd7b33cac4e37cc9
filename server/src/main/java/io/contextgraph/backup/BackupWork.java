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
import java.util.concurrent.CancellationException;
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
     * @throws WorkFailedException when it cannot be taken
     */
    public Backup runAlone(Operations operations) {
        Operation operation = operations
                .start(this)
                .orElseThrow(() -> new WorkFailedException("another process takes a backup of this ledger now"));
        while (operation.runs()) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
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
