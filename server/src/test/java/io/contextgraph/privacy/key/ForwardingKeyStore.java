// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import java.util.Optional;

/** Does what another store does: tests change some of it. */
public class ForwardingKeyStore implements WrappedKeyStore {
    private final WrappedKeyStore store;

    public ForwardingKeyStore(WrappedKeyStore store) {
        this.store = store;
    }

    @Override
    public Optional<WrappedKey> find(KeyId id) {
        return store.find(id);
    }

    @Override
    public WrappedKey create(KeyId id, WrappedKey key) {
        return store.create(id, key);
    }

    @Override
    public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
        return store.replace(id, was, key);
    }

    @Override
    public void destroy(KeyId id) {
        store.destroy(id);
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        return store.list(after, limit);
    }

    @Override
    public ErasureLedger erasures() {
        return new Ledger();
    }

    protected Erasures erasuresOf(Pseudonym pseudonym) {
        return store.erasures().find(pseudonym);
    }

    protected boolean add(Erasures was, Erasures.Step step) {
        return store.erasures().add(was, step);
    }

    protected String revision() {
        return store.erasures().revision();
    }

    private final class Ledger implements ErasureLedger {
        @Override
        public Erasures find(Pseudonym pseudonym) {
            return erasuresOf(pseudonym);
        }

        @Override
        public boolean add(Erasures was, Erasures.Step step) {
            return ForwardingKeyStore.this.add(was, step);
        }

        @Override
        public List<Erasures> list(Optional<Pseudonym> after, int limit) {
            return store.erasures().list(after, limit);
        }

        @Override
        public String revision() {
            return ForwardingKeyStore.this.revision();
        }
    }

    @Override
    public String id() {
        return store.id();
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
