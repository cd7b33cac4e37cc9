// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.backup.SnapshotTrial;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import io.contextgraph.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Tries snapshots out on a Redis that is started for it, in a folder of its own. */
final class StartedTrial implements SnapshotTrial {
    private final Settings settings;
    private final LedgerHeader.Share share;
    private final Backends.Factory backends;

    /** @param share which part of a ledger is looked for */
    StartedTrial(Settings settings, LedgerHeader.Share share, Backends.Factory backends) {
        this.settings = settings;
        this.share = share;
        this.backends = backends;
    }

    @Override
    public Seen tryOut(Path snapshot, Store store, Path work) throws IOException {
        backends.plant(work, snapshot, store);
        Backends.RedisWishes wishes = new Backends.RedisWishes(
                settings.get(BackendSettings.MAXMEMORY),
                Optional.empty(),
                settings.get(BackendSettings.FETCH),
                Durability.MEMORY);
        try (Backends started = backends.open(new Backends.Wanted(work, true, false, wishes), said -> {})) {
            String url = started.redisUrl().orElseThrow() + "/" + store.database();
            RedisSettings redis = RedisSettings.from(settings, URI.create(url))
                    .withPrefix(store.prefix())
                    .withShare(share)
                    .withCluster(ClusterSettings.OFF)
                    .withLogins(Map.of())
                    .withTls(ClientTls.STANDARD);
            Examined examined;
            try (RedisMender mender = RedisMender.open(redis)) {
                examined = mender.examine(damage -> {}, looked -> {});
            }
            try (RedisLedger ledger = RedisLedger.connectUnexamined(redis)) {
                return new Seen(ledger.epochs().now(), examined.total(), ledger.describe());
            }
        }
    }
}
