// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.Archive;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.neo4j.Neo4jPersonalNodes;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.personal.RedisKeyNews;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Check;
import io.contextgraph.privacy.erasure.Copies;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.erasure.ErasurePlace;
import io.contextgraph.privacy.erasure.ErasureReplay;
import io.contextgraph.privacy.erasure.ErasureSchedule;
import io.contextgraph.privacy.erasure.FilesPlace;
import io.contextgraph.privacy.erasure.GraphPlace;
import io.contextgraph.privacy.erasure.ParkedPlace;
import io.contextgraph.privacy.erasure.RememberedErasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.privacy.setup.KeyUpkeep;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PersonalKeysCheck;
import io.contextgraph.privacy.setup.PrivacySettings;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.proof.audit.ErasureEvidence;
import io.contextgraph.proof.audit.ReceiptEvidence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a deployment does with what is about persons: with the keys that are set, or without any. */
final class PersonalParts implements AutoCloseable {
    /** To write a file of Redis anew takes some seconds for each GB that it holds. */
    private static final Duration FILE_PATIENCE = Duration.ofMinutes(10);

    private static final int MOST_ASKED = 100_000;

    private final Settings settings;
    private final ClosingStack opened = new ClosingStack();
    private @Nullable PersonalKeys keys;

    /** Opens nothing yet: most commands need no keys. */
    PersonalParts(Settings settings) {
        this.settings = settings;
    }

    /**
     * The keys that are set, open.
     *
     * @throws KeyServiceException when they cannot be used
     */
    private synchronized Optional<PersonalKeys> keys() {
        if (keys == null) {
            PersonalKeys.open(settings).map(opened::push).ifPresent(open -> keys = open);
        }
        return Optional.ofNullable(keys);
    }

    /** A ledger that is given what is about persons sealed; without keys it is given none. */
    Partition sealing(Partition ledger) {
        return new SealingLedger(ledger, () -> keys().map(PersonalKeys::sealer));
    }

    /** Looks at the keys, where there are any. */
    Optional<Check> check() {
        return settings.get(PrivacySettings.KEYS).map(ignored -> new PersonalKeysCheck(() -> keys().orElseThrow()));
    }

    /**
     * Finds what is about a person, where there are keys.
     *
     * @param archives of the partitions, where events are archived
     */
    Optional<Subjects> subjects(Ledger ledger, Supplier<List<Archive>> archives) {
        return keys().map(all -> new Subjects(ledger, archives, all.pseudonyms(), all.store(), all.sealer()));
    }

    /**
     * Erases persons, where there are keys; closed with this.
     *
     * @param stores with the graph
     * @param partitions of the ledger
     * @param backups how many there are
     */
    Optional<Eraser> eraser(
            Stores stores,
            List<LocalPartition> partitions,
            LongSupplier backups,
            AuditTrail trail,
            InstantSource clock) {
        return keys().map(all -> {
            List<ErasurePlace> swept = new ArrayList<>(List.of(
                    new ParkedPlace(stores.ledger().parking()),
                    new GraphPlace(new Neo4jPersonalNodes(stores.graph()))));
            partitions.forEach(partition -> swept.add(partition
                    .stored()
                    .named(Copies.archive(() -> partition
                            .archive()
                            .map(found -> found.list().segments().size())
                            .orElse(0)))));
            swept.add(Copies.backups(backups));
            // A server that has all partitions has one set of files.
            List<StoredPartition> servers = stores.isOneServer() ? List.of(stores.home()) : stores.partitions();
            servers.forEach(server ->
                    swept.add(named(server, servers.size(), FilesPlace.appendOnly(files(server), FILE_PATIENCE))));
            servers.forEach(server ->
                    swept.add(named(server, servers.size(), FilesPlace.snapshots(files(server), FILE_PATIENCE))));
            ErasureParts parts =
                    new ErasureParts(all.dataKeys(), news(stores.home().redis()), swept, trail, all.receipts());
            return new Eraser(stores.ledger(), all.store(), parts, clock);
        });
    }

    private static ErasurePlace named(StoredPartition server, int of, ErasurePlace place) {
        return of == 1 ? place : server.named(place);
    }

    private static RedisPersistedFiles files(StoredPartition server) {
        return new RedisPersistedFiles(server.redis());
    }

    /** Finds receipts for erasures, where there are keys. */
    Optional<ErasureEvidence> evidence(Ledger ledger) {
        return keys().map(all -> new ReceiptEvidence(
                new RememberedErasures(ledger.personal().erasures()),
                all.receipts().publicKey()));
    }

    private KeyNews news(RedisSettings redis) {
        return opened.push(RedisKeyNews.of(redis));
    }

    /**
     * Whether a payload is sealed by a key that was erased: as the ledger knows by its fences, or the store of keys does. For one
     * piece of work: what it was told of a key it does not ask again.
     *
     * <p><b>Errors.</b> {@link LedgerException} where either cannot be asked.
     */
    Predicate<SealedForm> erased(Partition ledger) {
        Map<KeyId, Boolean> asked = new ConcurrentHashMap<>();
        return form -> {
            if (asked.size() > MOST_ASKED) {
                asked.clear();
            }
            KeyId key = new KeyId(Pseudonym.of(form.subject().value()), form.generation());
            return asked.computeIfAbsent(
                    key,
                    one -> ledger.personal().fence(form.subject()).orElse(0) >= form.generation() || isErased(one));
        };
    }

    private boolean isErased(KeyId key) {
        try {
            return keys().map(all -> all.store().erasures().find(key.pseudonym()))
                    .flatMap(erasures -> erasures.intended(key.generation()))
                    .isPresent();
        } catch (KeyServiceException away) {
            throw LedgerException.telling(
                    LedgerException.Reason.KEY_SERVICE_UNAVAILABLE, "whether a person was erased cannot be told", away);
        }
    }

    /** Replays all erasures on a ledger that was restored: what came of it; empty where there are no keys. */
    Optional<ErasureReplay.Replayed> replay(Ledger ledger) {
        return replaying(ledger).map(ErasureReplay::run);
    }

    private Optional<ErasureReplay> replaying(Ledger ledger) {
        return keys().map(all -> new ErasureReplay(ledger, all.store().erasures()));
    }

    /** Has the erasures go on that are not at their end; for who starts and closes it. */
    Optional<ErasureSchedule> schedule(Ledger ledger, Optional<Eraser> eraser, Operations operations) {
        return eraser.map(
                one -> new ErasureSchedule(ledger, one, replaying(ledger).orElseThrow(), operations));
    }

    /** Has keys forgotten that are not needed any more, or that another server has destroyed; for who starts and closes it. */
    Optional<KeyUpkeep> upkeep() {
        return keys().map(PersonalKeys::upkeep);
    }

    /** Forgets keys of which other servers tell that they are destroyed, until this is closed. */
    void listen(RedisSettings redis) {
        keys().ifPresent(all -> {
            KeyNews.Listening ignored =
                    opened.push(news(redis).listen(name -> all.dataKeys().drop(Pseudonym.of(name.value()))));
        });
    }

    @Override
    public void close() {
        opened.close();
    }
}
