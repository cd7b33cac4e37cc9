// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

/**
 * A data key as it is kept: sealed by a wrapping key.
 *
 * @param wrapper name of the wrapping key, as its {@link KeyWrapper} calls it
 * @param version of the wrapping key, from 1
 * @param ciphertext in the form of its wrapper
 */
public record WrappedKey(String wrapper, int version, String ciphertext) {
    /** Without what is sealed. */
    @Override
    public String toString() {
        return "wrapped by " + wrapper + " version " + version;
    }
}
