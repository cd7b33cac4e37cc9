// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.ledger.seal.Settled;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs for what a ledger has: adds what is there to stay to its log, in the order of its numbers, and makes a checkpoint of it.
 *
 * <p><b>Guarantees.</b> Only what the disk of the store has is signed for; where the store cannot say that, what was there for {@value
 * #SECONDS_UNCONFIRMED} seconds. Of several servers one signs at a time; were there two for a moment, they would sign the same. Where
 * the ledger has lost events that were signed for, a new epoch of it begins, and with it a log of its own that names the one before.
 * Whoever is killed has left nothing that the next one does not go on with.
 *
 * <p><b>Errors.</b> {@link LedgerException}, {@link io.contextgraph.storage.StorageException}, {@link ProofException} and those of
 * the archive: the next step tries again.
 *
 * <p><b>Threads.</b> One at a time; {@link #state} is safe for all.
 */
public final class LedgerSealer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerSealer.class);

    /** Leaves between two checkpoints while there are many. */
    private static final int CHUNK = 1 << 16;

    /** What a file of appends that is written once a second may lose. */
    private static final int SECONDS_UNCONFIRMED = 2;

    /** To read and store a chunk takes seconds, and so do witnesses; whoever is killed keeps the others from signing for so long. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long the newest checkpoint goes without a witness until they are asked again. */
    private static final Duration ALONE = Duration.ofMinutes(1);

    private final SealerParts parts;
    private final Partition ledger;
    private final String owner;
    private final InstantSource clock;
    private volatile SealerState state;
    private volatile boolean ending;
    private @Nullable Fence fence;
    private Instant renewed = Instant.MIN;
    private @Nullable OpenLog log;
    private long keys;
    private @Nullable Settled settled;
    private Instant settledAt = Instant.MIN;
    private Instant publishedAt = Instant.MIN;
    private Instant witnessedAt = Instant.MIN;
    private Optional<LaterLog> later = Optional.empty();
    private Instant laterAt = Instant.MIN;

    /** @param owner names this process to the others */
    public LedgerSealer(SealerParts parts, String owner) {
        this.parts = parts;
        this.ledger = parts.ledger();
        this.owner = owner;
        this.clock = parts.clock();
        this.state =
                new SealerState(0, 0, clock.instant(), Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    /** How far it is. */
    public SealerState state() {
        return state;
    }

    /**
     * Does what is due.
     *
     * @return how many events were signed for
     */
    public long step() {
        try {
            return stepped();
        } catch (RuntimeException e) {
            forget();
            // Another server may have what this one lacks.
            letGo();
            state = failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /**
     * Signs for everything that is there now, at once where the store confirms it.
     *
     * @return how many events were signed for
     */
    public long drain() {
        publishedAt = Instant.MIN;
        return step();
    }

    private long stepped() {
        Standing now = ledger.epochs().now();
        // Whatever comes of it, so many events wait.
        state = state.at(now.head().seq());
        Optional<LogName> name = LogName.of(now.identity());
        if (name.isEmpty()) {
            told(0, 0, false, Optional.empty());
            return 0;
        }
        if (!holdsLease()) {
            forget();
            long sealed = ledger.sealing()
                    .seal()
                    .filter(seal -> seal.epoch() == now.identity().epoch())
                    .map(seal -> seal.last().seq())
                    .orElse(0L);
            told(sealed, now.head().seq(), false, Optional.empty());
            return 0;
        }
        OpenLog open = isOpen(name.get()) ? log : null;
        if (open == null) {
            Optional<LaterLog> ended = LaterLog.of(parts.storage(), name.get());
            if (ended.isPresent()) {
                goBehind(ended.get(), name.get());
                return 0;
            }
            open = opened(name.get(), now.identity());
        }
        if (lacks(open, now)) {
            // Others may have signed for more since it was read.
            if (lacks(open, ledger.epochs().now())) {
                begin(open);
            }
            return 0;
        }
        long before = open.published();
        if (isDue(now.head().seq() - before)) {
            sign(open, now);
        } else if (open.isAlone() && !clock.instant().isBefore(witnessedAt.plus(ALONE))) {
            requireLease();
            witnessedAt = clock.instant();
            open.witness();
        }
        told(open.published(), now.head().seq(), true, settled == null ? Optional.empty() : settled.unconfirmed());
        return open.published() - before;
    }

    private static boolean lacks(OpenLog open, Standing now) {
        return now.head().seq() < Math.max(open.size(), open.claimed());
    }

    /** Has a step that goes on end with what it is doing: the rest is for the next one, or for another server. */
    void end() {
        ending = true;
    }

    private boolean holdsLease() {
        Instant now = clock.instant();
        Fence held = fence;
        if (held != null && now.isBefore(renewed.plus(LEASE.dividedBy(4)))) {
            return true;
        }
        if (held != null && ledger.sealing().lease().renew(held, LEASE)) {
            renewed = now;
            return true;
        }
        if (held != null) {
            forget();
        }
        fence = ledger.sealing().lease().take(owner, LEASE).orElse(null);
        renewed = now;
        return fence != null;
    }

    private boolean isOpen(LogName name) {
        OpenLog open = log;
        return open != null && open.name().equals(name) && parts.keys().version() == keys;
    }

    private OpenLog opened(LogName name, LedgerIdentity identity) {
        forget();
        long version = parts.keys().version();
        OpenLog open = OpenLog.open(parts, name, identity, this::keep);
        log = open;
        // Keys that were exchanged meanwhile are read the next time; those of the first log were made now.
        keys = version == 0 ? parts.keys().version() : version;
        LOG.info("proof: signs the log {} from event {} on", open.origin(), open.published() + 1);
        return open;
    }

    private boolean isDue(long waiting) {
        return waiting > 0
                && (waiting >= parts.settings().events()
                        || !clock.instant()
                                .isBefore(publishedAt.plus(parts.settings().interval())));
    }

    private void sign(OpenLog open, Standing now) {
        Settled there = settled(open);
        if (there == null) {
            return;
        }
        long through = there.through().seq();
        // What was taken over from an earlier log is signed for, too, where nothing has come behind it.
        boolean more = open.size() < through || open.isUnpublished();
        while (more) {
            if (!open.fill(open.next(Math.min(through, open.size() + CHUNK)))) {
                begin(open);
                return;
            }
            if (!ledger.sealing().stands(there)) {
                throw new LedgerException(
                        LedgerException.Reason.UNAVAILABLE,
                        "Redis has begun anew, or another has taken its place, while its events were read");
            }
            requireLease();
            open.publish(open.size() >= through);
            told(open.published(), Math.max(now.head().seq(), open.size()), true, there.unconfirmed());
            more = !ending && (open.size() < through || open.isUnpublished());
        }
        settled = null;
        publishedAt = clock.instant();
        witnessedAt = publishedAt;
    }

    /** What is there to stay; null where that is not known yet. */
    private @Nullable Settled settled(OpenLog open) {
        Settled there = settled;
        if (there == null || there.through().seq() < open.size()) {
            there = ledger.sealing().settle();
            settled = there;
            settledAt = clock.instant();
        }
        boolean known =
                there.unconfirmed().isEmpty() || !clock.instant().isBefore(settledAt.plusSeconds(SECONDS_UNCONFIRMED));
        return known ? there : null;
    }

    private void requireLease() {
        Fence held = fence;
        if (held == null || !ledger.sealing().lease().renew(held, LEASE)) {
            throw new LedgerException(
                    LedgerException.Reason.UNAVAILABLE,
                    "the lease has run out, so that another server may sign by now");
        }
        renewed = clock.instant();
    }

    /** Keeps the lease where something takes long. */
    private void keep() {
        if (!clock.instant().isBefore(renewed.plus(LEASE.dividedBy(4)))) {
            requireLease();
        }
    }

    /** The ledger has lost events that were signed, or claimed to be: begins a new epoch of it, behind what it still has of them. */
    private void begin(OpenLog open) {
        Standing now = ledger.epochs().now();
        if (!LogName.of(now.identity()).equals(Optional.of(open.name()))) {
            forget();
            return;
        }
        boolean pending = open.claimed() > open.published();
        Tree signed = pending ? open.signed() : open.tree();
        long size = pending ? open.signedSize() : open.size();
        long last = Math.min(size, now.head().seq());
        Head common = new LostEnd(ledger, signed, open.origin(), open.name().epoch(), this::keep).common(last, last);
        Head gone = ledger.pruning().extent().through();
        if (common.seq() == last && gone.seq() > last) {
            // What has gone by the rules was not lost.
            common = gone;
        }
        begin(open.name(), size, common);
    }

    /**
     * A later log goes on with that of the ledger: begins an epoch behind both. Where another ledger goes on with that one, this one
     * waits: each would end the epoch of the other, time and again.
     */
    private void goBehind(LaterLog ended, LogName name) {
        forget();
        Instant now = clock.instant();
        if (!later.equals(Optional.of(ended))) {
            later = Optional.of(ended);
            laterAt = now;
        }
        if (now.isBefore(laterAt.plus(ALONE))) {
            throw new LedgerException(
                    LedgerException.Reason.UNAVAILABLE,
                    "the ledger is in epoch " + name.epoch() + ", whose log has ended, and "
                            + ended.log().origin(parts.settings().name())
                            + " was signed last: an older file of Redis was put back, or another Redis has gone on; where"
                            + " nothing more is signed there for a minute, a new epoch begins");
        }
        OwnNotes notes =
                new OwnNotes(parts, parts.signing(name, ledger.sealing().seal()));
        StoredLog stored = new StoredLog(parts.storage(), ended.log());
        long size = notes.newest(stored, ended.log()).map(LogCheckpoint::size).orElse(0L);
        Head head = ledger.epochs().now().head();
        long last = Math.min(size, head.seq());
        Head common = new LostEnd(
                        ledger,
                        new Tree(stored, size),
                        notes.origin(ended.log()),
                        ended.log().epoch(),
                        this::keep)
                .common(last, last);
        begin(name, size, common.seq() == last ? head : common);
    }

    private void begin(LogName name, long size, Head common) {
        LOG.error(
                "proof: of the {} events that the log {} has, the ledger has {}: a new epoch of it begins, and a new log",
                size,
                name.origin(parts.settings().name()),
                common.seq());
        boolean begun = ledger.epochs().begin(name.epoch(), LaterLog.next(parts.storage(), name), common);
        LOG.info("proof: {}", begun ? "it has begun" : "another server has begun it");
        forget();
    }

    private void told(long sealed, long head, boolean own, Optional<String> unconfirmed) {
        Instant now = clock.instant();
        Optional<Instant> at = ledger.sealing().seal().map(Seal::at);
        state = new SealerState(
                sealed, head, sealed >= head ? now : state.wholeAt(), at, own, unconfirmed, Optional.empty());
    }

    private SealerState failed(String why) {
        SealerState was = state;
        return new SealerState(
                was.sealed(), was.head(), was.wholeAt(), was.at(), was.own(), was.unconfirmed(), Optional.of(why));
    }

    /** Begins with what is stored, the next time. */
    private void forget() {
        if (log != null) {
            log.close();
            log = null;
        }
        settled = null;
    }

    /** Lets another server sign. */
    @Override
    public void close() {
        forget();
        letGo();
    }

    private void letGo() {
        Fence held = fence;
        fence = null;
        if (held != null) {
            try {
                ledger.sealing().lease().release(held);
            } catch (LedgerException away) {
                LOG.debug("proof: the lease goes by itself", away);
            }
        }
    }
}
