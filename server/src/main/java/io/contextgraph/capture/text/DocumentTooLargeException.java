// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;

/** A JSON document has more bytes than may be held in memory. */
public final class DocumentTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    public DocumentTooLargeException(long maxBytes) {
        super("a JSON document must not have more than " + maxBytes
                + " bytes unpacked; of an array, each element may stand on a line of its own instead");
    }
}
