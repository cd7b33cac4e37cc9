// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows the identity that counts now: one that is put in its place counts for all connections that begin afterwards. */
final class CurrentIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "identity";

    private volatile TlsIdentity identity;

    CurrentIdentity(TlsIdentity identity) {
        this.identity = identity;
    }

    TlsIdentity get() {
        return identity;
    }

    void set(TlsIdentity newIdentity) {
        identity = newIdentity;
    }

    private boolean isOf(String keyType) {
        String algorithm = identity.key().getAlgorithm();
        return keyType.equals(algorithm) || (keyType.startsWith("Ed") && algorithm.startsWith("Ed"));
    }

    private @Nullable String aliasOf(String... keyTypes) {
        for (String type : keyTypes) {
            if (isOf(type)) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasOf(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasOf(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasOf(keyTypes);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasOf(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return isOf(keyType) ? new String[] {ALIAS} : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }
}
