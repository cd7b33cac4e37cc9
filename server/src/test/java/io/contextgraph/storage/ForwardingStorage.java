// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Another storage, of which a test overrides what is to go otherwise. Whoever opened that closes it. */
public abstract class ForwardingStorage implements Storage {
    private final Storage storage;

    protected ForwardingStorage(Storage storage) {
        this.storage = storage;
    }

    @Override
    public void put(String name, Path from) {
        storage.put(name, from);
    }

    @Override
    public void put(String name, byte[] content) {
        storage.put(name, content);
    }

    /** {@inheritDoc} By putting it, so that a test overrides one of the two. */
    @Override
    public void claim(String name, byte[] content) {
        put(name, content);
    }

    @Override
    public InputStream open(String name) {
        return storage.open(name);
    }

    @Override
    public List<StoredFile> list(String prefix) {
        return storage.list(prefix);
    }

    @Override
    public Deletion delete(String name) {
        return storage.delete(name);
    }

    @Override
    public String describe() {
        return storage.describe();
    }

    @Override
    public void close() {}
}
