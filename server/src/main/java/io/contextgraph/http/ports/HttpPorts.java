// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.ports;

import io.contextgraph.backup.BackupWork;
import io.contextgraph.event.Event;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureReceipt;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.Redrive;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.restoring.Archiving;
import io.contextgraph.retention.Retention;
import io.contextgraph.wire.AuditWork;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the routes work with; the server closes none of it.
 *
 * @param ledger events, and what is parked, of all partitions
 * @param duplicates how often events have come again
 * @param lag how far the projection has come
 * @param clock the time that events and scores are measured against
 * @param admin what operators work with
 * @param privacy what those work with who may see what is personal
 */
public record HttpPorts(
        Ledger ledger,
        DuplicateCounts duplicates,
        GraphReader graph,
        GraphLag lag,
        Health health,
        Metrics metrics,
        Clock clock,
        Admin admin,
        Privacy privacy) {
    /** Where clients go on. */
    public Bookmarks bookmarks() {
        return new Bookmarks(ledger);
    }

    /**
     * What those work with who may see what is personal.
     *
     * @param subjects finds what is about a person, and opens payloads; empty where there are no keys
     * @param eraser erases a person; there where the other is
     * @param hurry has erasures go on whose hold is released
     */
    public record Privacy(Optional<Subjects> subjects, Optional<Eraser> eraser, Runnable hurry) {
        /** Where there are no keys. */
        public static final Privacy NONE = new Privacy(Optional.empty(), Optional.empty(), () -> {});

        /** The receipt for the erasure of the person whom an event was about. */
        public Optional<ErasureReceipt> receipt(Event event) {
            return event.dataSubjectId()
                    .flatMap(Pseudonym::parse)
                    .flatMap(name -> eraser.flatMap(one -> one.receipt(name)));
        }
    }

    /**
     * What operators work with.
     *
     * @param partitions what they work with of each partition, in the order of their numbers
     * @param examination looks at all parts: one finding for each thing looked at
     */
    public record Admin(
            Redrive redrive,
            Operations operations,
            AuditWork audit,
            List<OfPartition> partitions,
            Supplier<List<Finding>> examination) {
        public Admin {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * What operators work with of one partition.
     *
     * @param backups takes them and knows those that there are; empty where none are kept
     * @param proofs what can be shown to others of it
     */
    public record OfPartition(
            Retention retention, Archiving archives, Supplier<Optional<BackupWork>> backups, Proofs proofs) {}

    /** What operators work with of the partition that a session is in. */
    public OfPartition partitionOf(SessionId session) {
        return admin.partitions().get(ledger.partitionOf(session).number());
    }

    /**
     * What can be shown to others of a partition.
     *
     * @param log the log of an epoch, or that which grows; empty where there is none
     */
    public record Proofs(Proving proving, Function<Optional<Long>, Optional<StoredLog>> log) {}
}
