// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import io.contextgraph.config.Login;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which keys of AWS KMS wrap, and how it is reached.
 *
 * @param keys each under a number from 1 that stays its own: the highest wraps, the others unwrap what they have wrapped. An
 *     id or an ARN, never an alias, which somebody can give to another key
 * @param region that has them
 * @param endpoint where it is; empty for Amazon's
 * @param login key and secret; empty for what the SDK finds
 * @param timeout for one request, from its first byte to the last one of its answer
 * @param attempts most for one call
 */
public record KmsSettings(
        SortedMap<Integer, String> keys,
        String region,
        Optional<URI> endpoint,
        Optional<Login> login,
        Duration timeout,
        int attempts) {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int ATTEMPTS = 3;
    private static final Pattern KEY =
            Pattern.compile("(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/)?(mrk-)?[0-9A-Fa-f][0-9A-Fa-f-]{7,63}");

    /** @throws IllegalArgumentException when there is no key, or something else than a key */
    public KmsSettings {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key of KMS is named that wraps");
        }
        keys.forEach((version, key) -> {
            if (version < 1 || !isKey(key)) {
                throw new IllegalArgumentException(
                        "a key of KMS has a number from 1, and is named by its id or its ARN; not by an alias, which may"
                                + " be given to another key, and then nothing is unwrapped any more: " + version + " "
                                + key);
            }
        });
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    private static boolean isKey(String key) {
        return KEY.matcher(key).matches();
    }

    /** Whether each is named by its id or its ARN, and there is one. */
    public static boolean areKeys(SortedMap<Integer, String> keys) {
        return !keys.isEmpty() && keys.values().stream().allMatch(KmsSettings::isKey);
    }

    /** With the usual patience. */
    public static KmsSettings of(
            SortedMap<Integer, String> keys, String region, Optional<URI> endpoint, Optional<Login> login) {
        return new KmsSettings(keys, region, endpoint, login, TIMEOUT, ATTEMPTS);
    }

    /** Without the login. */
    @Override
    public String toString() {
        return "AWS KMS in " + region + endpoint.map(at -> " at " + at).orElse("");
    }
}
