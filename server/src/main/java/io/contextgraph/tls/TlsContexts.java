// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes the contexts in which connections begin. */
public final class TlsContexts {
    /** What is spoken; all that is older is broken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private TlsContexts() {}

    /**
     * For clients.
     *
     * @param authorities PEM file of whom to trust; empty: those that Java trusts
     * @param identity what to show to a server that asks
     * @throws TlsFileException when the file cannot be used
     */
    public static SSLContext client(Optional<Path> authorities, Optional<TlsIdentity> identity) {
        TrustManager @Nullable [] trusted =
                authorities.map(TlsContexts::trusting).orElse(null);
        return context(
                identity.map(one -> new KeyManager[] {new CurrentIdentity(one)}).orElse(null), trusted);
    }

    static SSLContext server(CurrentIdentity identity) {
        return context(new KeyManager[] {identity}, null);
    }

    private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static TrustManager[] trusting(Path file) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : PemFile.read(file).certificates()) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException("the authorities in " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** What every client insists on: the name of the server in its certificate, and no old protocol. */
    public static SSLParameters clientParameters() {
        SSLParameters parameters = new SSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
        return parameters;
    }
}
