// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.ListenAddress;
import io.contextgraph.tls.TlsContexts;
import io.contextgraph.tls.TlsFileException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;

/**
 * Asks the server of this machine whether it is ready, for whoever looks after a container or a service: ends with 0 where it
 * is. Reads the settings that the server reads; trusts the certificate that they name, whatever host it is for.
 */
public final class HealthProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 4096;

    private HealthProbe() {}

    /** Prints what the server answers. */
    public static void main(String[] arguments) {
        System.exit(run(System.getenv()));
    }

    private static int run(Map<String, String> environment) {
        try {
            Settings settings = ProductSettings.CATALOG.load(Map.of(), environment, Optional.empty());
            HttpURLConnection asked = ask(settings);
            int status = asked.getResponseCode();
            try (var body = status < 400 ? asked.getInputStream() : asked.getErrorStream()) {
                System.out.println(status + " " + new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
            }
            return status == 200 ? 0 : 1;
        } catch (IOException | ConfigurationException | TlsFileException failed) {
            System.err.println("not ready: " + failed.getMessage());
            return 1;
        }
    }

    private static HttpURLConnection ask(Settings settings) throws IOException {
        Optional<Path> certificate = settings.get(HttpSettings.CERTIFICATE);
        String host = settings.get(HttpSettings.HOST);
        String near = ListenAddress.isLoopback(host) || !host.matches("0\\.0\\.0\\.0|::") ? host : "127.0.0.1";
        URI address = Server.address(certificate.isPresent(), near, settings.get(HttpSettings.PORT));
        HttpURLConnection asked =
                (HttpURLConnection) address.resolve("/v1/health/ready").toURL().openConnection();
        asked.setConnectTimeout(Math.toIntExact(PATIENCE.toMillis()));
        asked.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
        if (asked instanceof HttpsURLConnection secured) {
            secured.setSSLSocketFactory(
                    TlsContexts.client(certificate, Optional.empty()).getSocketFactory());
            secured.setHostnameVerifier((name, session) -> true);
        }
        return asked;
    }
}
