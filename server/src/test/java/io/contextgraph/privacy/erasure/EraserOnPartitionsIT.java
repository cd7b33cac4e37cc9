// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.testing.RedisServers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One erasure over three partitions. */
class EraserOnPartitionsIT extends EraserContract {
    private static final int PARTITIONS = 3;

    @Override
    LedgerFixture fresh() {
        RedisSettings settings = RedisSettings.defaults(RedisServers.seven())
                .withEngine(Engine.SORTED_SET)
                .withPrefix("test-" + UUID.randomUUID() + ":");
        List<RedisSettings> all = RedisPartitions.of(settings, List.of(), PARTITIONS);
        return PartitionedFixture.of(PARTITIONS, n -> RedisFixture.connect(all.get(n)));
    }

    @Override
    List<ErasurePlace> files(LedgerFixture of) {
        List<ErasurePlace> files = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (ErasurePlace place :
                    files((RedisFixture) ((PartitionedFixture) of).parts().get(partition))) {
                files.add(new PartitionPlace(partition, place));
            }
        }
        return files;
    }
}
