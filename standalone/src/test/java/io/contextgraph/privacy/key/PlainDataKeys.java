// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The data keys of a store as they are, for those who look for them where they must not be. */
public final class PlainDataKeys {
    private static final int MOST = 1000;

    private PlainDataKeys() {}

    /** All of them, up to a thousand. */
    public static Map<KeyId, byte[]> of(WrappedKeyStore store, KeyWrapper wrapper) {
        Map<KeyId, byte[]> keys = new TreeMap<>();
        for (KeyId id : store.list(Optional.empty(), MOST)) {
            WrappedKey wrapped = store.find(id).orElseThrow();
            byte[] ignored = keys.put(id, wrapper.unwrap(wrapped, id.associatedData()));
        }
        return keys;
    }
}
