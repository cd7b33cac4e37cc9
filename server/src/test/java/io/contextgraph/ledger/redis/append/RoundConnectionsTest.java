// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;

/** Which connections are used again. They lead nowhere: nothing is sent on them. */
class RoundConnectionsTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private int opened;
    private final RoundConnections connections = new RoundConnections(3, this::open);

    private RoundConnection open() {
        opened++;
        SharedKeys shared = new SharedKeys(List.of(), new KnownHead(new Keys("test:"), () -> 0));
        return new RoundConnection(
                new Connection(),
                AppendScript.of(Engine.SORTED_SET),
                shared,
                new RoundConnection.Marks("barrier", Optional.empty()),
                false);
    }

    private RoundConnection take() {
        return connections.take(LONG);
    }

    @Test
    void oneThatWasOfUseIsUsedAgain() {
        RoundConnection one = take();
        connections.giveBack(one, true);
        assertThat(take()).isSameAs(one);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void whereOneIsLostThoseThatAreIdleAreLostWithIt() {
        RoundConnection one = take();
        RoundConnection two = take();
        connections.giveBack(two, true);
        connections.giveBack(one, false);
        assertThat(take()).isNotSameAs(one).isNotSameAs(two);
        assertThat(opened).isEqualTo(3);
    }

    @Test
    void whereTheLedgerHasGoneElsewhereNoneIsUsedAgain() {
        RoundConnection one = take();
        RoundConnection two = take();
        connections.giveBack(two, true);
        connections.abandon();
        connections.giveBack(one, true);
        assertThat(take()).isNotSameAs(one).isNotSameAs(two);
    }

    /** Its answer may have come just before the server went; the next one never would. */
    @Test
    void whereOneIsLostThoseThatAreInUseAreNotUsedAgain() {
        RoundConnection one = take();
        RoundConnection two = take();
        connections.giveBack(one, false);
        connections.giveBack(two, true);
        RoundConnection three = take();
        assertThat(three).isNotSameAs(two);
        connections.giveBack(three, true);
        assertThat(take()).isSameAs(three);
        assertThat(connections.inUse()).isEqualTo(1);
    }
}
