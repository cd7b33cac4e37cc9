// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final MemoryKeyStore store = new MemoryKeyStore();
    private volatile Instant time = NOW;

    private AccessKey made(String name, KeySecret secret, Optional<Instant> end) {
        AccessKey key = AccessKey.create(name, secret, Set.of(KeyRole.READ), NOW, end, AccessKey.Limits.AS_SET);
        assertThat(store.add(key)).isTrue();
        return key;
    }

    private static KeySecret secret() {
        return KeySecret.random(new SecureRandom());
    }

    private static Identified not(Identified.Why why) {
        return new Identified.Not(why);
    }

    @Test
    void aKeyCountsUntilItExpires() {
        KeySecret secret = secret();
        AccessKey key = made("one", secret, Optional.of(NOW.plusSeconds(60)));
        try (KeyRing ring = new KeyRing(store, () -> time)) {
            assertThat(ring.hasKeys()).isTrue();
            assertThat(ring.identify(secret)).isEqualTo(new Identified.As(Caller.of(key)));
            assertThat(ring.identify(secret())).isEqualTo(not(Identified.Why.UNKNOWN));
            time = NOW.plusSeconds(60).minusMillis(1);
            assertThat(ring.identify(secret)).isEqualTo(new Identified.As(Caller.of(key)));
            time = NOW.plusSeconds(60);
            assertThat(ring.identify(secret)).isEqualTo(not(Identified.Why.EXPIRED));
        }
    }

    @Test
    void aSecretThatWasRotatedCountsForAWhile() {
        KeySecret before = secret();
        KeySecret after = secret();
        AccessKey key = made("one", before, Optional.empty());
        assertThat(store.replace(key, key.rotated(after, NOW.plusSeconds(60)))).isTrue();
        try (KeyRing ring = new KeyRing(store, () -> time)) {
            assertThat(ring.identify(before)).isInstanceOf(Identified.As.class);
            assertThat(ring.identify(after)).isInstanceOf(Identified.As.class);
            time = NOW.plusSeconds(60);
            assertThat(ring.identify(before)).isEqualTo(not(Identified.Why.EXPIRED));
            assertThat(ring.identify(after)).isInstanceOf(Identified.As.class);
        }
    }

    @Test
    void aKeyThatIsRevokedIsRefusedWithBothItsSecrets() {
        KeySecret before = secret();
        KeySecret after = secret();
        AccessKey key = made("one", before, Optional.empty());
        AccessKey rotated = key.rotated(after, NOW.plusSeconds(60));
        assertThat(store.replace(key, rotated)).isTrue();
        try (KeyRing ring = new KeyRing(store, () -> time)) {
            assertThat(store.replace(rotated, rotated.revoked(NOW))).isTrue();
            ring.refresh();
            assertThat(ring.identify(after)).isEqualTo(not(Identified.Why.REVOKED));
            assertThat(ring.identify(before)).isInstanceOf(Identified.Not.class);
            assertThat(ring.hasKeys()).isTrue();
        }
    }

    @Test
    void whatChangesInTheStoreCountsSoon() {
        try (KeyRing ring = new KeyRing(store, () -> time)) {
            ring.start();
            assertThat(ring.hasKeys()).isFalse();
            KeySecret secret = secret();
            AccessKey key = made("one", secret, Optional.empty());
            Awaitility.await().until(() -> ring.identify(secret) instanceof Identified.As);
            assertThat(store.replace(key, key.revoked(NOW))).isTrue();
            Awaitility.await().until(() -> ring.identify(secret).equals(not(Identified.Why.REVOKED)));
        }
    }

    @Test
    void lastUsesReachTheStoreOnceInAWhile() {
        KeySecret secret = secret();
        AccessKey ignored = made("one", secret, Optional.empty());
        try (KeyRing ring = new KeyRing(store, () -> time)) {
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            ring.refresh();
            assertThat(store.lastUses()).isEqualTo(Map.of("one", NOW));
            time = NOW.plusSeconds(29);
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            ring.refresh();
            assertThat(store.lastUses()).isEqualTo(Map.of("one", NOW));
            time = NOW.plusSeconds(30);
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            ring.refresh();
            assertThat(store.lastUses()).isEqualTo(Map.of("one", time));
        }
    }

    /** Keys that fail to be read at will. */
    private final class Failing implements KeyStore {
        private volatile boolean away;
        private volatile boolean empty;

        private MemoryKeyStore there() {
            if (away) {
                throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
            }
            return store;
        }

        @Override
        public List<AccessKey> all() {
            return empty ? List.of() : there().all();
        }

        @Override
        public Optional<AccessKey> find(String name) {
            return there().find(name);
        }

        @Override
        public boolean add(AccessKey key) {
            return there().add(key);
        }

        @Override
        public boolean replace(AccessKey was, AccessKey key) {
            return there().replace(was, key);
        }

        @Override
        public Map<String, Instant> lastUses() {
            return there().lastUses();
        }

        @Override
        public void used(Map<String, Instant> at) {
            there().used(at);
        }
    }

    @Test
    void whileTheStoreIsAwayTheKeysThatAreKnownCountForAWhile() {
        KeySecret secret = secret();
        AccessKey ignored = made("one", secret, Optional.empty());
        Failing failing = new Failing();
        long[] nanos = {0};
        try (KeyRing ring = new KeyRing(failing, () -> time, () -> nanos[0])) {
            failing.away = true;
            ring.refresh();
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            nanos[0] = KeyRing.PATIENCE.toNanos();
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            nanos[0]++;
            assertThat(ring.identify(secret)).isEqualTo(new Identified.Later());
            assertThat(ring.identify(secret())).isEqualTo(new Identified.Later());
            failing.away = false;
            ring.refresh();
            assertThat(ring.age()).isEqualTo(Duration.ZERO);
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
        }
    }

    /** A Redis that has come back with nothing must not open a server to everybody. */
    @Test
    void aStoreThatHasLostItsKeysLetsNobodyIn() {
        KeySecret secret = secret();
        AccessKey ignored = made("one", secret, Optional.empty());
        Failing emptied = new Failing();
        try (KeyRing ring = new KeyRing(emptied, () -> time)) {
            Access access = Access.by(ring, Optional.empty(), false);
            KeysCheck check = new KeysCheck(emptied, Optional.of(ring), () -> time);
            assertThat(access.isOpen()).isFalse();
            emptied.empty = true;
            ring.refresh();
            assertThat(access.isOpen()).isFalse();
            assertThat(access.identify(Optional.empty())).isEqualTo(not(Identified.Why.MISSING));
            assertThat(ring.identify(secret)).isEqualTo(new Identified.Later());
            assertThat(check.look().ready()).isFalse();
            assertThat(check.look().findings().getFirst().message()).startsWith("there are no access keys any more");
            emptied.empty = false;
            ring.refresh();
            assertThat(ring.identify(secret)).isInstanceOf(Identified.As.class);
            assertThat(check.look().ready()).isTrue();
        }
    }

    @Test
    void withoutTheStoreThereIsNone() {
        Failing failing = new Failing();
        failing.away = true;
        assertThatThrownBy(() -> new KeyRing(failing, () -> time)).isInstanceOf(LedgerException.class);
    }
}
