// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.security.SecureRandom;

/** Keys that nobody can guess. */
public final class RandomKey {
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomKey() {}

    /** {@link KeyVersions#KEY_BYTES} random bytes. */
    public static byte[] bytes() {
        byte[] key = new byte[KeyVersions.KEY_BYTES];
        RANDOM.nextBytes(key);
        return key;
    }
}
