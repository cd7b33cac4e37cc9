// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.KeyWrapperContract;
import io.contextgraph.privacy.key.WrappedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalKeyWrapperTest extends KeyWrapperContract {
    private static final byte[] BELONGING = {1};

    private final List<LocalKeyWrapper> connected = new ArrayList<>();
    private KeyVersions keys = KeyVersions.random();

    @Override
    protected KeyWrapper connect() {
        LocalKeyWrapper wrapper = new LocalKeyWrapper(keys, "a test");
        connected.add(wrapper);
        return wrapper;
    }

    @Override
    protected void rotate() {
        keys = keys.rotated();
        connected.forEach(wrapper -> wrapper.renew(keys));
    }

    @Test
    void aVersionThatIsGoneIsAskedForByNumber() {
        LocalKeyWrapper wrapper = new LocalKeyWrapper(keys, "a test");
        WrappedKey wrapped = wrapper.wrap(new byte[32], BELONGING);
        KeyVersions both = keys.rotated();
        TreeMap<Integer, byte[]> second = new TreeMap<>();
        assertThat(second.put(2, both.key(2))).isNull();
        wrapper.renew(new KeyVersions(second));
        refused(Reason.REFUSED, () -> wrapper.unwrap(wrapped, BELONGING));
        wrapper.renew(both);
        assertThat(wrapper.unwrap(wrapped, BELONGING)).isEqualTo(new byte[32]);
        assertThat(wrapper.describe()).isEqualTo("version 2 of a test");
    }

    @Test
    void anotherKeyUnderTheSameNumberIsNoticed() {
        WrappedKey wrapped = new LocalKeyWrapper(keys, "a test").wrap(new byte[32], BELONGING);
        LocalKeyWrapper other = new LocalKeyWrapper(KeyVersions.random(), "a test");
        refused(Reason.DAMAGED, () -> other.unwrap(wrapped, BELONGING));
    }
}
