// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeySlots.Known;
import io.contextgraph.privacy.key.KeySlots.Slot;
import io.contextgraph.privacy.key.SubjectKey.Forgotten;
import io.contextgraph.privacy.key.SubjectKey.Usable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of subjects: made when they are first needed, remembered for a while, never given out for a subject that is
 * erased.
 *
 * <p><b>Units and bounds.</b> {@link DataKeySettings}: so many keys, for so long; one that nobody asks for stays until
 * {@link #tidy} is called.
 *
 * <p><b>Guarantees.</b> Of any number of servers that need the first key of a subject at once, one makes it, and all use it.
 * An erasure by this server counts at once when it calls {@link #drop}; one by another server within
 * {@link DataKeySettings#recheck} of when it was intended, even where no message of it arrived. A key of another generation
 * than the current one is never given out.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}. Where it cannot be known whether a subject was erased, no key is given out,
 * remembered or not.
 *
 * <p><b>Threads.</b> Safe. Of those who need the same key at once one loads it.
 */
public final class DataKeys implements AutoCloseable {
    private final KeyWrapper wrapper;
    private final WrappedKeyStore store;
    private final DataKeySettings settings;
    private final LongSupplier nanos;
    private final KeySlots slots;
    private final Revisions revisions;

    /** What is given stays the caller's to close. */
    public DataKeys(KeyWrapper wrapper, WrappedKeyStore store, DataKeySettings settings) {
        this(wrapper, store, settings, System::nanoTime);
    }

    DataKeys(KeyWrapper wrapper, WrappedKeyStore store, DataKeySettings settings, LongSupplier nanos) {
        this.wrapper = wrapper;
        this.store = store;
        this.settings = settings;
        this.nanos = nanos;
        this.slots = new KeySlots(settings.entries());
        this.revisions = new Revisions(store.erasures(), settings, nanos);
    }

    /**
     * The key by which what is said of a subject is sealed now; it is made where there is none.
     *
     * @param names all pseudonyms of the subject, newest first, as {@link Pseudonyms#all} has them: an erasure under any of
     *     them counts
     */
    public SubjectKey forSealing(List<Pseudonym> names) {
        String revision = revisions.current();
        for (Pseudonym older : names.subList(1, names.size())) {
            Erasures erasures = known(older, revision).erasures();
            if (!erasures.isOpen()) {
                return forgotten(erasures, erasures.generation());
            }
        }
        Pseudonym newest = names.getFirst();
        Known known = slots.get(newest).known;
        if (known == null || known.key() == null || !isValid(known, revision)) {
            return load(names, revision);
        }
        return new Usable(known.key());
    }

    /**
     * The key that opens what was sealed under a pseudonym by a generation of its key.
     *
     * @throws KeyServiceException of the reason DAMAGED when there should be one, and is none
     */
    public SubjectKey forOpening(Pseudonym pseudonym, int generation) {
        String revision = revisions.current();
        Slot slot = slots.get(pseudonym);
        Known known = slot.known;
        if (known == null || known.key() == null || !isValid(known, revision)) {
            known = loadToOpen(slot, new KeyId(pseudonym, generation), revision);
        }
        Erasures erasures = known.erasures();
        if (!erasures.allows(generation)) {
            return forgotten(erasures, generation);
        }
        DataKey key = known.key();
        return key == null ? gone(new KeyId(pseudonym, generation)) : new Usable(key);
    }

    /** It may have been erased between the look at what happened and that for the key. */
    private Forgotten gone(KeyId id) {
        Erasures now = store.erasures().find(id.pseudonym());
        if (now.allows(id.generation())) {
            throw missing(id);
        }
        return forgotten(now, id.generation());
    }

    /** What happened to a pseudonym, as far as this server has to know. */
    public Erasures erasures(Pseudonym pseudonym) {
        return known(pseudonym, revisions.current()).erasures();
    }

    private static Forgotten forgotten(Erasures erasures, int generation) {
        KeyId id = new KeyId(erasures.pseudonym(), generation);
        Optional<Instant> at = erasures.intended(generation);
        if (at.isEmpty()) {
            throw new KeyServiceException(
                    Reason.DAMAGED,
                    "something is sealed by " + id
                            + ", but nobody has authorised this generation: the ledger of erasures is"
                            + " older than what was sealed; bring back the newest one");
        }
        return new Forgotten(id, at.get());
    }

    private KeyServiceException missing(KeyId id) {
        return new KeyServiceException(
                Reason.DAMAGED,
                "the key " + id + " is not in " + store.describe() + ", and no erasure tells why: bring back what is"
                        + " missing there; no other key is made in its place");
    }

    private boolean isValid(Known known, String revision) {
        return known.revision().equals(revision)
                && nanos.getAsLong() - known.at() < settings.age().toNanos();
    }

    /** What happened to a pseudonym, with its key only where that was known. */
    private Known known(Pseudonym pseudonym, String revision) {
        Slot slot = slots.get(pseudonym);
        Known known = slot.known;
        if (known != null && isValid(known, revision)) {
            return known;
        }
        lock(slot, pseudonym);
        try {
            return refreshed(slot, pseudonym, revision);
        } finally {
            slot.loading.unlock();
        }
    }

    private void lock(Slot slot, Pseudonym pseudonym) {
        Revisions.Waiting.lock(slot.loading, settings.patience(), "the key of " + pseudonym);
    }

    /** Looks again what happened; a key stays that is still allowed and not too old. */
    private Known refreshed(Slot slot, Pseudonym pseudonym, String revision) {
        Known before = slot.known;
        if (before != null && isValid(before, revision)) {
            return before;
        }
        Erasures erasures = store.erasures().find(pseudonym);
        DataKey key = before == null ? null : before.key();
        long at = before == null ? nanos.getAsLong() : before.at();
        if (key != null && !erasures.allows(key.id().generation())) {
            key.drop();
            key = null;
        }
        if (key != null && nanos.getAsLong() - at >= settings.age().toNanos()) {
            key = again(key.id());
            at = nanos.getAsLong();
        }
        return keep(slot, new Known(erasures, key, revision, key == null ? nanos.getAsLong() : at));
    }

    /** A key that was there, and is read anew; null where it was erased meanwhile. */
    private @Nullable DataKey again(KeyId id) {
        Optional<WrappedKey> wrapped = store.find(id);
        if (wrapped.isEmpty()) {
            Forgotten ignored = gone(id);
            return null;
        }
        return unwrapped(id, wrapped.get());
    }

    private DataKey unwrapped(KeyId id, WrappedKey wrapped) {
        return DataKey.consume(id, wrapper.unwrap(wrapped, id.associatedData()));
    }

    /** A slot that was dropped meanwhile keeps nothing: its key would outlive the erasure. */
    private static Known keep(Slot slot, Known known) {
        slot.known = known;
        if (slot.dropped && known.key() != null) {
            known.key().drop();
        }
        return known;
    }

    private Known loadToOpen(Slot slot, KeyId id, String revision) {
        lock(slot, id.pseudonym());
        try {
            Known known = refreshed(slot, id.pseudonym(), revision);
            if (known.key() != null || !known.erasures().allows(id.generation())) {
                return known;
            }
            Optional<WrappedKey> wrapped = store.find(id);
            return wrapped.isEmpty()
                    ? known
                    : keep(
                            slot,
                            new Known(known.erasures(), unwrapped(id, wrapped.get()), revision, nanos.getAsLong()));
        } finally {
            slot.loading.unlock();
        }
    }

    private SubjectKey load(List<Pseudonym> names, String revision) {
        Pseudonym newest = names.getFirst();
        Slot slot = slots.get(newest);
        lock(slot, newest);
        try {
            Known known = refreshed(slot, newest, revision);
            Erasures erasures = known.erasures();
            if (!erasures.isOpen()) {
                return forgotten(erasures, erasures.generation());
            }
            DataKey key = known.key();
            if (key == null) {
                KeyId id = new KeyId(newest, erasures.generation());
                Optional<WrappedKey> wrapped = store.find(id);
                key = wrapped.isPresent() ? unwrapped(id, wrapped.get()) : made(id, names);
                if (key == null) {
                    return closed(names);
                }
                Known ignored = keep(slot, new Known(erasures, key, revision, nanos.getAsLong()));
            }
            return new Usable(key);
        } finally {
            slot.loading.unlock();
        }
    }

    /**
     * Makes a key, or gets that of another who was faster; null where the subject is being erased.
     *
     * <p>INVARIANT: whoever erases writes down the intent first and destroys afterwards. So a key after whose making no
     * intent is seen will be destroyed by any erasure that is still to come; and one after whose making an intent is seen
     * may have come too late to be destroyed, and goes at once, before anything was sealed by it.
     */
    private @Nullable DataKey made(KeyId id, List<Pseudonym> names) {
        byte[] fresh = RandomKey.bytes();
        try {
            WrappedKey own = wrapper.wrap(fresh, id.associatedData());
            WrappedKey kept = store.create(id, own);
            if (!isStillOpen(id, names)) {
                if (kept.equals(own)) {
                    store.destroy(id);
                }
                return null;
            }
            return kept.equals(own) ? DataKey.consume(id, fresh) : unwrapped(id, kept);
        } finally {
            Arrays.fill(fresh, (byte) 0);
        }
    }

    private boolean isStillOpen(KeyId id, List<Pseudonym> names) {
        ErasureLedger ledger = store.erasures();
        return ledger.find(id.pseudonym()).allows(id.generation())
                && names.stream().skip(1).allMatch(older -> ledger.find(older).isOpen());
    }

    /** The erasure that was seen after a key was made. */
    private SubjectKey closed(List<Pseudonym> names) {
        for (Pseudonym name : names) {
            Erasures erasures = store.erasures().find(name);
            if (!erasures.isOpen()) {
                return forgotten(erasures, erasures.generation());
            }
        }
        // Erased, and authorised again, in the time of a few calls.
        throw new KeyServiceException(
                Reason.UNAVAILABLE, "what is known of " + names.getFirst() + " changes just now: try again");
    }

    /** Forgets the key of a pseudonym, also for those who still hold it; the next one who asks looks anew. */
    public void drop(Pseudonym pseudonym) {
        slots.drop(pseudonym);
    }

    /** Forgets what is too old although nobody asks for it: to be called now and then. */
    public void tidy() {
        slots.forgetBefore(nanos.getAsLong() - settings.age().toNanos());
    }

    /** How many pseudonyms something is remembered of. */
    int remembered() {
        return slots.size();
    }

    /** Forgets all keys. */
    @Override
    public void close() {
        slots.dropAll();
    }
}
