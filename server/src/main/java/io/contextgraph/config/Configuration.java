// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a deployment has set, read once and never changed. */
public record Configuration(
        Http http,
        Path dataDir,
        Redis redis,
        Neo4j neo4j,
        Durability durability,
        Limits limits,
        Projection projection,
        String logLevel) {

    /** Where to listen. */
    public record Http(String host, int port) {}

    /** A user and its password. */
    public record Login(String user, String password) {
        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /**
     * The event store; without a URL an embedded one is started.
     *
     * @param logins by role, of the roles that have one of their own
     * @param fetch whether the embedded one may be fetched
     */
    public record Redis(
            Optional<String> url,
            Map<String, Login> logins,
            String prefix,
            String engine,
            long maxMemoryBytes,
            boolean fetch,
            int poolSize) {
        public Redis {
            logins = Map.copyOf(logins);
        }

        /** The same Redis with other logins. */
        public Redis withLogins(Map<String, Login> newLogins) {
            return new Redis(url, newLogins, prefix, engine, maxMemoryBytes, fetch, poolSize);
        }

        /** Leaves the URL out: it may hold a password. */
        @Override
        public String toString() {
            return "Redis[prefix=" + prefix + ", engine=" + engine + "]";
        }
    }

    /** The graph; without a URI an embedded one is started. */
    public record Neo4j(Optional<String> uri, String user, String password, String database) {
        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Neo4j[uri=" + uri.orElse("embedded") + ", user=" + user + ", database=" + database + "]";
        }
    }

    /** How safe an acknowledged event is. */
    public record Durability(String standard, int replicas, Duration timeout) {}

    /** What is accepted. */
    public record Limits(
            int bodyBytes, int eventBytes, int payloadDepth, Duration clockLead, int batch, int connections) {}

    /** Whether and how this process feeds the graph. */
    public record Projection(boolean enabled, int batchSize, Duration linger, Duration claimAfter) {}
}
