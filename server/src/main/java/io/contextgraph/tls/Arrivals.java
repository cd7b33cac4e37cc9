// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** Looks at connections before TLS begins on them. */
public interface Arrivals {
    /**
     * Lets a connection in, in the thread that will serve it.
     *
     * @return the bytes that have been read from it
     * @throws IOException when it is not to be served; it has been closed then
     */
    InputStream admit(Socket socket) throws IOException;
}
