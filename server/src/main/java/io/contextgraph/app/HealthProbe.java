// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.HttpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the server of this machine whether it is ready, or, with the argument {@code project}, the process that only feeds the
 * graph, for whoever looks after a container or a service: ends with 0 where it is. Reads the settings that the server reads;
 * trusts the certificate that they name, whatever host it is for.
 */
public final class HealthProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PROJECT = "project";
    private static final int MOST_BYTES = 4096;

    private HealthProbe() {}

    /** Prints what the server answers. */
    public static void main(String[] arguments) {
        System.exit(run(arguments.length > 0 && arguments[0].equals(PROJECT), System.getenv()));
    }

    /** @param worker whether it is a process that only feeds the graph */
    private static int run(boolean worker, Map<String, String> environment) {
        try {
            Settings settings = ProductSettings.CATALOG.load(Map.of(), environment, Optional.empty());
            HttpURLConnection asked = ask(settings, worker);
            int status = asked.getResponseCode();
            try (var body = status < 400 ? asked.getInputStream() : asked.getErrorStream()) {
                System.out.println(status + " " + new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
            }
            return status == 200 ? 0 : 1;
        } catch (IOException | ConfigurationException failed) {
            System.err.println("not ready: " + failed.getMessage());
            return 1;
        }
    }

    private static HttpURLConnection ask(Settings settings, boolean worker) throws IOException {
        HttpSettings server = HttpSettings.from(settings, "");
        HttpSettings how = worker ? server.at(Worker.HOST, settings.get(HttpSettings.METRICS_PORT)) : server;
        boolean everywhere = how.host().equals("0.0.0.0") || how.host().equals("::");
        URI address = Server.address(how.tls().isPresent(), everywhere ? "127.0.0.1" : how.host(), how.port());
        HttpURLConnection asked =
                (HttpURLConnection) address.resolve(worker ? "/v1/health/ready?of=projection" : "/v1/health/ready")
                        .toURL()
                        .openConnection();
        asked.setConnectTimeout(Math.toIntExact(PATIENCE.toMillis()));
        asked.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        if (asked instanceof HttpsURLConnection secured) {
            secured.setSSLSocketFactory(
                    trusting(how.tls().orElseThrow().certificate()).getSocketFactory());
            secured.setHostnameVerifier((name, session) -> true);
        }
        return asked;
    }

    /** Trusts the certificates of a file, and nothing else. */
    private static SSLContext trusting(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("certificate-" + number++, certificate);
            }
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException damaged) {
            throw new IOException("cannot use the certificate in " + file + ": " + damaged.getMessage(), damaged);
        }
    }
}
