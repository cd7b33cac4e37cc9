// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.GraphException;
import io.contextgraph.tls.TlsCauses;
import io.contextgraph.tls.TlsProbe;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.neo4j.driver.AccessMode;
import org.neo4j.driver.AuthToken;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.NotificationSeverity;
import org.neo4j.driver.Query;
import org.neo4j.driver.Record;
import org.neo4j.driver.Result;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.TransactionConfig;
import org.neo4j.driver.Value;
import org.neo4j.driver.Values;
import org.neo4j.driver.exceptions.Neo4jException;

/**
 * Runs work in Neo4j, in as few round trips as there are answers to wait for.
 *
 * <p><b>Guarantees.</b> Neo4j ends each transaction at a limit; one that has not been answered a while after it is given up,
 * and its connection closed. Work that another transaction stood in the way of is done again.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Transactions implements AutoCloseable {
    private static final int USUAL_PORT = 7687;
    private static final int MAX_ATTEMPTS = 20;
    private static final int MAX_BACKOFF_MILLIS = 200;

    private final Neo4jSettings settings;
    private final Driver driver;
    private final LongAdder collisions = new LongAdder();
    private volatile boolean answered;

    /** Connects when first used. */
    Transactions(Neo4jSettings settings) {
        this.settings = settings;
        AuthToken login =
                settings.user().isEmpty() ? AuthTokens.none() : AuthTokens.basic(settings.user(), settings.password());
        long connectMillis = settings.connectTimeout().toMillis();
        Config.ConfigBuilder config = Config.builder();
        settings.authorities()
                .ifPresent(file -> config.withEncryption()
                        .withTrustStrategy(Config.TrustStrategy.trustCustomCertificateSignedBy(file.toFile())));
        this.driver = GraphDatabase.driver(
                settings.uriForDriver(),
                login,
                config.withConnectionTimeout(connectMillis, TimeUnit.MILLISECONDS)
                        .withConnectionAcquisitionTimeout(connectMillis, TimeUnit.MILLISECONDS)
                        // What is done again, and when, is decided here.
                        .withMaxTransactionRetryTime(0, TimeUnit.MILLISECONDS)
                        .withMaxConnectionPoolSize(settings.maxConnections())
                        .withMinimumNotificationSeverity(NotificationSeverity.OFF)
                        .withTelemetryDisabled(true)
                        .withUserAgent("contextgraph")
                        .build());
    }

    /** Transactions that another one stood in the way of; each was repeated. */
    long collisions() {
        return collisions.sum();
    }

    /** Runs {@code work} in one transaction: it is begun together with its first statement. */
    <T> T run(AccessMode mode, Duration timeout, Function<SimpleQueryRunner, T> work) {
        return repeated(timeout, () -> {
            try (Session session = session(mode)) {
                return mode == AccessMode.READ
                        ? session.executeRead(work::apply, limits(timeout))
                        : session.executeWrite(work::apply, limits(timeout));
            }
        });
    }

    /** Runs {@code work}, which reads, with a transaction for each statement: each costs one round trip and no more. */
    <T> T ask(Duration timeout, Function<SimpleQueryRunner, T> work) {
        return repeated(timeout, () -> {
            try (Session session = session(AccessMode.READ)) {
                return work.apply(new Statement(session, System.nanoTime() + timeout.toNanos()));
            }
        });
    }

    /** Runs {@code work} in a transaction that is undone. */
    void tryOut(Duration timeout, Function<SimpleQueryRunner, Boolean> work) {
        Boolean ignored = Bounded.call(bound(timeout), () -> {
            try (Session session = session(AccessMode.WRITE);
                    Transaction tx = session.beginTransaction(limits(timeout))) {
                Boolean done = work.apply(tx);
                tx.rollback();
                return done;
            }
        });
    }

    /** Statements that share what is left of a time. */
    private record Statement(Session session, long endNanos) implements SimpleQueryRunner {
        private static final Duration LEAST = Duration.ofMillis(1);

        @Override
        public Result run(Query query) {
            Duration left = Duration.ofNanos(endNanos - System.nanoTime());
            return session.run(query, limits(left.compareTo(LEAST) < 0 ? LEAST : left));
        }

        @Override
        public Result run(String statement, Value parameters) {
            return run(new Query(statement, parameters));
        }

        @Override
        public Result run(String statement, Map<String, Object> parameters) {
            return run(new Query(statement, parameters));
        }

        @Override
        public Result run(String statement, Record parameters) {
            return run(new Query(statement, parameters.asMap()));
        }

        @Override
        public Result run(String statement) {
            return run(new Query(statement, Values.EmptyMap));
        }
    }

    private Session session(AccessMode mode) {
        return driver.session(SessionConfig.builder()
                .withDatabase(settings.database())
                .withDefaultAccessMode(mode)
                .build());
    }

    private static TransactionConfig limits(Duration timeout) {
        return TransactionConfig.builder().withTimeout(timeout).build();
    }

    /** Does {@code work}, again when another transaction stood in its way. */
    private <T> T repeated(Duration timeout, Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = Bounded.call(bound(timeout), work);
                answered = true;
                return result;
            } catch (Neo4jException error) {
                boolean collision = Neo4jErrors.isCollision(error);
                if (collision) {
                    collisions.increment();
                }
                if (attempt >= MAX_ATTEMPTS || !collision || !pause(attempt)) {
                    throw explained(Neo4jErrors.classify(error));
                }
            } catch (IllegalStateException closed) {
                throw Neo4jErrors.classify(closed);
            }
        }
    }

    /** A Neo4j that has never answered may wait for TLS, or not speak it: the driver says that it has hung up. */
    private GraphException explained(GraphException failed) {
        if (answered
                || failed.reason() != GraphException.Reason.UNAVAILABLE
                || TlsCauses.of(failed).isPresent()) {
            return failed;
        }
        URI address = URI.create(settings.uri());
        int port = address.getPort() < 0 ? USUAL_PORT : address.getPort();
        TlsProbe.Answer answer = TlsProbe.ask(address.getHost(), port, settings.connectTimeout());
        if (settings.isSecured()) {
            return answer == TlsProbe.Answer.OTHER
                    ? Neo4jErrors.unsecured("this port does not speak TLS", failed)
                    : failed;
        }
        return answer == TlsProbe.Answer.TLS
                ? Neo4jErrors.unsecured(
                        "this port speaks TLS: neo4j.uri must begin with neo4j+s:// or bolt+s://", failed)
                : failed;
    }

    /** How long to wait for a transaction that Neo4j itself ends after {@code timeout}. */
    private Duration bound(Duration timeout) {
        return timeout.plus(settings.lateness());
    }

    /** Waits a random while, longer with each attempt, so that those who met do not meet again; false to give up. */
    private static boolean pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, Math.min(MAX_BACKOFF_MILLIS, 4L << attempt)));
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
