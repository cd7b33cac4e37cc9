// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports of loopback. */
public final class Ports {
    private Ports() {}

    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
