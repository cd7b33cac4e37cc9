// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static io.contextgraph.ledger.redis.FsyncLedger.assertFails;
import static io.contextgraph.ledger.redis.FsyncLedger.assertReason;
import static io.contextgraph.ledger.redis.FsyncLedger.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TcpProxy;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.util.KeyValue;

/** What is confirmed as on disk, whatever becomes of Redis, or of the way to it, between the write and the wait for it. */
class DurabilityIT {
    /** As many as may be in use at a level: {@code docs/operations.md} says so, as it does of what may have no answer. */
    private static final int MOST_CONNECTIONS = 32;

    private static final int MOST_UNANSWERED = 20_000;

    private final FsyncLedger ledger = new FsyncLedger();
    private final RunningRedis server = ledger.server();
    private final TcpProxy network = ledger.network();

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), DurabilityIT.class, "no Redis 8 is installed");
    }

    @BeforeEach
    void begin() {
        assertThat(ledger.confirmed(1, 1).outcomes()).hasOnlyElementsOfType(Appended.class);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void flushScripts() {
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.scriptFlush();
        }
    }

    /** Each has a connection of its own, and none waits for the sync of one before it. */
    @Test
    void manyWaitForTheSameSync() throws Exception {
        becomeIdle(6);
        assertThat(LedgerAudit.assertWhole(RedisSettings.defaults(server.url())).seq())
                .isEqualTo(7);
    }

    /** Else it would wait for the disk with nothing written, and once more. */
    @Test
    void aServerThatDoesNotKnowHowFarOthersHaveComeAsksBeforeItWaits() {
        AppendResult ignored;
        try (Jedis jedis = new Jedis(server.url());
                RedisLedger another = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
            for (long n = 2; n <= 2 * Keys.IDS_PER_PAGE; n += 1000) {
                ignored = another.log().append(Events.appends(n, n + 999), Durability.MEMORY);
            }
            long last = another.order().head().seq();
            try (RedisLedger third = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                AppendResult result = third.log().append(Events.appends(last + 1, last + 1), Durability.FSYNC);
                assertThat(result.outcomes()).hasOnlyElementsOfType(Appended.class);
                assertThat(jedis.info("errorstats")).doesNotContain("errorstat_PAGE");
                result = third.log().append(Events.appends(last + 1, last + 1), Durability.MEMORY);
                assertThat(result.outcomes()).hasOnlyElementsOfType(Duplicate.class);
            }
            // Without a wait it is as good to be told.
            try (RedisLedger fourth = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                ignored = fourth.log().append(Events.appends(last + 2, last + 2), Durability.MEMORY);
                assertThat(jedis.info("errorstats")).contains("errorstat_PAGE:count=1\r");
            }
        }
    }

    /** What is held behind a session that has lost its entry is sent again, and confirmed. */
    @Test
    void aRequestWhoseSessionHasLostItsEntryIsConfirmedInItsOrder() throws Exception {
        try (Jedis jedis = new Jedis(server.url())) {
            assertThat(jedis.del("session:session-1")).isEqualTo(1);
            List<Future<AppendResult>> answers = LongStream.range(1, 9)
                    .mapToObj(n -> ledger.fsync(100 * n, 100 * n + 59))
                    .toList();
            for (Future<AppendResult> answer : answers) {
                assertThat(answer.get().outcomes()).hasOnlyElementsOfType(Appended.class);
            }
        }
        List<EventId> ids = ledger.order().read(0, 1000).stream()
                .map(recorded -> recorded.event().id())
                .toList();
        for (long n = 1; n < 9; n++) {
            List<EventId> request = Events.appends(100 * n, 100 * n + 59).stream()
                    .map(append -> append.event().id())
                    .toList();
            assertThat(ids).filteredOn(request::contains).isEqualTo(request);
        }
        assertThat(LedgerAudit.assertWhole(RedisSettings.defaults(server.url())).seq())
                .isEqualTo(481);
    }

    /** So many events, from the second on, one behind the other, each in a round of its own. */
    private List<Future<AppendResult>> waiting(int events) {
        List<Future<AppendResult>> answers = new ArrayList<>();
        ledger.syncs(false);
        for (long n = 2; n <= events + 1; n++) {
            answers.add(ledger.fsync(n, n));
            ledger.awaitSeq(n);
        }
        ledger.awaitBlocked(events);
        return answers;
    }

    /** What finds no connection is not written yet, and of what has no answer there are no more than a server can hold. */
    @Test
    void connectionsAndWhatWaitsAreBounded() {
        List<Future<AppendResult>> waiting = waiting(MOST_CONNECTIONS);
        List<Future<AppendResult>> more = LongStream.range(1, 22)
                .mapToObj(n -> ledger.fsync(n * EventLog.MAX_BATCH, (n + 1) * EventLog.MAX_BATCH - 1))
                .toList();
        int room = (MOST_UNANSWERED - MOST_CONNECTIONS) / EventLog.MAX_BATCH;
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> more.stream().filter(Future::isDone).count() == more.size() - room);
        more.stream().filter(Future::isDone).forEach(answer -> assertFails(Reason.OVERLOADED, answer));
        try (Jedis jedis = new Jedis(server.url())) {
            // A pause that the server keeps: one more connection would have been used by then.
            KeyValue<String, String> ignored = jedis.blpop(0.3, "nothing");
        }
        ledger.awaitSeq(MOST_CONNECTIONS + 1);
        List<Future<AppendResult>> queued =
                more.stream().filter(answer -> !answer.isDone()).toList();
        assertThat(queued).hasSize(room);
        server.kill();
        waiting.forEach(answer -> assertFails(Reason.UNAVAILABLE, answer));
        queued.forEach(answer -> assertFails(Reason.UNAVAILABLE, answer));
        server.restart();
        assertThat(ledger.confirmed(2, 1001).outcomes()).hasSize(EventLog.MAX_BATCH);
    }

    @Test
    void aRestartWhileOneWaitsIsAnErrorAndTheRepetitionIsConfirmed() {
        ledger.syncs(false);
        Future<AppendResult> waiting = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        server.kill();
        assertFails(Reason.UNAVAILABLE, waiting);
        server.restart();
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertThat(ledger.head()).isEqualTo(2);
    }

    /** It was written by somebody to whom memory was enough. */
    @Test
    void aDuplicateWaitsForTheDiskLikeWhatIsNew() throws Exception {
        ledger.syncs(false);
        assertThat(ledger.log().append(Events.appends(2, 2), Durability.MEMORY).outcomes())
                .hasOnlyElementsOfType(Appended.class);
        Future<AppendResult> duplicate = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        assertThat(duplicate).isNotDone();
        ledger.syncs(true);
        assertThat(duplicate.get().outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    /** The first answer to a duplicate comes from what Redis holds then, not from what it loses before it is confirmed. */
    @Test
    void aDuplicateThatARestartTakesIsNotConfirmed() throws Exception {
        assertThat(ledger.log().append(Events.appends(2, 2), Durability.MEMORY).outcomes())
                .hasOnlyElementsOfType(Appended.class);
        Future<AppendResult> duplicate = ledger.fsyncHeldBefore("WAITAOF", 2);
        server.kill();
        network.cutAll();
        network.heal();
        assertFails(Reason.UNAVAILABLE, duplicate);
        forgetEverything();
        server.restart();
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
        assertThat(ledger.head()).isEqualTo(1);
    }

    private void forgetEverything() {
        File[] files = server.folder().resolve("appendonlydir").toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            assertThat(file.delete()).isTrue();
        }
    }

    @Test
    void aWaitThatTakesTooLongIsToldAndTheRepetitionIsConfirmed() {
        DurabilitySettings impatient = new DurabilitySettings(Durability.MEMORY, 0, Duration.ofMillis(10));
        try (RedisLedger hasty = RedisLedger.connect(ledger.settings().withDurability(impatient))) {
            ledger.syncs(false);
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> hasty.log().append(Events.appends(2, 2), Durability.FSYNC))
                        .satisfies(e -> assertReason(Reason.DURABILITY_NOT_REACHED, e));
            }
            ledger.syncs(true);
        }
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    /** Those that are idle are broken as well then, and are not tried one after the other. */
    @Test
    void aConnectionThatBreaksWhileItWaitsFailsNobodyElse() throws Exception {
        becomeIdle(3);
        ledger.syncs(false);
        Future<AppendResult> broken = ledger.fsync(5, 5);
        ledger.awaitBlocked(1);
        network.cutAll();
        assertFails(Reason.UNAVAILABLE, broken);
        ledger.syncs(true);
        // With a connection that reads, which finds out for itself.
        assertThat(ledger.head()).isEqualTo(5);
        assertThat(numbers(ledger.fsync(6, 6).get())).containsExactly(6L);
        assertThat(ledger.confirmed(5, 5).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    /** So many connections, that have been waited on for one event each. */
    private void becomeIdle(int connections) throws Exception {
        List<Future<AppendResult>> answers = waiting(connections);
        ledger.syncs(true);
        for (Future<AppendResult> answer : answers) {
            assertThat(numbers(answer.get())).hasSize(1);
        }
    }

    /** The wait of a round that was left behind is not that of what is sent again. */
    @Test
    void whatWasLeftBehindIsWaitedForAgain() throws Exception {
        for (int round = 0; round < 2; round++) {
            flushScripts();
            network.holdRequestsBefore("LOAD");
            long from = 2 + round * 100L;
            Future<AppendResult> again = ledger.fsync(from, from + 99);
            network.awaitHeld();
            ledger.awaitSeq(from - 1);
            ledger.syncs(false);
            network.release();
            ledger.awaitSeq(from + 99);
            ledger.awaitBlocked(1);
            assertThat(again).isNotDone();
            ledger.syncs(true);
            assertThat(numbers(again.get())).isEqualTo(upTo(from, from + 99));
        }
    }

    private static List<Long> numbers(AppendResult result) {
        assertThat(result.reached()).isEqualTo(Durability.FSYNC);
        return result.outcomes().stream()
                .map(outcome -> ((Appended) outcome).receipt().seq())
                .toList();
    }

    private static List<Long> upTo(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /** Redis forgets the script, and somebody loads it again while the events of one append arrive. */
    @Test
    void whatFindsTheScriptAgainDoesNotPassWhatHasNotFoundIt() throws Exception {
        flushScripts();
        network.holdRequestsBefore(Events.id(60).toString());
        Future<AppendResult> event = ledger.fsync(2, 101);
        network.awaitHeld();
        try (RedisLedger other = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
            assertThat(other.log()
                            .append(Events.appends(1, 1), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(Duplicate.class);
        }
        network.release();
        assertThat(numbers(event.get())).isEqualTo(upTo(2, 101));
    }

    @Test
    void theAppendsOfAStreamAreWrittenInOrderWhileThoseBeforeWait() throws Exception {
        becomeIdle(3);
        ledger.syncs(false);
        AppendStream stream = ledger.log().stream(Durability.FSYNC);
        List<AppendStream.Written> written = new ArrayList<>();
        for (long from = 5; from < 105; from += 50) {
            written.add(stream.write(Events.appends(from, from + 49)));
        }
        ledger.awaitBlocked(2);
        flushScripts();
        Future<AppendStream.Written> forgotten = ledger.apart(() -> stream.write(Events.appends(105, 154)));
        ledger.awaitBlocked(3);
        ledger.awaitSeq(104);
        ledger.syncs(true);
        written.add(forgotten.get());
        written.add(stream.write(Events.appends(155, 204)));
        List<Long> numbers = new ArrayList<>();
        for (AppendStream.Written one : written) {
            numbers.addAll(numbers(one.await()));
        }
        assertThat(numbers).isEqualTo(upTo(5, 204));
    }

    @Test
    void aStreamEndsWithTheFirstOfItsAppendsThatFails() {
        AppendStream stream = ledger.log().stream(Durability.FSYNC);
        ledger.syncs(false);
        AppendStream.Written first = stream.write(Events.appends(2, 2));
        AppendStream.Written second = stream.write(Events.appends(3, 3));
        network.cutAll();
        ledger.syncs(true);
        for (AppendStream.Written one : List.of(first, second, first)) {
            assertThatThrownBy(one::await).satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
        }
        assertThatThrownBy(() -> stream.write(Events.appends(4, 4)))
                .satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
        assertThat(ledger.head()).isEqualTo(3);
        AppendResult again = patiently(() -> ledger.log().stream(Durability.FSYNC)
                .write(Events.appends(2, 4))
                .await());
        assertThat(again.outcomes().stream().map(Object::getClass))
                .containsExactly(Duplicate.class, Duplicate.class, Appended.class);
    }
}
