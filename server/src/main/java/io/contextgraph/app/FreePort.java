// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Before anything is started: a port that is taken is the most usual reason why a server cannot. */
final class FreePort {
    private FreePort() {}

    /** @throws IOException where nobody could listen, with a message that says what to do */
    static void require(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException | IllegalArgumentException taken) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + " (" + taken.getMessage()
                            + "): stop what uses it, or set http.port (CG_HTTP_PORT); 0 takes any free one",
                    taken);
        }
    }
}
