// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

/** Data keys of tests, whose bytes are known. */
public final class TestDataKeys {
    private TestDataKeys() {}

    public static DataKey of(KeyId id, byte[] bytes) {
        return DataKey.consume(id, bytes.clone());
    }
}
