// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.io.IOException;

/** A JSON document has more bytes than may be held in memory. */
final class DocumentTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    DocumentTooLargeException(long maxBytes) {
        super("a JSON document must not have more than " + maxBytes
                + " bytes unpacked: write it as lines, one value a line");
    }
}
