// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of a test, and the certificates that it gives out, as PEM files. */
public final class Certificates {
    private final Path folder;
    private final KeyPair keys = keys();
    private final X509Certificate root;
    private int made;

    /** @param folder for the files */
    public Certificates(Path folder, String name) {
        this.folder = folder;
        Instant now = Instant.now();
        this.root = sign(name, keys, name, keys, now.minusSeconds(60), now.plus(Duration.ofDays(30)), "", true);
        write(authority(name), pem("CERTIFICATE", root));
        this.name = name;
    }

    private final String name;

    /** The two files of an identity. */
    public record Pair(Path certificate, Path key) {}

    /** The file of the authority itself. */
    public Path authority() {
        return authority(name);
    }

    private Path authority(String of) {
        return folder.resolve(of + "-ca.pem");
    }

    /** A certificate for a host, or an address. */
    public Pair of(String host) {
        return until(host, Instant.now().plus(Duration.ofDays(30)));
    }

    /** One that has ended. */
    public Pair expired(String host) {
        return until(host, Instant.now().minusSeconds(10));
    }

    /** One that ends at that time. */
    public Pair until(String host, Instant end) {
        KeyPair own = keys();
        X509Certificate certificate =
                sign(host, own, name, keys, Instant.now().minus(Duration.ofDays(1)), end, host, false);
        int number = made++;
        Pair files =
                new Pair(folder.resolve(name + "-" + number + ".crt"), folder.resolve(name + "-" + number + ".key"));
        write(files.certificate(), pem("CERTIFICATE", certificate));
        write(files.key(), encoded("PRIVATE KEY", own.getPrivate().getEncoded()));
        return files;
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(
            String subject,
            KeyPair own,
            String issuer,
            KeyPair by,
            Instant from,
            Instant to,
            String host,
            boolean authority) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + issuer),
                    new BigInteger(64, new SecureRandom()),
                    Date.from(from),
                    Date.from(to),
                    new X500Name("CN=" + subject),
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!host.isEmpty()) {
                int kind = host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(kind, host)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, X509Certificate certificate) {
        try {
            return encoded(kind, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + kind + "-----\n";
    }

    private static void write(Path file, String text) {
        try {
            Path ignored = Files.writeString(file, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
