// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom to believe that a server is who it says. */
final class ServerTrust {
    private ServerTrust() {}

    /**
     * Believes those whose certificates stand in a file.
     *
     * @throws IOException with a message that says what to do
     */
    static SSLContext of(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
            believed.load(null, null);
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                believed.setCertificateEntry("authority-" + believed.size(), authority);
            }
            if (believed.size() == 0) {
                throw new IOException(ServerAddress.AUTHORITIES + ": no certificate stands in " + authorities);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(believed);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(
                    ServerAddress.AUTHORITIES + ": no certificates in PEM stand in " + authorities, unusable);
        }
    }
}
