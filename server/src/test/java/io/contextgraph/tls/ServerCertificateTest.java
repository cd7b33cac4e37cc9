// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.testing.Certificates;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private final Path folder;

    private final Certificates certificates;
    private final Identity.Files files;

    ServerCertificateTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        certificates = Certificates.in(Files.createDirectory(folder.resolve("all")));
        files = new Identity.Files(folder.resolve("server.crt"), folder.resolve("server.key"));
        install(certificates.loopback());
    }

    private void install(Identity.Files from) throws IOException {
        Files.writeString(files.certificate(), Files.readString(from.certificate()));
        Files.writeString(files.key(), Files.readString(from.key()));
    }

    @Test
    void newFilesCountAndBadOnesDoNot() throws Exception {
        try (ServerCertificate shown = ServerCertificate.read(files, CLOCK)) {
            Instant first = shown.notAfter();
            assertThat(shown.look()).isFalse();
            install(certificates.endingIn(60));
            assertThat(shown.look()).isTrue();
            Instant second = shown.notAfter();
            assertThat(second).isAfter(first);

            // Between the two files of the next one.
            Identity.Files next = certificates.endingIn(90);
            Files.writeString(files.certificate(), Files.readString(next.certificate()));
            assertThat(shown.look()).isFalse();
            assertThat(shown.problem().orElse(""))
                    .isEqualTo("the key in " + files.key() + " does not belong to the first certificate in "
                            + files.certificate());
            assertThat(shown.notAfter()).isEqualTo(second);
            Files.writeString(files.key(), Files.readString(next.key()));
            assertThat(shown.look()).isTrue();
            assertThat(shown.problem()).isEmpty();

            // Half of a file, none, and back again.
            String whole = Files.readString(files.certificate());
            Files.writeString(files.certificate(), whole.substring(0, whole.length() / 2));
            assertThat(shown.look()).isFalse();
            assertThat(shown.problem().orElse("")).contains("has no certificate");
            Files.delete(files.certificate());
            assertThat(shown.look()).isFalse();
            assertThat(shown.problem()).contains("there is no file " + files.certificate());
            Files.writeString(files.certificate(), whole);
            assertThat(shown.look()).isFalse();
            assertThat(shown.problem()).isEmpty();

            install(certificates.expired());
            assertThat(shown.look()).isFalse();
            assertThat(shown.problem().orElse("")).contains("has expired at");
        }
    }

    @Test
    void whatCannotBeShownIsRefusedWithTheReason() throws IOException {
        refused(new Identity.Files(folder.resolve("none"), files.key()), "there is no file " + folder.resolve("none"));
        refused(new Identity.Files(folder, files.key()), folder + " is a folder: it must be a PEM file");
        refused(new Identity.Files(files.key(), files.key()), "has no certificate");
        refused(new Identity.Files(files.certificate(), files.certificate()), "has no private key");
        refused(certificates.expired(), "has expired at");
        refused(
                new Identity.Files(files.certificate(), certificates.loopback().key()),
                "does not belong to the first certificate");
        Path bad = folder.resolve("bad.key");
        Files.writeString(bad, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        refused(new Identity.Files(files.certificate(), bad), "cannot be read: it must be an RSA, EC or Ed25519 key");
        Files.writeString(
                bad, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n");
        refused(new Identity.Files(files.certificate(), bad), "is encrypted: it must not be");
        Files.writeString(
                bad,
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n");
        refused(new Identity.Files(files.certificate(), bad), "is encrypted: it must not be");
    }

    private static void refused(Identity.Files wrong, String why) {
        assertThatThrownBy(() -> ServerCertificate.read(wrong, CLOCK))
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void keysOfTheOlderFormsAreRead() throws Exception {
        PrivateKey rsa = key("RSA");
        StringWriter out = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
            writer.writeObject(rsa);
        }
        assertThat(out.toString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(read(out)).isEqualTo(rsa);

        ECPrivateKey elliptic = (ECPrivateKey) key("EC");
        out = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
            var numbers =
                    new org.bouncycastle.asn1.sec.ECPrivateKey(384, elliptic.getS(), SECObjectIdentifiers.secp384r1);
            writer.writeObject(new PemObject("EC PRIVATE KEY", numbers.getEncoded()));
        }
        assertThat(((ECPrivateKey) read(out)).getS()).isEqualTo(elliptic.getS());

        PrivateKey edwards = key("Ed25519");
        out = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
            writer.writeObject(new JcaPKCS8Generator(edwards, null));
        }
        assertThat(read(out)).isEqualTo(edwards);
    }

    private static PrivateKey key(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("EC") ? 384 : 2048);
        }
        return generator.generateKeyPair().getPrivate();
    }

    private PrivateKey read(StringWriter written) throws Exception {
        Path file = Files.writeString(folder.resolve("some.key"), written.toString());
        return Pem.of(file, Pem.bytes(file)).key();
    }

    @Test
    void itsEndIsToldInTime() throws Exception {
        assertThat(found(Optional.empty(), Duration.ZERO).level()).isEqualTo(Level.OK);
        assertThat(found(Optional.empty(), Duration.ofDays(17)).message()).contains("expires at");
        Finding expired = found(Optional.empty(), Duration.ofDays(31));
        assertThat(expired.level()).isEqualTo(Level.PROBLEM);
        assertThat(expired.concern().orElseThrow().name()).isEqualTo("certificate_expired");
        try (ServerCertificate shown = ServerCertificate.read(files, CLOCK)) {
            assertThat(found(Optional.of(shown), Duration.ZERO).level()).isEqualTo(Level.OK);
            Files.delete(files.key());
            assertThat(shown.look()).isFalse();
            Finding gone = found(Optional.of(shown), Duration.ZERO);
            assertThat(gone.message()).contains("there is no file").contains("the server goes on with the one it has");
            assertThat(gone.concern().orElseThrow().name()).isEqualTo("certificate_unusable");
        }
        assertThat(found(Optional.empty(), Duration.ZERO).level()).isEqualTo(Level.PROBLEM);
    }

    private Finding found(Optional<ServerCertificate> shown, Duration later) {
        InstantSource clock = () -> CLOCK.instant().plus(later);
        return new CertificateCheck(files, shown, clock).look().findings().getFirst();
    }

    @Test
    void aKeyIsShownNowhere() throws Exception {
        String key = Files.readString(files.key()).lines().skip(1).findFirst().orElseThrow();
        assertThat(files.read().toString())
                .startsWith("Identity[CN=localhost, until ")
                .doesNotContain(key);
    }
}
