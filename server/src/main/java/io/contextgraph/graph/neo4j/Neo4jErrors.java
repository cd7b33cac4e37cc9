// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphException.Reason;
import io.contextgraph.tls.TlsCauses;
import java.util.Optional;
import java.util.Set;
import org.neo4j.driver.exceptions.ClientException;
import org.neo4j.driver.exceptions.Neo4jException;
import org.neo4j.driver.exceptions.TransactionTerminatedException;
import org.neo4j.driver.exceptions.TransientException;

/**
 * What the driver's errors mean to us.
 *
 * <p>Whatever is not plainly about the change itself counts as the store being away: an event is never given up for the
 * store's own trouble, such as a full disk.
 *
 * <p><b>Source.</b> Neo4j status codes.
 */
final class Neo4jErrors {
    /**
     * A deadlock; somebody has taken a node away between its being found and its being locked; somebody has made the same
     * index or constraint at the same moment, which {@code IF NOT EXISTS} does not see.
     */
    private static final Set<String> COLLISIONS = Set.of(
            "Neo.TransientError.Transaction.DeadlockDetected",
            "Neo.ClientError.Statement.EntityNotFound",
            "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists");

    private static final Set<String> OUT_OF_BOUNDS = Set.of(
            "Neo.ClientError.Transaction.TransactionTimedOut",
            "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
            "Neo.TransientError.Transaction.LockAcquisitionTimeout",
            "Neo.ClientError.Transaction.LockClientStopped",
            "Neo.TransientError.Transaction.LockClientStopped",
            "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
            "Neo.TransientError.General.TransactionMemoryLimit",
            "Neo.TransientError.General.OutOfMemoryError");

    private Neo4jErrors() {}

    /** Whether two transactions stood in each other's way: the same again, at once, usually succeeds. */
    static boolean isCollision(Neo4jException error) {
        return COLLISIONS.contains(error.code());
    }

    /** The error as the port has it. */
    static GraphException classify(RuntimeException error) {
        Optional<String> tls = TlsCauses.of(error);
        if (tls.isPresent()) {
            return unsecured(tls.get(), error);
        }
        Reason reason = reason(error);
        String what = switch (reason) {
            case UNAVAILABLE -> "Neo4j does not answer";
            case TIMEOUT -> "Neo4j ran out of the time or memory allowed";
            case REJECTED, DOUBLE_ID -> "Neo4j refused the change";
        };
        String code = error instanceof Neo4jException coded ? " (" + coded.code() + ")" : "";
        return new GraphException(reason, what + code, error);
    }

    /** A connection that TLS stands in the way of. */
    static GraphException unsecured(String why, RuntimeException error) {
        return new GraphException(Reason.UNAVAILABLE, "the connection to Neo4j cannot be secured: " + why, error);
    }

    private static Reason reason(RuntimeException error) {
        if (!(error instanceof Neo4jException coded)) {
            return Reason.UNAVAILABLE;
        }
        if (OUT_OF_BOUNDS.contains(coded.code()) || error instanceof TransactionTerminatedException) {
            return Reason.TIMEOUT;
        }
        if (error instanceof TransientException || !(error instanceof ClientException)) {
            return Reason.UNAVAILABLE;
        }
        return coded.code().startsWith("Neo.ClientError.Statement.")
                        || coded.code().startsWith("Neo.ClientError.Schema.")
                ? Reason.REJECTED
                : Reason.UNAVAILABLE;
    }
}
