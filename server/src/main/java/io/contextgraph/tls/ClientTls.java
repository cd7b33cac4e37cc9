// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * How a client secures its connections.
 *
 * @param authorities whose certificates of servers are believed; empty: those that the JVM believes
 * @param identity the client's own certificate; empty: none
 */
public record ClientTls(Optional<Path> authorities, Optional<Identity.Files> identity) {
    /** What the JVM does by itself. */
    public static final ClientTls STANDARD = new ClientTls(Optional.empty(), Optional.empty());

    /** What is wrong with the files, each as a sentence. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        try {
            if (authorities.isPresent()) {
                Authorities.require(authorities.get());
            }
        } catch (TlsFileException unusable) {
            problems.add(String.valueOf(unusable.getMessage()));
        }
        try {
            if (identity.isPresent()) {
                Identity ignored = identity.get().read();
            }
        } catch (TlsFileException unusable) {
            problems.add(String.valueOf(unusable.getMessage()));
        }
        return problems;
    }

    /**
     * Secures connections, the host name verified. The files are read with the first connection, and looked at again
     * with later ones.
     *
     * @param patience for the whole handshake
     */
    public SSLSocketFactory factory(Duration patience) {
        return new ClientSocketFactory(this, patience);
    }

    Followed<SSLContext> context() throws TlsFileException {
        List<Path> files = new ArrayList<>();
        authorities.ifPresent(files::add);
        identity.ifPresent(own -> files.addAll(own.all()));
        return new Followed<>(files, this::context);
    }

    private SSLContext context(List<byte[]> contents) throws TlsFileException {
        int own = authorities.isPresent() ? 1 : 0;
        return Contexts.of(
                identity.isPresent()
                        ? Identity.of(identity.get(), contents.get(own), contents.get(own + 1))
                                .managers()
                        : null,
                authorities.isPresent() ? Authorities.managers(authorities.get(), contents.getFirst()) : null);
    }
}
