// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TcpProxy;
import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What is confirmed as on disk, whatever becomes of Redis between the write and the wait for it. */
class DurabilityIT {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final RunningRedis server =
            RunningRedis.start(RedisServers.installed(8).orElseThrow(), List.of("--appendfsync", "everysec"));

    private final TcpProxy network = TcpProxy.to(server.port());

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), DurabilityIT.class, "no Redis 8 is installed");
    }

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(settings());
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        ledger.close();
        network.close();
        server.close();
    }

    private RedisSettings settings() {
        return RedisSettings.defaults(network.inFrontOf(server.url()));
    }

    private static List<Append> events(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> Append.of(Events.full(n, "session-" + n % 3)))
                .toList();
    }

    private Future<AppendResult> fsync(long from, long to) {
        List<Append> events = events(from, to);
        return threads.submit(() -> ledger.log().append(events, Durability.FSYNC));
    }

    private AppendResult confirmed(long from, long to) {
        AppendResult result = patiently(() -> ledger.log().append(events(from, to), Durability.FSYNC));
        assertThat(result.reached()).isEqualTo(Durability.FSYNC);
        return result;
    }

    private long head() {
        return patiently(() -> ledger.log().head()).seq();
    }

    /** As a client would; connections that only read may be broken as well. */
    private static <T> T patiently(Supplier<T> call) {
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                return call.get();
            } catch (LedgerException e) {
                assertReason(Reason.UNAVAILABLE, e);
            }
        }
        return call.get();
    }

    private static void assertFails(Reason reason, Future<?> call) {
        assertThatThrownBy(call::get)
                .isInstanceOfSatisfying(ExecutionException.class, e -> assertReason(reason, e.getCause()));
    }

    private static void assertReason(Reason reason, @Nullable Throwable error) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason));
    }

    private static void awaitSeq(Jedis jedis, long seq) {
        while (!String.valueOf(seq).equals(jedis.hget("ledger", "seq"))) {
            Thread.onSpinWait();
        }
    }

    private static void awaitBlocked(Jedis jedis, int clients) {
        while (!jedis.info("clients").contains("blocked_clients:" + clients + "\r")) {
            Thread.onSpinWait();
        }
    }

    /** While it does not, whoever waits goes on waiting. */
    private static void syncs(Jedis jedis, boolean syncs) {
        String told = jedis.configSet("appendfsync", syncs ? "everysec" : "no");
        assertThat(told).isEqualTo("OK");
    }

    /** Each has a connection of its own, and none waits for the sync of one before it. */
    @Test
    void manyWaitForTheSameSync() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        List<Future<AppendResult>> answers = new ArrayList<>();
        try (Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            for (long n = 2; n <= 7; n++) {
                answers.add(fsync(n, n));
                awaitSeq(jedis, n);
            }
            awaitBlocked(jedis, 6);
            syncs(jedis, true);
            for (Future<AppendResult> answer : answers) {
                assertThat(answer.get().outcomes()).hasOnlyElementsOfType(Appended.class);
            }
        }
        assertThat(LedgerAudit.assertWhole(RedisSettings.defaults(server.url())).seq())
                .isEqualTo(7);
    }

    /** Else it would wait for the disk with nothing written, and once more. */
    @Test
    void aServerThatDoesNotKnowHowFarOthersHaveComeAsksBeforeItWaits() {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url());
                RedisLedger another = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
            for (long n = 2; n <= 2 * Keys.IDS_PER_PAGE; n += 1000) {
                ignored = another.log().append(events(n, n + 999), Durability.MEMORY);
            }
            long last = another.log().head().seq();
            try (RedisLedger third = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                AppendResult result = third.log().append(events(last + 1, last + 1), Durability.FSYNC);
                assertThat(result.outcomes()).hasOnlyElementsOfType(Appended.class);
                assertThat(jedis.info("errorstats")).doesNotContain("errorstat_PAGE");
                result = third.log().append(events(last + 1, last + 1), Durability.MEMORY);
                assertThat(result.outcomes()).hasOnlyElementsOfType(Duplicate.class);
            }
            // Without a wait it is as good to be told.
            try (RedisLedger fourth = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                ignored = fourth.log().append(events(last + 2, last + 2), Durability.MEMORY);
                assertThat(jedis.info("errorstats")).contains("errorstat_PAGE:count=1\r");
            }
        }
    }

    @Test
    void aRestartWhileOneWaitsIsAnErrorAndTheRepetitionIsConfirmed() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            Future<AppendResult> waiting = fsync(2, 2);
            awaitBlocked(jedis, 1);
            server.kill();
            assertFails(Reason.UNAVAILABLE, waiting);
        }
        server.restart();
        assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertThat(head()).isEqualTo(2);
    }

    /** The first answer to a duplicate comes from what Redis holds then, not from what it loses before it is confirmed. */
    @Test
    void aDuplicateThatARestartTakesIsNotConfirmed() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        AppendResult unsafe = ledger.log().append(events(2, 2), Durability.MEMORY);
        assertThat(unsafe.outcomes()).hasOnlyElementsOfType(Appended.class);
        network.holdRequestsBefore("WAITAOF");
        Future<AppendResult> duplicate = fsync(2, 2);
        network.awaitHeld();
        server.kill();
        network.cutAll();
        network.heal();
        assertFails(Reason.UNAVAILABLE, duplicate);
        forgetEverything();
        server.restart();
        assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
        assertThat(head()).isEqualTo(1);
    }

    private void forgetEverything() {
        File[] files = server.folder().resolve("appendonlydir").toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            assertThat(file.delete()).isTrue();
        }
    }

    /** It may be asked for what it has no longer, once it is the primary again. */
    @Test
    void aPrimaryThatHasFollowedAnotherOneInBetweenConfirmsNothingOfBefore() throws Exception {
        try (RunningRedis other = RunningRedis.start(
                        RedisServers.installed(8).orElseThrow(), List.of("--requirepass", server.password()));
                Jedis jedis = new Jedis(server.url())) {
            AppendResult ignored = confirmed(1, 1);
            for (int lost = 0; lost < 2; lost++) {
                // Once for what is new, once for what was there before it was lost.
                Future<AppendResult> event = heldBeforeTheWait(jedis, lost);
                demoteAndPromote(jedis, other);
                assertThat(head()).isZero();
                network.release();
                assertFails(Reason.UNAVAILABLE, event);
                assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
            }
        }
    }

    private Future<AppendResult> heldBeforeTheWait(Jedis jedis, int lost) throws InterruptedException {
        network.holdRequestsBefore("barrier");
        Future<AppendResult> event = fsync(2, 2);
        network.awaitHeld();
        awaitSeq(jedis, lost == 0 ? 2 : 1);
        return event;
    }

    private static void demoteAndPromote(Jedis jedis, RunningRedis other) {
        String ignored = jedis.replicaof("127.0.0.1", other.port());
        while (!jedis.info("replication").contains("master_link_status:up")) {
            Thread.onSpinWait();
        }
        ignored = jedis.replicaofNoOne();
    }

    /** Not durability_unsupported, which nobody would repeat. */
    @Test
    void whoIsDemotedBetweenBarrierAndWaitSaysSoAndTheRepetitionIsConfirmed() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url())) {
            network.holdRequestsBefore("WAITAOF");
            Future<AppendResult> event = fsync(2, 2);
            network.awaitHeld();
            awaitSeq(jedis, 2);
            String told = jedis.replicaof("127.0.0.1", 1);
            assertThat(told).isEqualTo("OK");
            network.release();
            assertFails(Reason.READ_ONLY, event);
            told = jedis.replicaofNoOne();
            assertThat(told).isEqualTo("OK");
        }
        assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    @Test
    void whoIsDemotedWhileOneWaitsSaysSo() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            Future<AppendResult> event = fsync(2, 2);
            awaitBlocked(jedis, 1);
            String told = jedis.replicaof("127.0.0.1", 1);
            assertThat(told).isEqualTo("OK");
            assertFails(Reason.UNAVAILABLE, event);
            told = jedis.replicaofNoOne();
            assertThat(told).isEqualTo("OK");
            syncs(jedis, true);
        }
        assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    @Test
    void aWaitThatTakesTooLongIsToldAndTheRepetitionIsConfirmed() {
        AppendResult ignored = confirmed(1, 1);
        DurabilitySettings impatient = new DurabilitySettings(Durability.MEMORY, 0, Duration.ofMillis(10));
        try (RedisLedger hasty = RedisLedger.connect(settings().withDurability(impatient));
                Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            assertThatThrownBy(() -> hasty.log().append(events(2, 2), Durability.FSYNC))
                    .satisfies(e -> assertReason(Reason.DURABILITY_NOT_REACHED, e));
            syncs(jedis, true);
        }
        assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    @Test
    void aConnectionThatBreaksWhileItWaitsFailsNobodyElse() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            Future<AppendResult> broken = fsync(2, 2);
            awaitBlocked(jedis, 1);
            network.cutAll();
            assertFails(Reason.UNAVAILABLE, broken);
            syncs(jedis, true);
            // All that were idle are gone with it.
            assertThat(confirmed(3, 3).outcomes()).hasOnlyElementsOfType(Appended.class);
            assertThat(confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        }
    }

    /** The wait of a round that was left behind is not that of what is sent again. */
    @Test
    void whatWasLeftBehindIsWaitedForAgain() {
        AppendResult ignored = confirmed(1, 1);
        try (Jedis jedis = new Jedis(server.url())) {
            for (int round = 0; round < 2; round++) {
                jedis.scriptFlush();
                long from = 2 + round * 100L;
                List<AppendOutcome> outcomes = confirmed(from, from + 99).outcomes();
                assertThat(outcomes).hasOnlyElementsOfType(Appended.class);
                assertThat(outcomes.stream()
                                .map(outcome -> ((Appended) outcome).receipt().seq()))
                        .isSorted();
            }
        }
    }

    @Test
    void theAppendsOfAStreamAreWrittenInOrderWhileThoseBeforeWait() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        AppendStream stream = ledger.log().stream(Durability.FSYNC);
        List<AppendStream.Written> written = new ArrayList<>();
        try (Jedis jedis = new Jedis(server.url())) {
            for (long n = 0; n < 5; n++) {
                if (n == 3) {
                    jedis.scriptFlush();
                }
                written.add(stream.write(events(2 + n * 50, 51 + n * 50)));
            }
        }
        List<Long> numbers = new ArrayList<>();
        for (AppendStream.Written one : written) {
            AppendResult result = one.await();
            assertThat(result.reached()).isEqualTo(Durability.FSYNC);
            result.outcomes()
                    .forEach(outcome ->
                            numbers.add(((Appended) outcome).receipt().seq()));
        }
        assertThat(numbers)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(2, 251).boxed().toList());
    }

    /** What another Redis has not got must not be overtaken there by what follows. */
    @Test
    void aStreamDoesNotGoOnWithARedisThatMayNotHaveWhatIsNotConfirmed() {
        AppendResult ignored = confirmed(1, 1);
        try (RunningRedis other = RunningRedis.start(
                        RedisServers.installed(8).orElseThrow(), List.of("--requirepass", server.password()));
                Jedis here = new Jedis(server.url())) {
            syncs(here, false);
            AppendStream stream = ledger.log().stream(Durability.FSYNC);
            AppendStream.Written first = stream.write(events(2, 2));
            // The first goes on waiting where it is: nothing tells that another one has taken over.
            network.moveTo(other.port());
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> stream.write(events(3, 3)))
                        .satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
            }
            syncs(here, true);
            assertThat(first.await().outcomes()).hasOnlyElementsOfType(Appended.class);
            try (Jedis jedis =
                    new Jedis(URI.create(server.url().toString().replace(":" + server.port(), ":" + other.port())))) {
                assertThat(jedis.exists("ledger")).isFalse();
            }
        }
    }

    @Test
    void aStreamEndsWithTheFirstOfItsAppendsThatFails() throws Exception {
        AppendResult ignored = confirmed(1, 1);
        AppendStream stream = ledger.log().stream(Durability.FSYNC);
        AppendStream.Written first;
        AppendStream.Written second;
        try (Jedis jedis = new Jedis(server.url())) {
            syncs(jedis, false);
            first = stream.write(events(2, 2));
            second = stream.write(events(3, 3));
            network.cutAll();
            syncs(jedis, true);
        }
        for (AppendStream.Written one : List.of(first, second, first)) {
            assertThatThrownBy(one::await).satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
        }
        assertThatThrownBy(() -> stream.write(events(4, 4))).satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
        assertThat(head()).isEqualTo(3);
        AppendResult again = patiently(
                () -> ledger.log().stream(Durability.FSYNC).write(events(2, 4)).await());
        assertThat(again.outcomes().stream().map(Object::getClass))
                .containsExactly(Duplicate.class, Duplicate.class, Appended.class);
    }
}
