// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyStore} must do. */
@SuppressWarnings("NullAway.Init")
public abstract class KeyStoreContract {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

    /** An empty store, as two processes have it. */
    public record Stores(KeyStore here, KeyStore there, AutoCloseable both) {}

    private Stores stores;
    private KeyStore here;
    private KeyStore there;

    /** Makes an empty one. */
    protected abstract Stores fresh();

    @BeforeEach
    final void open() {
        stores = fresh();
        here = stores.here();
        there = stores.there();
    }

    @AfterEach
    final void close() throws Exception {
        stores.both().close();
    }

    private static AccessKey key(String name, KeyRole... roles) {
        return AccessKey.create(
                name,
                KeySecret.random(new SecureRandom()),
                roles.length == 0 ? EnumSet.allOf(KeyRole.class) : Set.of(roles),
                NOW,
                Optional.empty(),
                AccessKey.Limits.AS_SET);
    }

    @Test
    void whatWasAddedIsSeenByAll() {
        assertThat(here.all()).isEmpty();
        AccessKey plain = key("plain", KeyRole.READ);
        AccessKey full = AccessKey.create(
                        "full",
                        KeySecret.random(new SecureRandom()),
                        EnumSet.allOf(KeyRole.class),
                        NOW,
                        Optional.of(NOW.plus(Duration.ofDays(90))),
                        new AccessKey.Limits(OptionalLong.of(100), OptionalLong.of(0)))
                .rotated(KeySecret.random(new SecureRandom()), NOW.plusSeconds(60));
        assertThat(here.add(plain)).isTrue();
        assertThat(there.add(full)).isTrue();
        assertThat(here.all()).isEqualTo(List.of(full, plain)).isEqualTo(there.all());
        assertThat(there.find("plain")).contains(plain);
        assertThat(there.find("other")).isEmpty();
    }

    @Test
    void aNameIsTakenOnce() {
        AccessKey first = key("one");
        assertThat(here.add(first)).isTrue();
        assertThat(there.add(key("one"))).isFalse();
        assertThat(here.replace(first, first.revoked(NOW))).isTrue();
        assertThat(there.add(key("one"))).isFalse();
        assertThat(there.find("one")).contains(first.revoked(NOW));
    }

    @Test
    void whatSomebodyElseHasChangedIsNotOverwritten() {
        AccessKey key = key("one");
        assertThat(here.add(key)).isTrue();
        AccessKey read = there.find("one").orElseThrow();
        assertThat(here.replace(key, key.revoked(NOW))).isTrue();
        assertThat(there.replace(read, read.rotated(KeySecret.random(new SecureRandom()), NOW)))
                .isFalse();
        assertThat(there.replace(key("two"), key("two"))).isFalse();
        assertThat(there.all()).containsExactly(key.revoked(NOW));
    }

    @Test
    void lastUsesAreKeptBesideTheKeys() {
        AccessKey key = key("one");
        assertThat(here.add(key)).isTrue();
        assertThat(here.lastUses()).isEmpty();
        here.used(Map.of());
        here.used(Map.of("one", NOW));
        there.used(Map.of("two", NOW.plusSeconds(1)));
        here.used(Map.of("one", NOW.plusSeconds(2)));
        assertThat(there.lastUses()).isEqualTo(Map.of("one", NOW.plusSeconds(2), "two", NOW.plusSeconds(1)));
        assertThat(here.all()).containsExactly(key);
    }
}
