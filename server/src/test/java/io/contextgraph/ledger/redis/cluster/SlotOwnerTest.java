// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;

class SlotOwnerTest {
    private static final HostAndPort ONE = new HostAndPort("one", 7000);
    private static final HostAndPort TWO = new HostAndPort("two", 7000);
    private static final HostAndPort THREE = new HostAndPort("three", 7000);

    /** Whom each node takes for the master of all slots; a node that is not here does not answer. */
    private final Map<HostAndPort, HostAndPort> believed = new HashMap<>();

    private final List<HostAndPort> asked = new ArrayList<>();
    private final SlotOwner slot = new SlotOwner(5, List.of(ONE, TWO), Duration.ofSeconds(1));

    private HostAndPort find() {
        return slot.find(this::shards, false);
    }

    private Object shards(HostAndPort node) {
        asked.add(node);
        HostAndPort master = believed.get(node);
        if (master == null) {
            throw new JedisConnectionException("silence");
        }
        List<Object> nodes = new ArrayList<>();
        for (HostAndPort each : List.of(ONE, TWO, THREE)) {
            nodes.add(List.of(
                    bytes("port"),
                    (long) each.getPort(),
                    bytes("endpoint"),
                    bytes(each.getHost()),
                    bytes("role"),
                    bytes(each.equals(master) ? "master" : "replica"),
                    bytes("health"),
                    bytes("online")));
        }
        return List.of(List.of(bytes("slots"), List.of(0L, 16383L), bytes("nodes"), nodes));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasFoundIsBelievedUntilItIsDoubted() {
        believed.put(ONE, TWO);
        assertThat(find()).isEqualTo(TWO);
        assertThat(find()).isEqualTo(TWO);
        assertThat(asked).containsExactly(ONE);

        slot.doubt(THREE, null);
        assertThat(find()).isEqualTo(TWO);
        assertThat(asked).containsExactly(ONE);

        believed.put(TWO, THREE);
        slot.doubt(TWO, null);
        assertThat(find()).isEqualTo(THREE);
    }

    @Test
    void aNodeThatDoesNotAnswerIsPassedOver() {
        believed.put(TWO, TWO);
        assertThat(find()).isEqualTo(TWO);
        assertThat(asked).containsExactly(ONE, TWO);
    }

    /** The node that gave the slot away knows who has it, when others do not yet. */
    @Test
    void theOneThatIsNamedIsAskedFirst() {
        believed.put(ONE, TWO);
        assertThat(find()).isEqualTo(TWO);
        believed.put(THREE, THREE);
        slot.doubt(TWO, THREE);
        assertThat(find()).isEqualTo(THREE);
        assertThat(asked).containsExactly(ONE, THREE);
    }

    @Test
    void allNodesThatWereSeenAreAskedWhenThoseThatWereSetAreGone() {
        believed.put(ONE, ONE);
        assertThat(find()).isEqualTo(ONE);
        believed.clear();
        believed.put(THREE, THREE);
        slot.doubt(null, null);
        assertThat(find()).isEqualTo(THREE);
    }

    @Test
    void whereNobodyAnswersThatIsAnErrorThatMayPass() {
        assertThatThrownBy(this::find)
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("two:7000 does not tell which node of the cluster has the ledger: silence");
        believed.put(TWO, TWO);
        assertThat(find()).isEqualTo(TWO);
    }

    @Test
    void aConnectionThatIsLateWithItsNewsIsNotBelieved() {
        believed.put(ONE, TWO);
        assertThat(find()).isEqualTo(TWO);
        slot.doubt(null, TWO);
        slot.doubt(ONE, THREE);
        assertThat(find()).isEqualTo(TWO);
        assertThat(asked).containsExactly(ONE);
    }
}
