// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.StoredTexts;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Imports about persons into Redis, with the index of Search and without; each key of it is looked at. */
class PersonalImportIT {
    @BeforeAll
    static void needsSearch() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                PersonalImportIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    abstract static class InRedis extends PersonalImportContract {
        @Override
        Stream<String> texts(PartitionFixture ledger) {
            return StoredTexts.of((RedisFixture) ledger).entrySet().stream().map(Map.Entry::toString);
        }
    }

    @Nested
    class WithSearch extends InRedis {
        @Override
        PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        }
    }

    @Nested
    class InSortedSets extends InRedis {
        @Override
        PartitionFixture fresh() {
            return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
        }
    }
}
