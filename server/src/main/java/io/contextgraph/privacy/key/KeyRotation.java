// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.util.List;
import java.util.Optional;

/**
 * Wraps all data keys by the newest version of the wrapping key. No event and no sealed payload is touched.
 *
 * <p><b>Guarantees.</b> May be repeated and broken off; goes on beside servers that make, use and destroy keys, and brings
 * back none that was destroyed. When it returns, no key that was there when it began is wrapped by an older version.
 */
public final class KeyRotation {
    private static final int PAGE = 1_000;
    private static final int TRIES = 100;

    private final KeyWrapper wrapper;
    private final WrappedKeyStore store;

    public KeyRotation(KeyWrapper wrapper, WrappedKeyStore store) {
        this.wrapper = wrapper;
        this.store = store;
    }

    /**
     * What was done.
     *
     * @param wrapped anew
     * @param current those that needed nothing
     */
    public record Report(long wrapped, long current) {}

    /** Goes through all of them. */
    public Report run() {
        store.rewrap(wrapper);
        long wrapped = 0;
        long current = 0;
        Optional<KeyId> after = Optional.empty();
        List<KeyId> page;
        do {
            page = store.list(after, PAGE);
            for (KeyId id : page) {
                boolean changed = rewrap(id);
                wrapped += changed ? 1 : 0;
                current += changed ? 0 : 1;
                after = Optional.of(id);
            }
        } while (page.size() == PAGE);
        return new Report(wrapped, current);
    }

    private boolean rewrap(KeyId id) {
        for (int i = 0; i < TRIES; i++) {
            Optional<WrappedKey> was = store.find(id);
            if (was.isEmpty()) {
                return false;
            }
            WrappedKey now = wrapper.rewrap(was.get(), id.associatedData());
            if (now.equals(was.get())) {
                return false;
            }
            if (store.replace(id, was.get(), now)) {
                return true;
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE, "the key " + id + " changed all the time while it was wrapped anew");
    }
}
