// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.Access;
import io.contextgraph.access.AccessKey;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.KeyRing;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.access.MemoryKeyStore;
import io.contextgraph.access.RateLimits;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.Origins;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Keys, and the door of a server that asks for them. */
final class TestKeys {
    /** Whose pages may use the API. */
    static final String ORIGIN = "https://console.example.com";

    private static final Set<KeyRole> ALL = EnumSet.allOf(KeyRole.class);

    private final MemoryKeyStore store = new MemoryKeyStore();

    /** One that is in no store. */
    static KeySecret secret() {
        return KeySecret.random(new SecureRandom());
    }

    /** Makes a key that allows this. */
    KeySecret add(String name, KeyRole role, KeyRole... more) {
        KeySecret secret = secret();
        AccessKey ignored = add(name, secret, EnumSet.of(role, more), Optional.empty(), AccessKey.Limits.AS_SET);
        return secret;
    }

    /** Makes a key that allows everything, but little of it. */
    KeySecret addSlow(String name) {
        KeySecret secret = secret();
        AccessKey ignored = add(
                name, secret, ALL, Optional.empty(), new AccessKey.Limits(OptionalLong.of(1), OptionalLong.empty()));
        return secret;
    }

    /** Makes a key that allows everything, but so many bytes a second only. */
    KeySecret addFew(String name, long bytes) {
        KeySecret secret = secret();
        AccessKey ignored = add(
                name,
                secret,
                ALL,
                Optional.empty(),
                new AccessKey.Limits(OptionalLong.empty(), OptionalLong.of(bytes)));
        return secret;
    }

    /** Makes a key that has expired. */
    KeySecret addExpired(String name) {
        KeySecret secret = secret();
        AccessKey ignored = add(name, secret, ALL, Optional.of(TestServer.NOW), AccessKey.Limits.AS_SET);
        return secret;
    }

    /** Makes a key that has been revoked. */
    KeySecret addRevoked(String name) {
        KeySecret secret = secret();
        AccessKey key = add(name, secret, ALL, Optional.empty(), AccessKey.Limits.AS_SET);
        assertThat(store.replace(key, key.revoked(TestServer.NOW))).isTrue();
        return secret;
    }

    private AccessKey add(
            String name, KeySecret secret, Set<KeyRole> roles, Optional<Instant> end, AccessKey.Limits limits) {
        AccessKey key = AccessKey.create(name, secret, roles, TestServer.NOW.minus(Duration.ofDays(1)), end, limits);
        assertThat(store.add(key)).isTrue();
        return key;
    }

    /** The door that asks for these keys, those that are made later aside. */
    Door door(Door open) {
        return new Door(
                Access.by(new KeyRing(store, () -> TestServer.NOW), Optional.empty(), true),
                new RateLimits(new AccessSettings(false, Optional.empty(), 0, 0), 8 << 20),
                open.trail(),
                new Origins(Set.of(ORIGIN)));
    }
}
