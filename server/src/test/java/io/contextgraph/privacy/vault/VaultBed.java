// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** Clients of tests. */
final class VaultBed {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();

    private VaultBed() {}

    static VaultClient client(VaultDouble vault) {
        return client(vault.address(), VaultDouble.TOKEN, Duration.ofSeconds(20));
    }

    static VaultClient client(URI address, String token, Duration timeout) {
        return new VaultClient(new VaultSettings(address, Optional.empty(), () -> token, timeout, 3), HTTP);
    }
}
