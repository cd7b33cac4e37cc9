// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

/** Does what another wrapper does: tests change some of it. */
class ForwardingKeyWrapper implements KeyWrapper {
    private final KeyWrapper wrapper;

    ForwardingKeyWrapper(KeyWrapper wrapper) {
        this.wrapper = wrapper;
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
        return wrapper.wrap(dataKey, associatedData);
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
        return wrapper.unwrap(wrapped, associatedData);
    }

    @Override
    public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
        return wrapper.rewrap(wrapped, associatedData);
    }

    @Override
    public void probe() {
        wrapper.probe();
    }

    @Override
    public String describe() {
        return wrapper.describe();
    }

    @Override
    public void close() {
        wrapper.close();
    }
}
