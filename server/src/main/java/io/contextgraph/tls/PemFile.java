// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file in the PEM form.
 *
 * <p><b>Source.</b> RFC 7468.
 *
 * @param path which
 * @param text what it holds
 */
record PemFile(Path path, String text) {
    private static final int MOST_BYTES = 1024 * 1024;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    /** @throws TlsFileException when it cannot be read */
    static PemFile read(Path path) {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw new TlsFileException(path + " is larger than " + MOST_BYTES + " bytes: is it a PEM file?");
            }
            return new PemFile(path, Files.readString(path, StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            throw new TlsFileException("cannot read " + path + ": " + unreadable, unreadable);
        }
    }

    /** All certificates in it, at least one. */
    List<X509Certificate> certificates() {
        if (block("CERTIFICATE").isEmpty()) {
            throw new TlsFileException(path + " holds no certificate (-----BEGIN CERTIFICATE-----)");
        }
        try {
            List<X509Certificate> all = BLOCK.matcher(text)
                    .results()
                    .filter(block -> block.group(1).equals("CERTIFICATE"))
                    .map(block -> (X509Certificate) certificate(decoded(block.group(2))))
                    .toList();
            return List.copyOf(all);
        } catch (IllegalArgumentException damaged) {
            throw new TlsFileException("a certificate in " + path + " is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static Certificate certificate(byte[] bytes) {
        try {
            return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        } catch (GeneralSecurityException damaged) {
            throw new IllegalArgumentException(damaged.getMessage(), damaged);
        }
    }

    /** The private key in it, in PKCS #8 and not encrypted. */
    PrivateKey privateKey() {
        Optional<byte[]> bytes;
        try {
            bytes = block("PRIVATE KEY");
        } catch (IllegalArgumentException damaged) {
            throw new TlsFileException("the key in " + path + " is damaged", damaged);
        }
        if (bytes.isEmpty()) {
            throw new TlsFileException(path
                    + (text.contains("PRIVATE KEY-----")
                            ? " holds a key in another form: convert it with openssl pkcs8 -topk8 -nocrypt"
                            : " holds no private key (-----BEGIN PRIVATE KEY-----)"));
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(bytes.get());
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException another) {
                // It is of another algorithm, or of none.
            }
        }
        throw new TlsFileException(
                "the key in " + path + " is damaged, or of none of the algorithms " + String.join(", ", ALGORITHMS));
    }

    private Optional<byte[]> block(String kind) {
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(kind)) {
                return Optional.of(decoded(matcher.group(2)));
            }
        }
        return Optional.empty();
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
