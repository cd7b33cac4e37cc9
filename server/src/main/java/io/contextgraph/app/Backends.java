// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The Redis and the Neo4j that a data folder holds, while they run.
 *
 * <p><b>Guarantees.</b> {@link #close} stops what {@link Factory#open} has started and leaves alone what it has found
 * running.
 */
public interface Backends extends AutoCloseable {
    /** Where Redis is, as a URL with its password; empty when it was not wanted. */
    Optional<String> redisUrl();

    /** Where Neo4j is; empty when it was not wanted. */
    Optional<Neo4jAddress> neo4j();

    /** Whether this process has started them; otherwise another process runs them, and it feeds the graph. */
    boolean owned();

    /** Completed with a sentence when a part that was started here has ended by itself. */
    CompletableFuture<String> lost();

    @Override
    void close();

    /** Where a Neo4j is and how to log in. */
    record Neo4jAddress(String uri, String user, String password) {
        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Neo4jAddress[" + uri + ", user=" + user + "]";
        }
    }

    /**
     * What to open.
     *
     * @param dataDir the folder
     * @param redis whether Redis is wanted
     * @param neo4j whether Neo4j is wanted
     * @param embedded how a Redis is to be that is started
     */
    record Wanted(Path dataDir, boolean redis, boolean neo4j, RedisWishes embedded) {}

    /**
     * How an embedded Redis is to be.
     *
     * @param maxMemoryBytes its memory limit
     * @param engine of the ledger in it; empty where that is open
     * @param fetch whether its program may be fetched
     * @param durability of most appends: where they wait for the disk, it syncs at each write, not once a second
     */
    record RedisWishes(long maxMemoryBytes, Optional<Engine> engine, boolean fetch, Durability durability) {}

    /** There is data where a snapshot was to be put. */
    final class DataThereException extends IOException {
        private static final long serialVersionUID = 1L;

        public DataThereException(String message) {
            super(message);
        }
    }

    /** Opens the parts of a data folder. */
    interface Factory {
        /**
         * Starts what is wanted, or attaches to what another process runs on the same folder.
         *
         * @param report told what is being done
         * @throws IOException with a message that says what to do; nothing that was started is left running
         */
        Backends open(Wanted wanted, StartReport report) throws IOException;

        /**
         * Puts a snapshot where a Redis will look for it that is started over a folder.
         *
         * @param snapshot stays as it is
         * @param store what it was taken of
         * @throws DataThereException where there is data already; nothing is changed then
         * @throws IOException where another process uses the folder; nothing is changed then, either
         */
        default void plant(Path dataDir, Path snapshot, Store store) throws IOException {
            throw new IOException("this distribution brings no Redis to start on a backup");
        }

        /** The answer of a distribution that brings no Redis and no Neo4j. */
        static Factory none() {
            return (wanted, report) -> {
                throw new IOException("this distribution brings no Redis and no Neo4j: set "
                        + (wanted.redis() ? "redis.url (CG_REDIS_URL)" : "")
                        + (wanted.redis() && wanted.neo4j() ? " and " : "")
                        + (wanted.neo4j() ? "neo4j.uri (CG_NEO4J_URI)" : ""));
            };
        }
    }
}
