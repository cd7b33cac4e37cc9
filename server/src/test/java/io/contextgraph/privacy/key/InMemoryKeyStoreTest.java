// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

class InMemoryKeyStoreTest extends WrappedKeyStoreContract {
    private final InMemoryKeyStore store = new InMemoryKeyStore();

    @Override
    protected WrappedKeyStore connect() {
        return store;
    }
}
