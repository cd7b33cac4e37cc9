// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.Erasures.Kind;
import io.contextgraph.privacy.key.Erasures.Step;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps of an erasure that are about keys, and the return of who was erased.
 *
 * <p><b>Guarantees.</b> Each step may be repeated, by several at once, and after a crash anywhere: {@link #intend}, then
 * {@link #destroy}, then {@link #complete}. A key of the next generation can only be made after {@link #authorise}, and no step
 * of an erasure of older ones is about it, however late that is.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}; what was done stays done.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class KeyErasure {
    private static final int TRIES = 100;
    private static final int PAGE = 1_000;

    private final WrappedKeyStore store;

    public KeyErasure(WrappedKeyStore store) {
        this.store = store;
    }

    /** Whether there is, or was, a key of any of these pseudonyms. */
    public boolean knows(List<Pseudonym> names) {
        return names.stream().anyMatch(name -> {
            Erasures erasures = store.erasures().find(name);
            return !erasures.steps().isEmpty() || isThere(store, new KeyId(name, erasures.generation()));
        });
    }

    /** The keys that are, or were last, in use under these pseudonyms: what an erasure that is asked for now is of. */
    public List<KeyId> current(List<Pseudonym> names) {
        return names.stream()
                .map(name -> new KeyId(name, store.erasures().find(name).generation()))
                .toList();
    }

    /**
     * From when this returns none of these keys, nor any older one, can be made; where one was meant to be erased already it stays
     * as it was.
     */
    public List<Erasures> intend(List<KeyId> ids, Instant at) {
        return ids.stream().map(id -> advanced(id, at, Kind.INTENDED)).toList();
    }

    /**
     * Destroys these keys and all older ones, and looks whether they are gone. Those of who has returned since stay.
     *
     * @throws IllegalStateException when that is not intended
     * @throws KeyServiceException when anything of a key may be left
     */
    public void destroy(List<KeyId> ids) {
        for (KeyId id : ids) {
            requireIntended(id);
            for (int generation = 1; generation <= id.generation(); generation++) {
                destroyed(new KeyId(id.pseudonym(), generation));
            }
        }
    }

    private void requireIntended(KeyId id) {
        if (store.erasures().find(id.pseudonym()).erasedThrough() < id.generation()) {
            throw new IllegalStateException("nobody intends to erase " + id);
        }
    }

    /** Whether there is anything of a key, be it damaged: then it is to be destroyed all the same. */
    public static boolean isThere(WrappedKeyStore store, KeyId id) {
        try {
            return store.find(id).isPresent();
        } catch (KeyServiceException unreadable) {
            if (unreadable.reason() == Reason.DAMAGED) {
                return true;
            }
            throw unreadable;
        }
    }

    private void destroyed(KeyId id) {
        store.destroy(id);
        if (isThere(store, id)) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the key " + id + " is still in " + store.describe() + " after it was destroyed: look what keeps or"
                            + " brings back what is deleted there");
        }
    }

    /**
     * Writes down that these keys are destroyed.
     *
     * @throws IllegalStateException when that was not even intended
     */
    public List<Erasures> complete(List<KeyId> ids, Instant at) {
        List<Erasures> done = new ArrayList<>();
        for (KeyId id : ids) {
            requireIntended(id);
            done.add(advanced(id, at, Kind.DONE));
        }
        return List.copyOf(done);
    }

    /**
     * Allows a key of the next generation for each of these pseudonyms that was erased.
     *
     * @throws KeyServiceException of the reason REFUSED when an erasure of one of them is not done yet: then none is allowed
     */
    public List<Erasures> authorise(List<Pseudonym> names, Instant at) {
        for (Pseudonym name : names) {
            Erasures erasures = store.erasures().find(name);
            if (erasures.last().filter(step -> step.kind() == Kind.INTENDED).isPresent()) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        "the erasure of " + name + " is not done yet: let it end before you authorise a new key");
            }
        }
        return current(names).stream()
                .map(id -> advanced(id, at, Kind.AUTHORISED))
                .toList();
    }

    /** Adds a step where it is the next one, and no later generation has begun. */
    private Erasures advanced(KeyId id, Instant at, Kind wanted) {
        for (int i = 0; i < TRIES; i++) {
            Erasures was = store.erasures().find(id.pseudonym());
            Step step = was.next(at);
            if (step.kind() != wanted || was.generation() > id.generation()) {
                return was;
            }
            if (store.erasures().add(was, step)) {
                return was.with(step);
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE,
                "what is written down of the erasure of " + id.pseudonym() + " changed all the time");
    }

    /**
     * Destroys keys of subjects that are erased: of a server that stopped dead just when it had made one too late. Nothing was
     * ever sealed by such a key.
     *
     * @return how many there were
     */
    public int sweep() {
        int swept = 0;
        Optional<KeyId> after = Optional.empty();
        List<KeyId> page;
        do {
            page = store.list(after, PAGE);
            for (KeyId id : page) {
                Erasures erasures = store.erasures().find(id.pseudonym());
                if (erasures.intended(id.generation()).isPresent()) {
                    destroyed(id);
                    swept++;
                }
                after = Optional.of(id);
            }
        } while (page.size() == PAGE);
        return swept;
    }
}
