// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Contexts for servers of tests. */
public final class TlsServers {
    private TlsServers() {}

    /** @param clients of whom clients must show a certificate */
    public static SSLContext context(Path certificate, Path key, Optional<Path> clients) {
        return TlsContexts.client(clients, Optional.of(TlsIdentity.read(certificate, key)));
    }
}
