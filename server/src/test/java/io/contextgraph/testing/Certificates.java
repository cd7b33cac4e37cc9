// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of a test's own, and certificates by it, as PEM files in a folder. */
public final class Certificates {
    private static final Duration DAY = Duration.ofDays(1);
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final Path folder;
    private final KeyPair keys = pair();
    private final X509Certificate authority;

    private Certificates(Path folder) {
        this.folder = folder;
        this.authority = certificate("CN=Authority " + SERIAL.get(), keys, new Spread("", -1, 30), keys, true);
    }

    /** Where a certificate counts, and from when to when, in days from now. */
    private record Spread(String host, int begin, int end) {}

    /** A new authority, which nobody else knows. */
    public static Certificates in(Path folder) {
        return new Certificates(folder);
    }

    /** The file of the authority's own certificate. */
    public Path authority() {
        return write("authority" + SERIAL.incrementAndGet() + ".pem", pem(authority));
    }

    /** A certificate of a server on this machine, by name and by address. */
    public Identity.Files loopback() {
        return files("localhost", -1, 30);
    }

    /** A certificate for another machine. */
    public Identity.Files elsewhere() {
        return files("elsewhere.example", -1, 30);
    }

    /** A certificate of a server on this machine that ended yesterday. */
    public Identity.Files expired() {
        return files("localhost", -3, -1);
    }

    /** A certificate of a server on this machine that begins tomorrow. */
    public Identity.Files notYet() {
        return files("localhost", 1, 30);
    }

    /** A certificate that ends in so many days. */
    public Identity.Files endingIn(int days) {
        return files("localhost", -1, days);
    }

    private Identity.Files files(String host, int begin, int end) {
        KeyPair own = pair();
        X509Certificate made = certificate("CN=" + host, own, new Spread(host, begin, end), keys, false);
        String name = host + SERIAL.incrementAndGet();
        return new Identity.Files(write(name + ".crt", pem(made)), write(name + ".key", pem(own)));
    }

    private X509Certificate certificate(
            String subject, KeyPair own, Spread spread, KeyPair signer, boolean isAuthority) {
        Instant now = Instant.now();
        X500Name issuer = isAuthority
                ? new X500Name(subject)
                : X500Name.getInstance(authority.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(now.plus(DAY.multipliedBy(spread.begin()))),
                Date.from(now.plus(DAY.multipliedBy(spread.end()))),
                new X500Name(subject),
                own.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(spread.host()));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralNames names(String host) {
        GeneralName name = new GeneralName(GeneralName.dNSName, host);
        return host.equals("localhost")
                ? new GeneralNames(new GeneralName[] {name, new GeneralName(GeneralName.iPAddress, "127.0.0.1")})
                : new GeneralNames(name);
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object written) {
        StringWriter out = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
            writer.writeObject(
                    written instanceof KeyPair pair ? new JcaPKCS8Generator(pair.getPrivate(), null) : written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a client that believes this authority and no other. */
    public SSLContext trusting() {
        return trusting(authority);
    }

    /** For a client that believes the authority in a file and no other. */
    public static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return trusting(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trusting(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
