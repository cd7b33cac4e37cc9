// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import javax.net.ssl.SSLException;

/** A connection that could not be secured; the message is a sentence for people. */
public final class TlsFailure extends SSLException {
    private static final long serialVersionUID = 1L;

    TlsFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
