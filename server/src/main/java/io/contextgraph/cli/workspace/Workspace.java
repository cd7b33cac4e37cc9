// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.workspace;

import io.contextgraph.access.KeyStore;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.config.Settings;
import io.contextgraph.event.EventLimits;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.projection.Redrive;
import io.contextgraph.remote.ServerAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

/** A deployment, open for one command: its stores, or the server on them. */
public interface Workspace extends AutoCloseable {
    /** The ledger, whatever partitions it has. */
    Ledger ledger();

    /** What holds the ledger, as {@code Redis 8.2.3, engine search}. */
    String storage();

    /** The graph; only where it was asked for. */
    GraphReader graph();

    /**
     * Brings the graph up to the ledger's head: projects by itself where no server does, else waits for that server.
     *
     * @param lag told the number of events that are left
     * @return the events that are still missing when no more progress was made; 0 when the graph is complete
     */
    long catchUp(LongConsumer lag);

    /** What an event may be, where {@code set} is what the settings of this process say. */
    default EventLimits limits(EventLimits set) {
        return set;
    }

    /** The version of the server that answers; empty on the stores. */
    default Optional<String> server() {
        return Optional.empty();
    }

    /** Compares ledger and graph; names as many differences, and sessions that are not settled, as {@code max}. */
    Audited<Verification> verify(Verifier.Depth depth, int max, Watcher watcher);

    /** Makes the graph what the ledger says; only where the graph was asked for. */
    Audited<Repaired> repair(Verifier.Depth depth, int max, Watcher watcher);

    /** Replays the ledger into the graph; only where the graph was asked for. */
    Audited<Rebuilt> rebuild(Rebuild.Start start, int max, Watcher watcher);

    /** Tries again what could not be projected, in this order; only where the graph was asked for. */
    List<Redrive.Result> redrive(List<ParkedId> ids);

    /**
     * What came of long work.
     *
     * @param found what differed
     */
    record Audited<R>(R result, Findings found) {}

    /** What is done with its partitions, each for itself, in the order of their numbers. */
    List<OpenPartition> partitions();

    /** Finds what is about a person, and opens payloads; empty where there are no keys. On the stores only. */
    default Optional<Subjects> subjects() {
        throw new UnsupportedOperationException("what is about persons is looked at on the stores");
    }

    /** Erases persons; empty where there are no keys. On the stores only, with the graph. */
    default Optional<Eraser> eraser() {
        throw new UnsupportedOperationException("persons are erased on the stores");
    }

    /** Has everybody erased again in a ledger that was brought back; what came of it. On the stores only. */
    default Optional<String> replayErasures() {
        return Optional.empty();
    }

    /** Long work on the ledger, one at a time whichever process does it; for who closes it. On the stores only. */
    default Operations operations() {
        throw new UnsupportedOperationException("long work is begun on the stores");
    }

    /** Who may use the server. */
    KeyStore accessKeys();

    /** The record of what is administrative. */
    AuditTrail trail();

    /** Examines the parts: one finding for each thing looked at. */
    List<Finding> examine();

    /** Starts the projection and the HTTP server. */
    Serving serve();

    /** Starts the projection, and tells those that look after processes how it is. */
    Serving project();

    @Override
    void close();

    /** What a command needs. */
    enum Needs {
        /** Only the ledger, to read what is there: starts in a moment. */
        LEDGER,
        /** Only the ledger, to add to it. */
        LEDGER_TO_FILL,
        /** Ledger and graph. */
        LEDGER_AND_GRAPH,
        /** Ledger and graph to itself, while a person looks on. */
        DEMO_ONCE,
        /** Ledger and graph to itself, and a server, while a person looks on. */
        DEMO,
        /** Ledger and graph, for as long as it runs: a process that feeds the graph, which logs as configured. */
        PROJECTION,
        /** Ledger and graph to itself, for as long as it runs: a server, which logs as configured. */
        SERVER;

        /** Whether the graph is wanted. */
        public boolean graph() {
            return this != LEDGER && this != LEDGER_TO_FILL;
        }

