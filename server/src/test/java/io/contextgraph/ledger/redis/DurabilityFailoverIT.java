// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static io.contextgraph.ledger.redis.FsyncLedger.assertFails;
import static io.contextgraph.ledger.redis.FsyncLedger.assertReason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** What is confirmed as on disk while another Redis takes over between the write and the wait for it. */
class DurabilityFailoverIT {
    private final FsyncLedger ledger = new FsyncLedger();
    private final RunningRedis first = ledger.server();
    private final RunningRedis second = first.replica();

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), DurabilityFailoverIT.class, "no Redis 8 is installed");
    }

    @AfterEach
    void close() {
        // While it writes its first append-only file it would refuse to stop.
        second.kill();
        second.close();
        ledger.close();
    }

    private void begin() {
        FsyncLedger.awaitFollowing(second);
        assertThat(ledger.confirmed(1, 1).outcomes()).hasOnlyElementsOfType(Appended.class);
        FsyncLedger.awaitSeq(second, 1);
    }

    private void assertWholeAt(RunningRedis redis, long seq) {
        assertThat(LedgerAudit.assertWhole(RedisSettings.defaults(redis.url())).seq())
                .isEqualTo(seq);
    }

    /** The replica has it: where it takes over, that is what is confirmed, by its own disk. */
    @Test
    void whatAReplicaHasIsConfirmedThereWhenThePrimaryIsLostWhileItWaits() {
        begin();
        ledger.syncs(false);
        Future<AppendResult> waiting = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        FsyncLedger.awaitSeq(second, 2);
        first.kill();
        FsyncLedger.promote(second);
        ledger.network().moveTo(second.port());
        assertFails(Reason.UNAVAILABLE, waiting);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertWholeAt(second, 2);
    }

    /** Both agree on who is the primary: what was written before has gone over. */
    @Test
    void whatWaitsWhenThePrimaryHandsOverIsConfirmedByTheNextOne() {
        begin();
        ledger.syncs(false);
        Future<AppendResult> waiting = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        try (Jedis jedis = new Jedis(first.url())) {
            Object ignored = jedis.sendCommand(() -> Keys.bytes("FAILOVER"));
        }
        FsyncLedger.await(second, jedis -> jedis.info("replication").contains("role:master"));
        ledger.network().moveTo(second.port());
        assertFails(Reason.UNAVAILABLE, waiting);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertWholeAt(second, 2);
    }

    /** Whether it is new, or was in memory before and is sent again to be safe. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheNextPrimaryHasNotIsNotConfirmedButTakenAnew(boolean again) {
        begin();
        FsyncLedger.promote(second);
        ledger.syncs(false);
        if (again) {
            assertThat(ledger.log()
                            .append(Events.appends(2, 2), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(Appended.class);
        }
        Future<AppendResult> waiting = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        ledger.network().moveTo(second.port());
        FsyncLedger.follow(first, second);
        assertFails(Reason.UNAVAILABLE, waiting);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
        assertWholeAt(second, 2);
        FsyncLedger.awaitSeq(first, 2);
    }

    /** What it was connected to followed another history: it may have lost what it had, and is asked anew. */
    @Test
    void aReplicaThatIsPromotedBeforeItsFirstEventConfirmsOnANewConnection() throws Exception {
        begin();
        ledger.network().moveTo(second.port());
        ledger.network().cutAll();
        // With a connection that reads, which finds out for itself.
        assertThat(ledger.head()).isEqualTo(1);
        for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.READ_ONLY)) {
            assertFails(reason, ledger.fsync(2, 2));
        }
        Future<AppendResult> event = ledger.fsyncHeldBefore("EVALSHA", 2);
        FsyncLedger.promote(second);
        ledger.network().release();
        assertFails(Reason.UNAVAILABLE, event);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertWholeAt(second, 2);
    }

    /** It may be asked for what it has no longer, once it is the primary again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPrimaryThatHasFollowedAnotherOneInBetweenConfirmsNothingOfBefore(boolean again) throws Exception {
        begin();
        FsyncLedger.promote(second);
        if (again) {
            assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
        }
        Future<AppendResult> event = ledger.fsyncHeldBefore("barrier", 2);
        ledger.awaitSeq(2);
        FsyncLedger.follow(first, second);
        FsyncLedger.promote(first);
        assertThat(ledger.head()).isEqualTo(1);
        ledger.network().release();
        assertFails(Reason.UNAVAILABLE, event);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Appended.class);
        assertWholeAt(first, 2);
    }

    /** Not durability_unsupported, which nobody would repeat; nor that it is written, as it may be lost with the next primary. */
    @ParameterizedTest
    @ValueSource(strings = {"barrier", "WAITAOF"})
    void whoIsDemotedBetweenWriteAndWaitSaysSoAndTheRepetitionIsConfirmed(String reached) throws Exception {
        begin();
        Future<AppendResult> event = ledger.fsyncHeldBefore(reached, 2);
        ledger.awaitSeq(2);
        demote();
        ledger.network().release();
        assertFails(Reason.READ_ONLY, event);
        FsyncLedger.promote(first);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    /** One that lets clients write all the same takes the barrier, but waits for nobody. */
    @Test
    void aReplicaThatCanBeWrittenToConfirmsNothing() throws Exception {
        begin();
        try (Jedis jedis = new Jedis(first.url())) {
            assertThat(jedis.configSet("replica-read-only", "no")).isEqualTo("OK");
        }
        Future<AppendResult> event = ledger.fsyncHeldBefore("barrier", 2);
        demote();
        ledger.network().release();
        assertFails(Reason.READ_ONLY, event);
    }

    @Test
    void whoIsDemotedWhileOneWaitsSaysSo() {
        begin();
        ledger.syncs(false);
        Future<AppendResult> event = ledger.fsync(2, 2);
        ledger.awaitBlocked(1);
        demote();
        assertFails(Reason.UNAVAILABLE, event);
        FsyncLedger.promote(first);
        ledger.syncs(true);
        assertThat(ledger.confirmed(2, 2).outcomes()).hasOnlyElementsOfType(Duplicate.class);
    }

    /** By somebody whose next primary cannot be reached, so that it keeps what it has. */
    private void demote() {
        try (Jedis jedis = new Jedis(first.url())) {
            assertThat(jedis.replicaof("127.0.0.1", 1)).isEqualTo("OK");
        }
    }

    /** What another Redis has not got must not be overtaken there by what follows. */
    @Test
    void aStreamDoesNotGoOnWithARedisThatMayNotHaveWhatIsNotConfirmed() {
        begin();
        FsyncLedger.promote(second);
        ledger.syncs(false);
        AppendStream stream = ledger.log().stream(Durability.FSYNC);
        AppendStream.Written waiting = stream.write(Events.appends(2, 2));
        // It goes on waiting where it is: nothing tells that another one has taken over.
        ledger.network().moveTo(second.port());
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> stream.write(Events.appends(3, 3)))
                    .satisfies(e -> assertReason(Reason.UNAVAILABLE, e));
        }
        ledger.syncs(true);
        assertThat(waiting.await().outcomes()).hasOnlyElementsOfType(Appended.class);
        assertWholeAt(second, 1);
    }
}
