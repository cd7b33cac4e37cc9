// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Between the engines, each on a server of its own, in both directions. */
class ExportImportIT {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                ExportImportIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    private static PartitionFixture search() {
        return RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
    }

    private static PartitionFixture sortedSet() {
        return RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
    }

    abstract static class Move extends ExportImportContract {
        @Override
        void assertWhole(PartitionFixture ledger) {
            if (ledger instanceof RedisFixture redis) {
                LedgerAudit.assertWhole(redis.settings());
            } else {
                throw new AssertionError("not in Redis: " + ledger);
            }
        }
    }

    @Nested
    class FromSearch extends Move {
        @Override
        PartitionFixture from() {
            return search();
        }

        @Override
        PartitionFixture to() {
            return sortedSet();
        }
    }

    @Nested
    class FromSortedSet extends Move {
        @Override
        PartitionFixture from() {
            return sortedSet();
        }

        @Override
        PartitionFixture to() {
            return search();
        }
    }
}
