// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Arrays;
import java.util.Optional;

/**
 * Seals what a store of keys keeps under names: by the store's own key, for the name in this store, so that nothing can stand
 * in another's place.
 *
 * <p><b>Shape.</b> A byte {@value #FORM}, then what {@link SealingKey} makes. No two that say the same have the same bytes.
 */
public final class StoreSeal {
    private static final byte FORM = 1;
    private static final String LABEL = "Context Graph key store file 1";

    private final String storeId;
    private final SealingKey key;

    /** @param storeId as {@link WrappedKeyStore#id} has it */
    public StoreSeal(String storeId, SealingKey key) {
        this.storeId = storeId;
        this.key = key;
    }

    /** What is kept under a name. */
    public byte[] seal(String name, byte[] content) {
        byte[] sealed = key.seal(content, belonging(name));
        byte[] bytes = new byte[sealed.length + 1];
        bytes[0] = FORM;
        System.arraycopy(sealed, 0, bytes, 1, sealed.length);
        return bytes;
    }

    /** What it says; empty for what was cut, altered, or sealed for another name. */
    public Optional<byte[]> open(String name, byte[] bytes) {
        return bytes.length == 0 || bytes[0] != FORM
                ? Optional.empty()
                : key.open(Arrays.copyOfRange(bytes, 1, bytes.length), belonging(name));
    }

    private byte[] belonging(String name) {
        return AssociatedData.of(LABEL, storeId, name);
    }
}
