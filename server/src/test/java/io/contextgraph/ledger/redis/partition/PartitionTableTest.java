// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.router.Partitioning;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.JedisClusterCRC16;

class PartitionTableTest {
    private static final UUID LEDGER = UUID.fromString("01234567-0123-4123-8123-0123456789ab");

    /** As clusters are made: each master has as many slots as the others. */
    @Test
    void eachPartitionIsOnAMasterOfItsOwnWhereThereAreAsMany() {
        for (int partitions = 2; partitions <= Partitioning.MAX_PARTITIONS; partitions++) {
            List<String> tags = PartitionTable.founded(LEDGER, partitions).tags();
            assertThat(tags).hasSize(partitions).doesNotHaveDuplicates();
            for (int i = 0; i < partitions; i++) {
                int slot = JedisClusterCRC16.getSlot(tags.get(i));
                assertThat(slot).isBetween(16_384 * i / partitions, 16_384 * (i + 1) / partitions);
                assertThat(tags.get(i)).startsWith("p" + i);
            }
        }
    }

    @Test
    void whatIsKeptIsRead() {
        PartitionTable table = PartitionTable.founded(LEDGER, 3);
        for (OptionalInt partition : List.of(OptionalInt.empty(), OptionalInt.of(2))) {
            PartitionTable.Kept kept = PartitionTable.parse(table.text(partition), "there");
            assertThat(kept.table()).isEqualTo(table);
            assertThat(kept.partition()).isEqualTo(partition);
        }
        for (String damaged :
                List.of("", "{}", table.text(OptionalInt.empty()).replace("\"partitions\":3", "\"partitions\":4"))) {
            assertThatThrownBy(() -> PartitionTable.parse(damaged, "redis://there:1"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("redis://there:1")
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void whatWasFixedIsNotChanged() {
        PartitionTable table = PartitionTable.founded(LEDGER, 3);
        assertThat(table.obstacle(3)).isEmpty();
        assertThat(table.obstacle(4).orElseThrow())
                .contains("has 3 partitions, not 4")
                .contains("Set redis.partitions to 3")
                .endsWith("or move it into a new one with 4: contextgraph export --by-partition FOLDER from this one,"
                        + " contextgraph import FOLDER into that one");
        assertThat(new PartitionTable(LEDGER, table.tags(), 64, Partitioning.HASH).obstacle(3))
                .isPresent();
        assertThat(new PartitionTable(LEDGER, table.tags(), Partitioning.SLOTS, "other").obstacle(3))
                .isPresent();
    }
}
