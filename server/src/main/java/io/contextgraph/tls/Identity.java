// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** A certificate with its chain, and the private key that belongs to it. */
public final class Identity {
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private Identity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /**
     * The files of an identity, in PEM.
     *
     * @param certificate the certificate, then those that lead from it to the authority
     * @param key the private key, not encrypted
     */
    public record Files(Path certificate, Path key) {
        /** Reads them once. */
        public Identity read() throws TlsFileException {
            return Identity.of(this, Pem.bytes(certificate), Pem.bytes(key));
        }

        List<Path> all() {
            return List.of(certificate, key);
        }
    }

    static Identity of(Files files, byte[] certificate, byte[] key) throws TlsFileException {
        List<X509Certificate> chain = Pem.of(files.certificate(), certificate).certificates();
        PrivateKey secret = Pem.of(files.key(), key).key();
        if (!belongs(chain.getFirst().getPublicKey(), secret)) {
            throw new TlsFileException("the key in " + files.key() + " does not belong to the first certificate in "
                    + files.certificate());
        }
        return new Identity(chain, secret);
    }

    /** Whether what one signs the other verifies. */
    private static boolean belongs(PublicKey certified, PrivateKey secret) {
        String algorithm = switch (secret.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case "RSASSA-PSS" -> "RSASSA-PSS";
            default -> "EdDSA";
        };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(secret);
            signing.update((byte) 1);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certified);
            verifying.update((byte) 1);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException anotherKind) {
            return false;
        }
    }

    /** When the certificate begins to count. */
    public Instant notBefore() {
        return chain.getFirst().getNotBefore().toInstant();
    }

    /** When it ends. Those behind it may end before: clients may know another way to their authority. */
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** Whose it is, for people. */
    public String subject() {
        Principal subject = chain.getFirst().getSubjectX500Principal();
        return Objects.toString(subject.getName(), "");
    }

    /**
     * For a context.
     *
     * @see javax.net.ssl.SSLContext#init
     */
    KeyManager[] managers() {
        try {
            char[] none = {};
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", key, none, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, none);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a certificate that has been read cannot be used", e);
        }
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "Identity[" + subject() + ", until " + notAfter() + "]";
    }
}
