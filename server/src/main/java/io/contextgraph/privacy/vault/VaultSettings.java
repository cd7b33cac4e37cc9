// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a Vault is reached.
 *
 * @param address such as {@code https://vault:8200}
 * @param namespace of Vault Enterprise; empty for none
 * @param token asked for before each request, so that one that is renewed in its file counts at once
 * @param timeout for one request, from its first byte to the last one of its answer
 * @param attempts most for a request that may be repeated
 */
public record VaultSettings(
        URI address, Optional<String> namespace, Supplier<String> token, Duration timeout, int attempts) {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int ATTEMPTS = 3;

    /** With the usual patience. */
    public static VaultSettings of(URI address, Optional<String> namespace, Supplier<String> token) {
        return new VaultSettings(address, namespace, token, TIMEOUT, ATTEMPTS);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Vault at " + address;
    }
}
