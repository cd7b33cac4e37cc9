// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;

/** A storage that fails before or behind one of its operations, as if the process were killed there. */
final class KilledStorage extends ForwardingStorage {
    private int left;

    /** @param left how many steps there are before that; each writing has two, each deletion one */
    KilledStorage(Storage storage, int left) {
        super(storage);
        this.left = left;
    }

    private void step() {
        if (left-- == 0) {
            throw new StorageException(StorageException.Reason.UNAVAILABLE, "killed");
        }
    }

    @Override
    public void put(String file, byte[] content) {
        step();
        super.put(file, content);
        step();
    }

    @Override
    public Deletion delete(String file) {
        step();
        return super.delete(file);
    }
}
