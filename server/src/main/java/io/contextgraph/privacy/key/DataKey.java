// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A data key in use: seals and opens what is said of one subject.
 *
 * <p><b>Guarantees.</b> Once it was dropped it does nothing any more, whoever still holds it. Its bytes were overwritten when
 * it was made; what Tink made of them becomes garbage when it is dropped, which Java overwrites in its own time.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class DataKey {
    private final KeyId id;
    private volatile @Nullable SealingKey key;

    private DataKey(KeyId id, SealingKey key) {
        this.id = id;
        this.key = key;
    }

    /** Takes the bytes of a key, and overwrites them. */
    static DataKey consume(KeyId id, byte[] bytes) {
        return new DataKey(id, SealingKey.consume(bytes));
    }

    /** Which one. */
    public KeyId id() {
        return id;
    }

    /**
     * Seals for whoever names the same associated data.
     *
     * @throws KeyServiceException of the reason UNAVAILABLE when it was dropped meanwhile
     */
    public byte[] seal(byte[] plain, byte[] associatedData) {
        return usable().seal(plain, associatedData);
    }

    /**
     * Opens what was sealed by it with the same associated data; empty for anything else.
     *
     * @throws KeyServiceException of the reason UNAVAILABLE when it was dropped meanwhile
     */
    public Optional<byte[]> open(byte[] sealed, byte[] associatedData) {
        return usable().open(sealed, associatedData);
    }

    private SealingKey usable() {
        SealingKey usable = key;
        if (usable == null) {
            throw new KeyServiceException(
                    Reason.UNAVAILABLE, "the key " + id + " was dropped while it was in use: ask for it again");
        }
        return usable;
    }

    void drop() {
        key = null;
    }

    /** Which one, without the key. */
    @Override
    public String toString() {
        return "data key " + id;
    }
}
