// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ops.Finding;
import io.contextgraph.testing.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {
    @TempDir
    private Path folder;

    private Certificates authority;
    private Path certificate;
    private Path key;
    private volatile Instant now = Instant.now();

    @SuppressWarnings("NullAway.Init")
    ServerCertificateTest() {}

    @BeforeEach
    void make() {
        authority = new Certificates(folder, "ours");
        certificate = folder.resolve("server.crt");
        key = folder.resolve("server.key");
    }

    private void use(Certificates.Pair files) throws IOException {
        Path ignored = Files.copy(files.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        ignored = Files.copy(files.key(), key, StandardCopyOption.REPLACE_EXISTING);
    }

    private ServerCertificate read() {
        return new ServerCertificate(certificate, key, () -> now);
    }

    private static Finding only(ServerCertificate certificate) {
        return certificate.look().findings().getFirst();
    }

    @Test
    void whatIsPutInItsPlaceCounts() throws IOException {
        use(authority.until("localhost", now.plus(Duration.ofDays(20))));
        try (ServerCertificate current = read()) {
            Instant before = current.ends();
            use(authority.until("localhost", now.plus(Duration.ofDays(40))));
            current.reload();
            assertThat(Duration.between(before, current.ends())).isEqualTo(Duration.ofDays(20));
            assertThat(only(current).level()).isEqualTo(Finding.Level.OK);
        }
    }

    @Test
    void whatCannotBeUsedChangesNothingAndIsTold() throws IOException {
        use(authority.of("localhost"));
        try (ServerCertificate current = read()) {
            Instant before = current.ends();
            // Half of a pair, as it is for a moment while both are being replaced.
            Path ignored = Files.copy(
                    authority.of("localhost").certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            current.reload();
            assertThat(current.ends()).isEqualTo(before);
            assertThat(only(current).message())
                    .contains("the certificate of before is kept")
                    .contains("does not belong to the first certificate");
            Files.writeString(key, "x");
            current.reload();
            assertThat(only(current).message()).contains("holds no private key");
            Files.delete(certificate);
            current.reload();
            assertThat(only(current).message()).contains("cannot read");
            use(authority.of("localhost"));
            current.reload();
            assertThat(only(current).level()).isEqualTo(Finding.Level.OK);
        }
    }

    @Test
    void whatWillEndSoonIsTold() throws IOException {
        use(authority.until("localhost", now.plus(Duration.ofDays(15))));
        try (ServerCertificate current = read()) {
            assertThat(only(current).level()).isEqualTo(Finding.Level.OK);
            now = now.plus(Duration.ofDays(2));
            assertThat(only(current).level()).isEqualTo(Finding.Level.WARNING);
            now = now.plus(Duration.ofDays(14));
            assertThat(only(current).level()).isEqualTo(Finding.Level.PROBLEM);
        }
    }

    @Test
    void aServerDoesNotBeginWithWhatCannotBeUsed() throws IOException {
        assertThatThrownBy(this::read).isInstanceOf(TlsFileException.class).hasMessageContaining("cannot read");
        use(authority.expired("localhost"));
        assertThatThrownBy(this::read).isInstanceOf(TlsFileException.class).hasMessageContaining("has ended at");
        use(authority.of("localhost"));
        Files.writeString(key, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(this::read)
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(this::read).isInstanceOf(TlsFileException.class).hasMessageContaining("is damaged");
        use(authority.of("localhost"));
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(this::read).isInstanceOf(TlsFileException.class).hasMessageContaining("is damaged");
        Files.writeString(certificate, "nothing");
        assertThatThrownBy(this::read)
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining("holds no certificate");
    }
}
