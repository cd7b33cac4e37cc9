// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy;

/** A sealed payload cannot be opened although its key is there: it, or what it belongs to, is not what was sealed. */
public final class SealBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SealBrokenException(String message) {
        super(message);
    }
}
