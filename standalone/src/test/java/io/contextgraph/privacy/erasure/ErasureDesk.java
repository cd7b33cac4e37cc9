// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jPersonalNodes;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.personal.RedisKeyNews;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.FileKeyStore;
import io.contextgraph.privacy.local.KeyFile;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.local.StruckFiles;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.testing.StruckSteps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One process that erases persons: on a real Redis, a real Neo4j, and keys in files. */
final class ErasureDesk implements AutoCloseable {
    static final int SEGMENTS = 7;
    static final int BACKUPS = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final RedisLedger ledger;
    final Neo4jGraph graph;
    final ErasureBed bed;
    final PayloadSealer sealer;
    private final RedisKeyNews news;
    private final WrappedKeyStore store;
    private final DataKeys keys;

    /** Where stores and files are. */
    record Where(Engine engine, String prefix, Path folder, Neo4jAddress neo4j) {
        RedisSettings redis(URI url) {
            return RedisSettings.defaults(url).withEngine(engine).withPrefix(prefix);
        }

        /** Makes the keys, two of pseudonyms; the one that signs receipts. */
        ReceiptKey makeKeys() {
            KeyVersions ignored = KeyFile.create(folder.resolve("wrapping.key"));
            ignored = KeyFile.create(folder.resolve("pseudonyms.key"));
            ignored = KeyFile.rotate(folder.resolve("pseudonyms.key"));
            try (LocalKeyWrapper wrapper = LocalKeyWrapper.ofFile(folder.resolve("wrapping.key"))) {
                FileKeyStore.create(folder.resolve("store"), wrapper).close();
            }
            return ReceiptKey.create(folder.resolve("receipts.key"));
        }
    }

    private ErasureDesk(Where where, URI redis, StruckSteps steps) {
        RedisSettings settings = where.redis(redis);
        ledger = RedisLedger.connect(settings);
        Neo4jAddress neo4j = where.neo4j();
        graph = new Neo4jGraph(Neo4jSettings.of(neo4j.uri(), neo4j.user(), neo4j.password(), "neo4j"));
        news = RedisKeyNews.of(settings);
        LocalKeyWrapper wrapper = LocalKeyWrapper.ofFile(where.folder().resolve("wrapping.key"));
        store = StruckFiles.open(where.folder().resolve("store"), wrapper, steps);
        Pseudonyms pseudonyms = new Pseudonyms(KeyFile.read(where.folder().resolve("pseudonyms.key")));
        ReceiptKey receipts = ReceiptKey.read(where.folder().resolve("receipts.key"));
        bed = new ErasureBed(ledger, receipts, store, news, wrapper, pseudonyms);
        keys = bed.server();
        sealer = new PayloadSealer(pseudonyms, keys);
        RedisPersistedFiles files = new RedisPersistedFiles(settings);
        for (ErasurePlace place : List.of(
                new ParkedPlace(ledger.parking()),
                new GraphPlace(new Neo4jPersonalNodes(graph)),
                Copies.archive(() -> SEGMENTS),
                Copies.backups(() -> BACKUPS),
                FilesPlace.appendOnly(files, PATIENCE),
                FilesPlace.snapshots(files, PATIENCE))) {
            boolean ignored = bed.places.add(new StruckPlace(place, steps));
        }
    }

    static ErasureDesk open(Where where, URI redis, StruckSteps steps) {
        return new ErasureDesk(where, redis, steps);
    }

    /** One that comes to no end. */
    static ErasureDesk open(Where where, URI redis) {
        return new ErasureDesk(where, redis, new StruckSteps());
    }

    Eraser eraser() {
        return bed.eraser(keys);
    }

    List<Pseudonym> names(String person) {
        return bed.names(person);
    }

    @Override
    public void close() {
        keys.close();
        store.close();
        news.close();
        graph.close();
        ledger.close();
    }

    /** A place that is swept by a process that may end there. */
    private record StruckPlace(ErasurePlace place, StruckSteps steps) implements ErasurePlace {
        @Override
        public String name() {
            return place.name();
        }

        @Override
        public Sweep sweep(List<Pseudonym> names) {
            Sweep[] swept = new Sweep[1];
            try {
                steps.take("sweep " + name(), () -> {}, () -> swept[0] = place.sweep(names));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return swept[0];
        }
    }
}
