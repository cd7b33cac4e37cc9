// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.checkpoint.Checkpoints;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.feed.FeedSettings;
import io.contextgraph.ledger.router.NamedPartition;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.PartCheck;
import io.contextgraph.privacy.erasure.ErasurePlace;
import io.contextgraph.privacy.erasure.PartitionPlace;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A partition of the ledger of a deployment, open: what it is to itself.
 *
 * @param number from 0 on
 * @param of how many partitions the ledger has
 * @param redis how its Redis is reached
 * @param place where it is, in words that stay the same when Redis starts again
 */
record StoredPartition(int number, int of, RedisSettings redis, RedisLedger ledger, String place) {
    /** The part of a place in which what is of one partition is kept beside Redis; empty where that is the whole place. */
    static Optional<String> folder(int number, int of) {
        return of == 1 ? Optional.empty() : Optional.of("p" + number);
    }

    /** Where that is among the data of this process. */
    Path folder(Settings settings) {
        Path all = settings.get(BackendSettings.DATA_DIR);
        return folder(number, of).map(all::resolve).orElse(all);
    }

    private boolean isWhole() {
        return of == 1;
    }

    /** What a group is given of it, under positions that say which partition they are of where there are others. */
    EventFeed feed(String group, FeedSettings how) {
        EventFeed feed = ledger.feed(group, how);
        return isWhole() ? feed : new NamedPartition(number, ledger).named(feed);
    }

    /** A check of it, which says so where there are others. */
    Check named(Check check) {
        return isWhole() ? check : new PartCheck("partition " + number, check);
    }

    /** A place of it from which persons are erased, which says so where there are others. */
    ErasurePlace named(ErasurePlace place) {
        return isWhole() ? place : new PartitionPlace(number, place);
    }

    /** The meters of it, which say so where there are others. */
    Metrics metrics(Metrics all) {
        return isWhole() ? all : all.labelled("partition", Integer.toString(number));
    }

    /** What is remembered of it outside of Redis. */
    Checkpoints checkpoints(Settings settings, InstantSource clock) {
        return new Checkpoints(folder(settings).resolve("checkpoints"), place, ledger.order(), ledger.epochs(), clock);
    }
}
