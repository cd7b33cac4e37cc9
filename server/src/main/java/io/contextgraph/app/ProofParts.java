// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.config.Settings;
import io.contextgraph.event.EventId;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Check;
import io.contextgraph.proof.LedgerSealer;
import io.contextgraph.proof.ProofCheck;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.SealerParts;
import io.contextgraph.proof.SealerState;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditParts;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.audit.LedgerProving;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.witness.HttpWitnesses;
import io.contextgraph.proof.witness.Witness;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a deployment does so that others can check what its ledger has. */
final class ProofParts implements Proving, AutoCloseable {
    /** Longer than what is there must have been there before it is signed for. */
    private static final Duration UNCONFIRMED = Duration.ofMillis(2100);

    /** To look at an archive again costs. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private final Settings settings;
    private final ArchivePlaces places;
    private final PersonalParts personal;
    private final StoredPartition stored;
    private final Stores stores;
    private final InstantSource clock;
    private @Nullable Storage storage;
    private @Nullable Function<EventId, Optional<ArchivedEvent>> finder;
    private Instant foundAt = Instant.MIN;
    private @Nullable HttpWitnesses asked;

    /**
     * Opens nothing yet: most commands need nothing of it.
     *
     * @param stored what is signed for
     * @param stores all that there is of its ledger
     */
    ProofParts(
            Settings settings,
            ArchivePlaces places,
            PersonalParts personal,
            StoredPartition stored,
            Stores stores,
            InstantSource clock) {
        this.settings = settings;
        this.places = places;
        this.personal = personal;
        this.stored = stored;
        this.stores = stores;
        this.clock = clock;
    }

    /** Whether anything is signed. */
    boolean isOn() {
        return settings.get(ProofSettings.ENABLED);
    }

    /** Signs; nothing is begun yet. */
    LedgerSealer sealer(String owner) {
        return new LedgerSealer(
                new SealerParts(
                        stored.ledger(),
                        storage(),
                        keys(settings),
                        ProofSettings.from(settings),
                        () -> Stream.concat(archive().stream(), ids().stream()).toList(),
                        scratch(),
                        witnesses(),
                        clock),
                owner);
    }

    /** Those who cosign. */
    synchronized Witnesses witnesses() {
        List<Witness> set = ProofSettings.witnesses(settings);
        if (asked == null && !set.isEmpty()) {
            asked = new HttpWitnesses(set, settings.get(ProofSettings.WITNESS_TIMEOUT), clock);
        }
        return asked == null ? Witnesses.NONE : asked;
    }

    /** The file with the keys that sign. */
    static ProofKeys keys(Settings settings) {
        return new ProofKeys(settings.get(ProofSettings.KEY)
                .orElseGet(() -> settings.get(BackendSettings.DATA_DIR).resolve("proof.key")));
    }

    private Path scratch() {
        return stored.folder(settings).resolve("proof-work");
    }

    private synchronized Storage storage() {
        if (storage == null) {
            storage = settings.get(ProofSettings.STORE)
                    .map(place -> Storages.open(place, settings))
                    .orElseGet(() -> new FolderStorage(settings.get(BackendSettings.DATA_DIR)));
        }
        return storage;
    }

    private Optional<Archive> archive() {
        return places.archive(stored.ledger().epochs());
    }

    /** What has the ids of events alone. */
    private List<Archive> ids() {
        return places
                .prunedIds()
                .flatMap(place -> Archive.of(place, stored.ledger().epochs()))
                .stream()
                .toList();
    }

    /** Where an event is that has gone; what was archived since it was looked last is found a minute later. */
    private Optional<ArchivedEvent> gone(EventId id) {
        Optional<ArchivedEvent> found = finder(false).apply(id);
        return found.isPresent() ? found : finder(true).apply(id);
    }

    private synchronized Function<EventId, Optional<ArchivedEvent>> finder(boolean missed) {
        Instant now = clock.instant();
        if (finder == null || (missed && now.isAfter(foundAt.plus(FORGOTTEN)))) {
            finder = places.finder(stored.ledger().epochs());
            foundAt = now;
        }
        return finder;
    }

    private LedgerProving shown() {
        String deployment = settings.get(ProofSettings.ORIGIN);
        Prover prover = new Prover(
                stored.ledger(),
                storage(),
                keys(settings),
                deployment,
                ProofSettings.witnesses(settings).stream().map(Witness::key).toList(),
                this::gone);
        Auditor auditor = new Auditor(new AuditParts(
                stored.ledger(),
                stores.trail(),
                storage(),
                keys(settings),
                deployment,
                this::archive,
                this::ids,
                () -> personal.evidence(stores.ledger()),
                () -> RedisMender.open(stored.redis()),
                scratch()));
        return new LedgerProving(stored.ledger(), prover, auditor);
    }

    /** The log of an epoch, or that which grows. */
    Optional<StoredLog> log(Optional<Long> epoch) {
        return shown().log(epoch);
    }

    /** Looks at the log as a command does, where anything is signed. */
    Optional<Check> check() {
        return isOn()
                ? Optional.of(new ProofCheck(
                        this::looked, Witnesses.NONE::state, settings.get(ProofSettings.INTERVAL), clock))
                : Optional.empty();
    }

    private SealerState looked() {
        long head = stored.ledger().order().head().seq();
        Optional<Seal> seal = stored.ledger().sealing().seal();
        return new SealerState(
                seal.map(one -> one.last().seq()).orElse(0L),
                head,
                seal.map(Seal::at).orElseGet(clock::instant),
                seal.map(Seal::at),
                false,
                Optional.empty(),
                problem(seal.isPresent()));
    }

    /** Why nobody with these settings could sign. */
    private Optional<String> problem(boolean signed) {
        try {
            if (checkpoint().isEmpty() && signed) {
                return Optional.of("the ledger was signed for, and no log of it is in "
                        + storage().describe());
            }
            if (signed) {
                Object ignored = keys(settings).read();
            }
            return Optional.empty();
        } catch (ProofException | StorageException unusable) {
            return Optional.of(String.valueOf(unusable.getMessage()));
        }
    }

    /** {@inheritDoc} Signs for it first where no server does. */
    @Override
    public Prover.Answer prove(EventId id) {
        Prover.Answer answer = shown().prove(id);
        return answer instanceof Prover.Answer.Unsealed && signed() ? shown().prove(id) : answer;
    }

    /**
     * Signs for what is there, where no server can: a command that has the stores to itself.
     *
     * @return whether it has
     */
    boolean signed() {
        if (!isOn() || !stores.alone()) {
            return false;
        }
        try (LedgerSealer sealer = sealer("command")) {
            long ignored = sealer.drain();
            if (sealer.state().waiting() > 0 && sealer.state().unconfirmed().isPresent()) {
                Thread.sleep(UNCONFIRMED);
                ignored = sealer.drain();
            }
            return true;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    @Override
    public Optional<SignedNote> checkpoint() {
        return shown().checkpoint();
    }

    @Override
    public JsonNode standing() {
        return shown().standing();
    }

    @Override
    public AuditReport audit(Auditor.Request request, Watcher watcher) {
        return shown().audit(request, watcher);
    }

    @Override
    public synchronized void close() {
        if (asked != null) {
            asked.close();
        }
        if (storage != null) {
            storage.close();
        }
    }
}
