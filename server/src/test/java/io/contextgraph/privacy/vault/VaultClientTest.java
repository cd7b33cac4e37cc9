// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.testing.SilentServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers is no Vault, or one that is ill: every call ends, and says why. */
class VaultClientTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofSeconds(20);

    private static VaultClient client(SilentServer server, Duration timeout) {
        return VaultBed.client(server.address(), "token", timeout);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":",
                "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 503 Sealed\r\nContent-Length: 29\r\n\r\n{\"errors\":[\"Vault is sealed\"]}",
                "HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"
            })
    void whatDoesNotAnswerWellIsUnavailable(String says) throws IOException {
        try (SilentServer stub = new SilentServer(says)) {
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(() -> client(stub, SHORT).repeatably("GET", "secret/data/x", null))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                    .withMessageContaining("secret/data/x");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
                "HTTP/1.1 301 There\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 403 No\r\nContent-Length: 34\r\n\r\n{\"errors\":[\"permission denied\"]}\r\n",
                "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"
            })
    void whatIsNoVaultOrForbidsIsRefusedAtOnce(String says) throws IOException {
        try (SilentServer stub = new SilentServer(says)) {
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(() -> client(stub, LONG).repeatably("GET", "secret/data/x", null))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        }
    }
}