        /** Whether there must be something already: otherwise a typing error would begin an empty ledger. */
        public boolean data() {
            return this == LEDGER || this == LEDGER_AND_GRAPH || this == PROJECTION;
        }

        /** Whether no other process may feed the graph meanwhile. */
        public boolean exclusive() {
            return this == DEMO_ONCE || serves();
        }

        /** Whether it will listen. */
        public boolean serves() {
            return this == DEMO || this == SERVER;
        }

        /** Whether nobody looks on: then its log is more than warnings, and it waits for a store that is not there yet. */
        public boolean isService() {
            return this == SERVER || this == PROJECTION;
        }
    }

    /** A server that listens. */
    interface Serving extends AutoCloseable {
        /** Where. */
        URI address();

        /** Takes over what of these settings may change while it runs, and logs what it took and what needs a restart. */
        void reload(Settings settings);

        /** Completed with a sentence when it can no longer work, and only a new start helps. */
        CompletableFuture<String> lost();

        @Override
        void close();
    }

    /** Told what happens while parts start. */
    @FunctionalInterface
    interface StartReport {
        /** What is being done, in one line, for who watches. */
        void say(String line);

        /** What everybody must be told, in one line. */
        default void notice(String line) {
            say(line);
        }

        /**
         * How far something long has come.
         *
         * @param done bytes so far
         * @param total bytes in all
         */
        default void fetched(long done, long total) {}

        /** Waits; whether the start is not wanted any more. */
        default boolean stoppedWithin(Duration rest) {
            try {
                Thread.sleep(rest);
                return false;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
    }

    /** Opens workspaces. */
    interface Factory {
        /**
         * Connects to what is configured and starts what is not.
         *
         * @param report told what is being done
         * @throws IOException with a message that says what to do; nothing that was started is left running
         */
        Workspace open(Settings settings, Needs needs, StartReport report) throws IOException;
    }

    /** Opens workspaces on servers. */
    interface ServerFactory {
        /**
         * Makes sure that the server is there.
         *
         * @throws IOException with a message that names the cause
         */
        Workspace open(ServerAddress server) throws IOException;
    }

    /** What can be done with backups, whether the ledger that they are of is there or not. */
    interface BackupDesk extends BackupStore, AutoCloseable {
        /** Writes the snapshot of one to a file that is not there yet. */
        void fetch(Backup backup, Path to);

        /**
         * Puts one into the data folder, or finds it in the Redis that is set, and begins a new epoch of the ledger. One that
         * was interrupted can be done again.
         *
         * @param request what is recorded of it
         * @param max how many events to name that the graph has and the ledger does not
         * @throws IOException where there is other data, and nothing is changed then; or where no Redis runs on it: then it says
         *     what stays where
         */
        Restored restore(Backup backup, AuditTrail.Request request, int max, StartReport report, Watcher watcher)
                throws IOException;

        @Override
        void close();
    }

    /**
     * What came of a restore.
     *
     * @param head where the ledger ends
     * @param epoch that has begun
     * @param missing what a checkpoint tells of what is missing; empty where none knows of anything
     * @param foreign how many events the graph has that the ledger does not have any more; empty where there is no graph
     * @param named the first of these
     */
    record Restored(Head head, long epoch, Optional<String> missing, Optional<Long> foreign, List<Difference> named) {
        public Restored {
            named = List.copyOf(named);
        }
    }

    /** Opens backups. */
    interface BackupFactory {
        /**
         * Those of a partition.
         *
         * @param partition which one, of so many
         * @throws io.contextgraph.config.ConfigurationException when the settings do not say where backups are
         */
        BackupDesk open(Settings settings, IntUnaryOperator partition);
    }

    /** Opens ledgers that are to be examined and mended, in whatever state they are. */
    interface MenderFactory {
        /**
         * Connects to the Redis that is configured, or starts one.
         *
         * @param partition which one, of so many
         * @param report told what is being done
         * @throws IOException with a message that says what to do; nothing that was started is left running
         */
        LedgerMender open(Settings settings, IntUnaryOperator partition, StartReport report) throws IOException;
    }
}
