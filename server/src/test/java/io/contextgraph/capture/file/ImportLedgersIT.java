// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Imports into Redis, with the index of Search and without. */
class ImportLedgersIT {
    private static final int ROUNDS = Math.max(1, Extent.IMPORT_SEEDS.value() / 6);

    @BeforeAll
    static void needsSearch() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                ImportLedgersIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    private static PartitionFixture search() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }

    private static PartitionFixture sortedSet() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }

    @Nested
    class RunsWithSearch extends RunIdentityContract {
        @Override
        PartitionFixture fresh() {
            return search();
        }
    }

    @Nested
    class RunsInSortedSets extends RunIdentityContract {
        @Override
        PartitionFixture fresh() {
            return sortedSet();
        }
    }

    @Nested
    class TracesWithSearch extends ImportPropertyContract {
        @Override
        PartitionFixture fresh() {
            return search();
        }

        @Override
        int rounds() {
            return ROUNDS;
        }
    }

    @Nested
    class TracesInSortedSets extends ImportPropertyContract {
        @Override
        PartitionFixture fresh() {
            return sortedSet();
        }

        @Override
        int rounds() {
            return ROUNDS;
        }
    }
}
