// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Who somebody is: a certificate with those that vouch for it, and the key to it.
 *
 * @param chain the own certificate first
 * @param key belongs to the first certificate
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads it.
     *
     * @param chain PEM file of the certificate and those that vouch for it, the root aside
     * @param key PEM file of the key, in PKCS #8
     * @throws TlsFileException when a file cannot be used, or the two do not belong together
     */
    public static TlsIdentity read(Path chain, Path key) {
        TlsIdentity read = new TlsIdentity(
                PemFile.read(chain).certificates(), PemFile.read(key).privateKey());
        read.requireFitting(chain, key);
        return read;
    }

    private void requireFitting(Path chainFile, Path keyFile) {
        PublicKey open = chain.getFirst().getPublicKey();
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        boolean fits;
        try {
            byte[] sample = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(sample);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(open);
            verifying.update(sample);
            fits = verifying.verify(signing.sign());
        } catch (GeneralSecurityException another) {
            fits = false;
        }
        if (!fits) {
            throw new TlsFileException(
                    "the key in " + keyFile + " does not belong to the first certificate in " + chainFile);
        }
    }

    /** From when on the certificate, or one of those that vouch for it, does not count any more. */
    public Instant ends() {
        return chain.stream()
                .map(one -> one.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + ", ends " + ends() + "]";
    }
}
