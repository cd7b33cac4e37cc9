// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store of keys that is opened as soon as it answers: whoever starts while it is away goes on with all that is about nobody.
 *
 * <p><b>Errors.</b> Those of the store; until it is open, that it is UNAVAILABLE, and why.
 */
final class DeferredKeyStore implements WrappedKeyStore {
    private final Supplier<WrappedKeyStore> opening;
    private final String place;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable WrappedKeyStore opened;

    private DeferredKeyStore(Supplier<WrappedKeyStore> opening, String place) {
        this.opening = opening;
        this.place = place;
    }

    /**
     * Opens it, now or later.
     *
     * @param place where it is, for people
     * @throws KeyServiceException where it answers and cannot be used
     */
    static WrappedKeyStore of(Supplier<WrappedKeyStore> opening, String place) {
        DeferredKeyStore store = new DeferredKeyStore(opening, place);
        try {
            WrappedKeyStore ignored = store.store();
        } catch (KeyServiceException away) {
            if (away.reason() != Reason.UNAVAILABLE) {
                throw away;
            }
        }
        return store;
    }

    /** One opens it; nobody waits for that one. */
    private WrappedKeyStore store() {
        WrappedKeyStore there = opened;
        if (there != null) {
            return there;
        }
        if (!lock.tryLock()) {
            throw new KeyServiceException(Reason.UNAVAILABLE, place + " is being opened, and has not answered yet");
        }
        try {
            there = opened;
            if (there == null) {
                there = opening.get();
                opened = there;
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<WrappedKey> find(KeyId id) {
        return store().find(id);
    }

    @Override
    public WrappedKey create(KeyId id, WrappedKey key) {
        return store().create(id, key);
    }

    @Override
    public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
        return store().replace(id, was, key);
    }

    @Override
    public void destroy(KeyId id) {
        store().destroy(id);
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        return store().list(after, limit);
    }

    @Override
    public ErasureLedger erasures() {
        return new ErasureLedger() {
            @Override
            public Erasures find(Pseudonym pseudonym) {
                return store().erasures().find(pseudonym);
            }

            @Override
            public boolean add(Erasures was, Erasures.Step step) {
                return store().erasures().add(was, step);
            }

            @Override
            public List<Erasures> list(Optional<Pseudonym> after, int limit) {
                return store().erasures().list(after, limit);
            }

            @Override
            public String revision() {
                return store().erasures().revision();
            }
        };
    }

    @Override
    public void rewrap(KeyWrapper wrapper) {
        store().rewrap(wrapper);
    }

    @Override
    public String id() {
        return store().id();
    }

    @Override
    public String describe() {
        WrappedKeyStore there = opened;
        return there == null ? place : there.describe();
    }

    @Override
    public void close() {
        WrappedKeyStore there = opened;
        if (there != null) {
            there.close();
        }
    }
}
