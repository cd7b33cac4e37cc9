// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates are believed. */
public final class Authorities {
    private Authorities() {}

    /** Reads a PEM file of certificates, to find out whether it can be used. */
    public static void require(Path file) throws TlsFileException {
        TrustManager[] ignored = managers(file, Pem.bytes(file));
    }

    /** Those of a PEM file, and no others. */
    static TrustManager[] managers(Path file, byte[] bytes) throws TlsFileException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate one : Pem.of(file, bytes).certificates()) {
                store.setCertificateEntry("authority" + number++, one);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException(file + " has certificates that cannot be used", e);
        }
    }
}
