// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PEM file holds.
 *
 * <p><b>Source.</b> RFC 7468.
 */
final class Pem {
    /** More than all the certificate authorities of the world need. */
    private static final int MAX_BYTES = 1024 * 1024;

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    private final Path file;
    private final List<Block> blocks = new ArrayList<>();
    private final boolean encrypted;

    private record Block(String kind, String text) {}

    private Pem(Path file, byte[] bytes) {
        this.file = file;
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        this.encrypted = text.contains("Proc-Type: 4,ENCRYPTED");
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
    }

    /** @param bytes as they were read */
    static Pem of(Path file, byte[] bytes) {
        return new Pem(file, bytes);
    }

    static byte[] bytes(Path file) throws TlsFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TlsFileException(file + " is larger than " + MAX_BYTES + " bytes: it must be a PEM file");
            }
            return bytes;
        } catch (NoSuchFileException missing) {
            throw new TlsFileException("there is no file " + file, missing);
        } catch (AccessDeniedException denied) {
            throw new TlsFileException("this user may not read " + file, denied);
        } catch (IOException unreadable) {
            throw new TlsFileException(
                    Files.isDirectory(file) ? file + " is a folder: it must be a PEM file" : "cannot read " + file,
                    unreadable);
        }
    }

    /** All certificates, in their order. */
    List<X509Certificate> certificates() throws TlsFileException {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (block.kind().equals("CERTIFICATE")) {
                found.add(certificate(block));
            }
        }
        if (found.isEmpty()) {
            throw new TlsFileException(file + " has no certificate: it must be a PEM file with BEGIN CERTIFICATE");
        }
        return found;
    }

    private X509Certificate certificate(Block block) throws TlsFileException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(decoded(block)));
        } catch (GeneralSecurityException damaged) {
            throw new TlsFileException(file + " has a certificate that cannot be read", damaged);
        }
    }

    /** The one private key. */
    PrivateKey key() throws TlsFileException {
        if (encrypted) {
            throw encryptedKey();
        }
        for (Block block : blocks) {
            if (block.kind().endsWith("PRIVATE KEY")) {
                return key(block);
            }
        }
        throw new TlsFileException(file + " has no private key: it must be a PEM file with BEGIN PRIVATE KEY");
    }

    private PrivateKey key(Block block) throws TlsFileException {
        return switch (block.kind()) {
            case "PRIVATE KEY" -> key(decoded(block));
            case "RSA PRIVATE KEY" -> key(Der.ofRsa(decoded(block)));
            case "EC PRIVATE KEY" -> key(Der.ofElliptic(decoded(block)).orElseThrow(this::unreadableKey));
            case "ENCRYPTED PRIVATE KEY" -> throw encryptedKey();
            default -> throw unreadableKey();
        };
    }

    private PrivateKey key(byte[] pkcs8) throws TlsFileException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException another) {
                // Then it is a key of another algorithm, or none.
            }
        }
        throw unreadableKey();
    }

    private byte[] decoded(Block block) throws TlsFileException {
        try {
            return Base64.getMimeDecoder().decode(block.text());
        } catch (IllegalArgumentException damaged) {
            // The message may quote what is there.
            throw new TlsFileException(file + " is damaged: " + block.kind() + " is no Base64");
        }
    }

    /** Without a cause: its message may quote the key. */
    private TlsFileException unreadableKey() {
        return new TlsFileException(
                file + " has a private key that cannot be read: it must be an RSA, EC or Ed25519 key (openssl pkey -in "
                        + file + " writes it anew)");
    }

    private TlsFileException encryptedKey() {
        return new TlsFileException(
                file
                        + " has a private key that is encrypted: it must not be; keep it in a file that only the server may read");
    }
}
