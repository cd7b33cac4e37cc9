// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Taking a backup that nobody has asked for, as long work that is recorded.
 *
 * <p><b>Guarantees.</b> Unlike what somebody asks for, it is done even where it cannot be recorded: it takes nothing away, and a
 * ledger that takes no events any more needs it most.
 */
record ScheduledBackup(BackupWork work, AuditTrail trail) implements Work {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledBackup.class);

    @Override
    public String kind() {
        return work.kind();
    }

    @Override
    public String lock() {
        return work.lock();
    }

    @Override
    public ObjectNode run(Watcher watcher) {
        Optional<AuditTrail.Recorded> recorded = record();
        Optional<Backup> taken = Optional.empty();
        try {
            taken = Optional.of(work.create(watcher));
            return BackupJson.of(taken.get());
        } finally {
            Map<String, String> result = taken.map(Backup::recorded).orElse(Map.of());
            boolean done = taken.isPresent();
            recorded.ifPresent(request -> trail.outcome(request, done, result));
        }
    }

    private Optional<AuditTrail.Recorded> record() {
        try {
            return Optional.of(trail.record(new AuditTrail.Request(
                    "server:schedule",
                    "server:" + ProcessHandle.current().pid(),
                    "backup create",
                    Map.of("via", "schedule"))));
        } catch (LedgerException away) {
            LOG.warn("backups: that one is taken cannot be recorded: {}", away.getMessage());
            return Optional.empty();
        }
    }
}
