// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.IOException;

/** An answer that there must not be; the message tells it whole. */
final class UnexpectedException extends IOException {
    private static final long serialVersionUID = 1L;

    UnexpectedException(String message) {
        super(message);
    }
}
