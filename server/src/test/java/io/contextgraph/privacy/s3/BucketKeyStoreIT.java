// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.key.WrappedKeyStoreContract;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.MotoServer;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** In a bucket that keeps versions, and in one that does not. */
class BucketKeyStoreIT extends WrappedKeyStoreContract {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final String VERSIONS = "keys-with-versions";
    private static final String PLAIN = "keys-without-versions";

    private static MotoServer server;
    private static BucketBed bed;

    private final String prefix = "tests/" + UUID.randomUUID();
    private final LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");
    private boolean made;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = MotoServer.start(BucketKeyStoreIT.class);
        bed = new BucketBed(server.endpoint());
        bed.make(VERSIONS, true, false);
        bed.make(PLAIN, false, false);
    }

    @AfterAll
    static void stop() {
        bed.close();
        server.close();
    }

    @Override
    protected WrappedKeyStore connect() {
        boolean first = !made;
        made = true;
        return first ? BucketKeyStore.create(settings(), wrapper) : open();
    }

    private KeyBucketSettings settings() {
        return bed.settings(VERSIONS, prefix);
    }

    private BucketKeyStore open() {
        return BucketKeyStore.open(settings(), wrapper);
    }

    @Nested
    class WithoutVersions extends WrappedKeyStoreContract {
        private final String part = "tests/" + UUID.randomUUID();
        private boolean begun;

        @Override
        protected WrappedKeyStore connect() {
            boolean first = !begun;
            begun = true;
            KeyBucketSettings settings = bed.settings(PLAIN, part);
            return first ? BucketKeyStore.create(settings, wrapper) : BucketKeyStore.open(settings, wrapper);
        }
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }

    private static void create(WrappedKeyStore store, KeyId id, String text) {
        assertThat(store.create(id, wrapped(text))).isEqualTo(wrapped(text));
    }

    private static boolean intend(WrappedKeyStore store, int number) {
        Erasures none = Erasures.none(pseudonym(number));
        return store.erasures().add(none, none.next(AT));
    }

    private String objectOf(KeyId id) {
        return prefix + "/keys/" + id.pseudonym().digits() + ".000000001.00000000" + id.generation();
    }

    private String objectOfErasures(WrappedKeyStore store, int number) {
        return prefix + "/erasures/" + store.id() + "/"
                + pseudonym(number).digits().charAt(0);
    }

    @Test
    void noStoreIsMadeByMistake() {
        refused(
                Reason.REFUSED,
                "no store of keys in s3://" + VERSIONS + "/" + prefix + "-2",
                () -> BucketKeyStore.open(bed.settings(VERSIONS, prefix + "-2"), wrapper));
        refused(Reason.REFUSED, "already", () -> BucketKeyStore.create(settings(), wrapper));
        refused(
                Reason.REFUSED,
                "there is no such bucket",
                () -> BucketKeyStore.create(bed.settings("no-such-bucket", prefix), wrapper));
        refused(
                Reason.REFUSED,
                "there is no such bucket",
                () -> BucketKeyStore.open(bed.settings("no-such-bucket", prefix), wrapper));
        assertThat(bed.keys(VERSIONS, prefix + "-2")).isEmpty();
        for (String used : List.of("another", "keys/x", "trial", "erasure")) {
            String part = prefix + "-" + UUID.randomUUID();
            bed.write(VERSIONS, part + "/" + used, new byte[1]);
            refused(Reason.REFUSED, "not empty", () -> BucketKeyStore.create(bed.settings(VERSIONS, part), wrapper));
            assertThat(bed.keys(VERSIONS, part)).containsExactly(part + "/" + used);
        }
    }

    /** What somebody left who was killed, and the folder that a console makes. */
    @Test
    void aStoreIsMadeWhereTheMakingOfOneBrokeOff() {
        String part = prefix + "-2";
        bed.write(VERSIONS, part + "/", new byte[0]);
        bed.write(VERSIONS, part + "/erasures/" + UUID.randomUUID() + "/0", new byte[1]);
        try (BucketKeyStore store = BucketKeyStore.create(bed.settings(VERSIONS, part), wrapper)) {
            create(store, id(1), "key");
            assertThat(store.list(Optional.empty(), 10)).containsExactly(id(1));
        }
    }

    @Test
    void ofManyThatMakeAStoreOneDoes() throws Exception {
        KeyBucketSettings contested = bed.settings(VERSIONS, prefix + "-2");
        List<String> ids = atOnce(number -> {
            try (BucketKeyStore store = BucketKeyStore.create(contested, wrapper)) {
                return store.id();
            } catch (KeyServiceException taken) {
                assertThat(taken).hasMessageContaining("already");
                return "";
            }
        });
        List<String> winners = ids.stream().filter(id -> !id.isEmpty()).toList();
        assertThat(winners).hasSize(1);
        try (BucketKeyStore store = BucketKeyStore.open(contested, wrapper)) {
            assertThat(store.id()).isEqualTo(winners.getFirst());
            assertThat(intend(store, 1)).isTrue();
            create(store, id(1), "key");
        }
    }

    /** Somebody emptied the bucket, or named another one, while a server runs. */
    @Test
    void aBucketThatWasEmptiedIsNoEmptyStore() {
        try (BucketKeyStore store = open()) {
            create(store, id(1), "key");
            bed.keys(VERSIONS, prefix + "/").forEach(key -> bed.delete(VERSIONS, key));
            List<ThrowingCallable> calls = List.of(
                    () -> store.find(id(2)),
                    () -> store.create(id(2), wrapped("key")),
                    () -> store.replace(id(2), wrapped("key"), wrapped("other")),
                    () -> store.destroy(id(2)),
                    () -> store.list(Optional.empty(), 10),
                    () -> store.erasures().find(pseudonym(1)),
                    () -> store.erasures().revision(),
                    () -> intend(store, 1));
            calls.forEach(call -> refused(Reason.REFUSED, "no store of keys", call));
        }
    }

    @Test
    void aKeyThatIsCutOrAlteredIsNamed() {
        try (BucketKeyStore store = open()) {
            create(store, id(1), "key");
            String key = objectOf(id(1));
            byte[] whole = bed.read(VERSIONS, key);
            for (int at = 0; at < whole.length; at += 7) {
                bed.write(VERSIONS, key, Arrays.copyOf(whole, at));
                refused(Reason.DAMAGED, key, () -> store.find(id(1)));
                byte[] altered = whole.clone();
                altered[at] = (byte) (altered[at] ^ 0x10);
                bed.write(VERSIONS, key, altered);
                refused(Reason.DAMAGED, key, () -> store.find(id(1)));
            }
            refused(Reason.DAMAGED, key, () -> store.create(id(1), wrapped("other")));
            refused(Reason.DAMAGED, key, () -> store.replace(id(1), wrapped("key"), wrapped("other")));
            bed.write(VERSIONS, key, whole);
            assertThat(store.find(id(1))).contains(wrapped("key"));
            bed.write(VERSIONS, prefix + "/store.json", new byte[0]);
            refused(Reason.DAMAGED, "store.json", this::open);
        }
    }

    @Test
    void noObjectCanStandInAnothersPlace() {
        String other = prefix + "-2";
        try (BucketKeyStore store = open();
                BucketKeyStore another = BucketKeyStore.create(bed.settings(VERSIONS, other), wrapper)) {
            create(store, id(1), "first");
            create(store, id(2), "second");
            create(another, id(1), "foreign");
            bed.write(VERSIONS, objectOf(id(2)), bed.read(VERSIONS, objectOf(id(1))));
            refused(Reason.DAMAGED, objectOf(id(2)), () -> store.find(id(2)));
            bed.write(
                    VERSIONS,
                    objectOf(id(1)),
                    bed.read(VERSIONS, objectOf(id(1)).replace(prefix, other)));
            refused(Reason.DAMAGED, objectOf(id(1)), () -> store.find(id(1)));
        }
    }

    @Test
    void erasuresThatAreAlteredMissingOrOlderAreNamed() {
        try (BucketKeyStore store = open()) {
            String shard = objectOfErasures(store, 1);
            byte[] older = bed.read(VERSIONS, shard);
            assertThat(intend(store, 1)).isTrue();
            assertThat(store.erasures().find(pseudonym(1)).isOpen()).isFalse();
            byte[] whole = bed.read(VERSIONS, shard);
            String revision = store.erasures().revision();
            bed.write(VERSIONS, shard, older);
            assertThat(store.erasures().revision()).isNotEqualTo(revision);
            refused(Reason.DAMAGED, "lacks erasures", () -> store.erasures().find(pseudonym(1)));
            bed.write(VERSIONS, shard, Arrays.copyOf(whole, whole.length - 1));
            refused(Reason.DAMAGED, shard, () -> store.erasures().find(pseudonym(1)));
            bed.write(VERSIONS, shard, bed.read(VERSIONS, objectOfErasures(store, 0)));
            refused(Reason.DAMAGED, shard, () -> store.erasures().find(pseudonym(1)));
            bed.delete(VERSIONS, shard);
            refused(Reason.DAMAGED, shard + " in s3://", () -> store.erasures().find(pseudonym(1)));
            refused(Reason.DAMAGED, "is missing", () -> store.erasures().revision());
            refused(Reason.DAMAGED, "is missing", this::open);
            bed.write(VERSIONS, shard, whole);
            assertThat(store.erasures().find(pseudonym(1)).isOpen()).isFalse();
        }
    }

    @Test
    void whatIsDestroyedIsInNoVersion() {
        try (BucketKeyStore store = open()) {
            create(store, id(1), "one");
            create(store, new KeyId(pseudonym(1), 2), "of the next generation");
            assertThat(store.replace(id(1), wrapped("one"), wrapped("two"))).isTrue();
            assertThat(bed.versions(VERSIONS, objectOf(id(1)))).hasSize(2);
            store.destroy(id(1));
            assertThat(bed.versions(VERSIONS, objectOf(id(1)))).isEmpty();
            assertThat(store.list(Optional.empty(), 10)).containsExactly(new KeyId(pseudonym(1), 2));
        }
    }

    /** A new key in its place would make unreadable what was sealed, although the bucket still has the old one. */
    @Test
    void aKeyThatSomebodyDeletedIsNotMadeAgain() {
        try (BucketKeyStore store = open()) {
            create(store, id(1), "key");
            bed.delete(VERSIONS, objectOf(id(1)));
            refused(Reason.DAMAGED, "not by an erasure", () -> store.find(id(1)));
            refused(Reason.DAMAGED, "not by an erasure", () -> store.create(id(1), wrapped("another")));
            refused(
                    Reason.DAMAGED,
                    "not by an erasure",
                    () -> store.replace(id(1), wrapped("key"), wrapped("another")));
            assertThat(bed.versions(VERSIONS, objectOf(id(1)))).hasSize(2);
            store.destroy(id(1));
            assertThat(bed.versions(VERSIONS, objectOf(id(1)))).isEmpty();
            create(store, id(1), "another");
        }
    }

    @Test
    void aCopyThatSomebodyMadeIsToldOf() {
        try (BucketKeyStore store = open()) {
            create(store, id(1), "key");
            bed.write(VERSIONS, objectOf(id(1)) + ".bak", bed.read(VERSIONS, objectOf(id(1))));
            refused(
                    Reason.DAMAGED,
                    objectOf(id(1)).substring(prefix.length() + 1) + ".bak",
                    () -> store.list(Optional.empty(), 10));
        }
    }

    @Test
    void keysAreListedInTheirOrder() {
        try (BucketKeyStore store = open()) {
            for (int number = 0; number < 12; number++) {
                create(store, new KeyId(pseudonym(number), 1 + number % 3), "key");
            }
            assertThat(store.list(Optional.empty(), 100)).isSorted().hasSize(12);
        }
    }
}
