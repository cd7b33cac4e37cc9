// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where the ledger is and how patient its users are.
 *
 * @param url {@code redis[s]://[user:password@]host:port[/database]}
 * @param prefix put before every key, so that several ledgers share one Redis; {@code {name}:} keeps them in one slot
 * @param engine how events are indexed; empty: what the ledger was written with, else the best that the server can do
 * @param poolSize most connections, those of blocking readers aside
 * @param connectTimeout how long to wait for a connection, whether from the server or from the pool
 * @param commandTimeout how long to wait for an answer
 * @param durabilityTimeout how long to wait until an event is as safe as asked; below {@code commandTimeout}
 * @param replicas replicas that must confirm before an event counts as replicated; 0: that level is not offered
 * @param claimAfter how long a consumer may hold an entry before another takes it over
 * @param queryTimeout how long a query may take before it fails
 * @param logins of the roles that have one of their own; the others use that of the address
 */
public record RedisSettings(
        URI url,
        String prefix,
        Optional<Engine> engine,
        int poolSize,
        Duration connectTimeout,
        Duration commandTimeout,
        Duration durabilityTimeout,
        int replicas,
        Duration claimAfter,
        Duration queryTimeout,
        Map<Role, Login> logins) {

    /** @throws IllegalArgumentException when a number or a duration is out of range */
    public RedisSettings {
        logins = Map.copyOf(logins);
        if (poolSize < 1 || replicas < 0) {
            throw new IllegalArgumentException(
                    "redis needs a pool of at least 1 and no negative replicas: " + poolSize + ", " + replicas);
        }
        if (durabilityTimeout.compareTo(commandTimeout) >= 0) {
            throw new IllegalArgumentException("redis durability timeout must be below the command timeout: "
                    + durabilityTimeout + ", " + commandTimeout);
        }
        if (claimAfter.isNegative()) {
            throw new IllegalArgumentException("redis durations must not be negative: " + claimAfter);
        }
    }

    /** Everything but the address at its default. */
    public static RedisSettings defaults(URI url) {
        return new RedisSettings(
                url,
                "",
                Optional.empty(),
                16,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                0,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Map.of());
    }

    /** These settings for another server. */
    public RedisSettings withUrl(URI newUrl) {
        return new RedisSettings(
                newUrl,
                prefix,
                engine,
                poolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with another prefix. */
    public RedisSettings withPrefix(String newPrefix) {
        return new RedisSettings(
                url,
                newPrefix,
                engine,
                poolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with a chosen engine. */
    public RedisSettings withEngine(Engine newEngine) {
        return new RedisSettings(
                url,
                prefix,
                Optional.of(newEngine),
                poolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with a pool of another size. */
    public RedisSettings withPoolSize(int newPoolSize) {
        return new RedisSettings(
                url,
                prefix,
                engine,
                newPoolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with another number of replicas that must confirm. */
    public RedisSettings withReplicas(int newReplicas) {
        return new RedisSettings(
                url,
                prefix,
                engine,
                poolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                newReplicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with another patience for durability. */
    public RedisSettings withDurabilityTimeout(Duration newTimeout) {
        return new RedisSettings(
                url,
                prefix,
                engine,
                poolSize,
                connectTimeout,
                commandTimeout,
                newTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                logins);
    }

    /** These settings with logins of their own for some roles. */
    public RedisSettings withLogins(Map<Role, Login> newLogins) {
        return new RedisSettings(
                url,
                prefix,
                engine,
                poolSize,
                connectTimeout,
                commandTimeout,
                durabilityTimeout,
                replicas,
                claimAfter,
                queryTimeout,
                newLogins);
    }

    /** The address without user and password: for logs and answers. */
    public String address() {
        return url.getScheme() + "://" + url.getHost() + ":" + url.getPort();
    }

    @Override
    public String toString() {
        return "RedisSettings[" + address() + ", prefix=" + prefix + "]";
    }
}
