// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * A ledger in a Redis 8 of its own, behind an address that can be moved, and appends that wait for the disk for as long as a test
 * lets them.
 */
final class FsyncLedger implements AutoCloseable {
    /** No test comes to its end by this. */
    private static final DurabilitySettings PATIENT =
            new DurabilitySettings(Durability.MEMORY, 0, Duration.ofMinutes(1));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RunningRedis server = RunningRedis.start(
            RedisServers.installed(8).orElseThrow(),
            List.of("--appendfsync", "always", "--repl-diskless-sync-delay", "0"));
    private final TcpProxy network = TcpProxy.to(server.port());
    private final RedisLedger ledger = RedisLedger.connect(settings());

    RunningRedis server() {
        return server;
    }

    /** What clients connect to. */
    TcpProxy network() {
        return network;
    }

    RedisSettings settings() {
        return RedisSettings.defaults(network.inFrontOf(server.url())).withDurability(PATIENT);
    }

    EventOrder order() {
        return ledger.order();
    }

    EventLog log() {
        return ledger.log();
    }

    /** What waits for the disk. */
    Future<AppendResult> fsync(long from, long to) {
        List<Append> events = Events.appends(from, to);
        return apart(() -> log().append(events, Durability.FSYNC));
    }

    <T> Future<T> apart(Callable<T> work) {
        return threads.submit(work);
    }

    /** One that is under way while what its request has from this text on does not arrive. */
    Future<AppendResult> fsyncHeldBefore(String text, long number) throws InterruptedException {
        network.holdRequestsBefore(text);
        Future<AppendResult> event = fsync(number, number);
        network.awaitHeld();
        return event;
    }

    AppendResult confirmed(long from, long to) {
        AppendResult result = patiently(() -> log().append(Events.appends(from, to), Durability.FSYNC));
        assertThat(result.reached()).isEqualTo(Durability.FSYNC);
        return result;
    }

    long head() {
        return patiently(() -> order().head()).seq();
    }

    /** As a client would; connections that only read may be broken as well. */
    static <T> T patiently(Supplier<T> call) {
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                return call.get();
            } catch (LedgerException e) {
                assertReason(Reason.UNAVAILABLE, e);
            }
        }
        return call.get();
    }

    /** While it does not, whoever waits goes on waiting. */
    void syncs(boolean syncs) {
        try (Jedis jedis = new Jedis(server.url())) {
            assertThat(jedis.configSet("appendfsync", syncs ? "always" : "no")).isEqualTo("OK");
        }
    }

    void awaitSeq(long seq) {
        awaitSeq(server, seq);
    }

    static void awaitSeq(RunningRedis redis, long seq) {
        await(redis, jedis -> String.valueOf(seq).equals(jedis.hget("ledger", "seq")));
    }

    void awaitBlocked(int clients) {
        await(server, jedis -> jedis.info("clients").contains("blocked_clients:" + clients + "\r"));
    }

    /** Makes it follow another one, and waits until it has what that one has. */
    static void follow(RunningRedis redis, RunningRedis primary) {
        try (Jedis jedis = new Jedis(redis.url())) {
            assertThat(jedis.replicaof("127.0.0.1", primary.port())).isEqualTo("OK");
        }
        awaitFollowing(redis);
    }

    static void awaitFollowing(RunningRedis replica) {
        await(replica, jedis -> jedis.info("replication").contains("master_link_status:up"));
    }

    static void promote(RunningRedis replica) {
        try (Jedis jedis = new Jedis(replica.url())) {
            assertThat(jedis.replicaofNoOne()).isEqualTo("OK");
        }
    }

    static void await(RunningRedis redis, Predicate<Jedis> there) {
        try (Jedis jedis = new Jedis(redis.url())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> there.test(jedis));
        }
    }

    static void assertFails(Reason reason, Future<?> call) {
        assertThatThrownBy(call::get)
                .isInstanceOfSatisfying(ExecutionException.class, e -> assertReason(reason, e.getCause()));
    }

    static void assertReason(Reason reason, @Nullable Throwable error) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        ledger.close();
        network.close();
        server.kill();
        server.close();
    }
}
