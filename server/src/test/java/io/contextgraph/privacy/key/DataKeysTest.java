// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.SubjectKey.Forgotten;
import io.contextgraph.privacy.key.SubjectKey.Usable;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DataKeysTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final byte[] PLAIN = "something".getBytes(UTF_8);
    private static final byte[] BELONGING = "whose".getBytes(UTF_8);
    private static final Pseudonym OLD = new Pseudonym(1, "0".repeat(32));
    private static final Pseudonym NEW = new Pseudonym(2, "1".repeat(32));
    private static final List<Pseudonym> ONE = List.of(OLD);
    private static final List<Pseudonym> BOTH = List.of(NEW, OLD);
    private static final DataKeySettings SETTINGS =
            new DataKeySettings(3, Duration.ofMinutes(10), Duration.ofSeconds(2), Duration.ofSeconds(20));

    private final AtomicLong nanos = new AtomicLong();
    private final InMemoryKeyStore memory = new InMemoryKeyStore();
    private final CountingStore store = new CountingStore(memory);
    private final LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");
    private final DataKeys keys = server();
    private final KeyErasure erasure = new KeyErasure(memory);

    /** Another server on the same store. */
    private DataKeys server() {
        return new DataKeys(wrapper, store, SETTINGS, nanos::get);
    }

    private void pass(Duration time) {
        long ignored = nanos.addAndGet(time.toNanos());
    }

    private static DataKey usable(SubjectKey key) {
        assertThat(key).isInstanceOf(Usable.class);
        return ((Usable) key).key();
    }

    private static void erase(KeyErasure erasure, List<Pseudonym> names) {
        List<Erasures> intended = erasure.intend(erasure.current(names), AT);
        assertThat(intended).noneMatch(Erasures::isOpen);
        erasure.destroy(erasure.current(names));
        assertThat(erasure.complete(erasure.current(names), AT)).hasSize(names.size());
    }

    /** Counts reads, does something in between, and fails when told to. */
    private static final class CountingStore extends ForwardingKeyStore {
        private final AtomicInteger keyReads = new AtomicInteger();
        private final AtomicInteger erasureReads = new AtomicInteger();
        private final AtomicInteger revisionReads = new AtomicInteger();
        private Runnable beforeCreate = () -> {};
        private Runnable afterCreate = () -> {};
        private Runnable beforeRead = () -> {};
        private boolean away;

        CountingStore(WrappedKeyStore store) {
            super(store);
        }

        private void counted(AtomicInteger counter) {
            int ignored = counter.incrementAndGet();
            if (away) {
                throw new KeyServiceException(Reason.UNAVAILABLE, "away");
            }
        }

        @Override
        public Optional<WrappedKey> find(KeyId id) {
            counted(keyReads);
            Runnable once = beforeRead;
            beforeRead = () -> {};
            once.run();
            return super.find(id);
        }

        @Override
        public WrappedKey create(KeyId id, WrappedKey key) {
            beforeCreate.run();
            WrappedKey kept = super.create(id, key);
            afterCreate.run();
            return kept;
        }

        @Override
        protected Erasures erasuresOf(Pseudonym pseudonym) {
            counted(erasureReads);
            return super.erasuresOf(pseudonym);
        }

        @Override
        protected String revision() {
            counted(revisionReads);
            return super.revision();
        }
    }

    /** Whoever erases may come between the look at what happened and that for the key. */
    @Test
    void aKeyThatIsErasedWhileItIsLookedForIsNoDamage() {
        DataKeys reader = server();
        DataKey first = usable(keys.forSealing(ONE));
        store.beforeRead = () -> erase(erasure, ONE);
        assertThat(reader.forOpening(OLD, 1)).isInstanceOf(Forgotten.class);
        DataKey other = usable(keys.forSealing(List.of(NEW)));
        assertThat(usable(reader.forOpening(NEW, 1)).id()).isEqualTo(other.id());
        pass(SETTINGS.age().plusSeconds(1));
        store.beforeRead = () -> erase(erasure, List.of(NEW));
        assertThat(reader.forOpening(NEW, 1)).isInstanceOf(Forgotten.class);
        assertThat(first.id()).isEqualTo(new KeyId(OLD, 1));
    }

    @Test
    void aKeyIsMadeOnceAndUsedByAllServers() {
        DataKey key = usable(keys.forSealing(ONE));
        assertThat(key.id()).isEqualTo(new KeyId(OLD, 1));
        byte[] ciphertext = key.seal(PLAIN, BELONGING);
        for (DataKeys server : List.of(keys, server())) {
            assertThat(usable(server.forOpening(OLD, 1)).open(ciphertext, BELONGING))
                    .contains(PLAIN);
            assertThat(usable(server.forSealing(ONE)).open(ciphertext, BELONGING))
                    .contains(PLAIN);
        }
        assertThat(memory.list(Optional.empty(), 10)).containsExactly(new KeyId(OLD, 1));
    }

    @Test
    void aWarmKeyAsksNobody() {
        DataKey key = usable(keys.forSealing(ONE));
        int reads = store.keyReads.get() + store.erasureReads.get() + store.revisionReads.get();
        for (int i = 0; i < 100; i++) {
            assertThat(usable(keys.forSealing(ONE))).isSameAs(key);
            assertThat(usable(keys.forOpening(OLD, 1))).isSameAs(key);
        }
        assertThat(store.keyReads.get() + store.erasureReads.get() + store.revisionReads.get())
                .isEqualTo(reads);
        pass(SETTINGS.recheck());
        assertThat(usable(keys.forSealing(ONE))).isSameAs(key);
        assertThat(store.keyReads.get() + store.erasureReads.get() + store.revisionReads.get())
                .isEqualTo(reads + 1);
    }

    @Test
    void ofManyThreadsOneLoads() throws Exception {
        List<SubjectKey> ends = WrappedKeyStoreContract.atOnce(number -> keys.forSealing(ONE));
        assertThat(ends).containsOnly(ends.getFirst());
        assertThat(store.keyReads).hasValue(1);
    }

    /** Another server makes the key between our look and our write. */
    @Test
    void whoComesSecondUsesTheKeyOfTheFirst() {
        store.beforeCreate = () -> {
            store.beforeCreate = () -> {};
            DataKey ignored = usable(server().forSealing(ONE));
        };
        byte[] ciphertext = usable(keys.forSealing(ONE)).seal(PLAIN, BELONGING);
        assertThat(usable(server().forOpening(OLD, 1)).open(ciphertext, BELONGING))
                .contains(PLAIN);
    }

    @Test
    void anErasedSubjectHasNoKeyUntilSomebodyAuthorisesTheNextOne() {
        DataKey first = usable(keys.forSealing(ONE));
        byte[] ciphertext = first.seal(PLAIN, BELONGING);
        erase(erasure, ONE);
        keys.drop(OLD);
        Forgotten forgotten = new Forgotten(new KeyId(OLD, 1), AT);
        assertThat(keys.forSealing(ONE)).isEqualTo(forgotten);
        assertThat(keys.forOpening(OLD, 1)).isEqualTo(forgotten);
        assertThat(memory.list(Optional.empty(), 10)).isEmpty();
        assertThat(erasure.authorise(ONE, AT)).hasSize(1);
        pass(SETTINGS.recheck());
        DataKey second = usable(keys.forSealing(ONE));
        assertThat(second.id()).isEqualTo(new KeyId(OLD, 2));
        assertThat(second.open(ciphertext, BELONGING)).isEmpty();
        assertThat(keys.forOpening(OLD, 1)).isEqualTo(forgotten);
        assertThat(usable(keys.forOpening(OLD, 2))).isSameAs(second);
    }

    @Test
    void whatIsDroppedOpensNothingWhoeverHoldsIt() {
        DataKey held = usable(keys.forSealing(ONE));
        keys.drop(OLD);
        refused(Reason.UNAVAILABLE, () -> held.seal(PLAIN, BELONGING));
        refused(Reason.UNAVAILABLE, () -> held.open(PLAIN, BELONGING));
        assertThat(usable(keys.forSealing(ONE)).seal(PLAIN, BELONGING)).isNotEmpty();
    }

    /** No message of it arrives. */
    @Test
    void anErasureByAnotherServerCountsWithinTheTimeSet() {
        DataKey held = usable(keys.forSealing(ONE));
        List<Erasures> ignored = erasure.intend(erasure.current(ONE), AT);
        pass(SETTINGS.recheck());
        assertThat(keys.forOpening(OLD, 1)).isInstanceOf(Forgotten.class);
        refused(Reason.UNAVAILABLE, () -> held.seal(PLAIN, BELONGING));
        assertThat(keys.forSealing(ONE)).isInstanceOf(Forgotten.class);
    }

    @Test
    void anErasureOfOneSubjectLeavesTheOthersTheirKeys() {
        DataKey other = usable(keys.forSealing(List.of(NEW)));
        DataKey ignored = usable(keys.forSealing(ONE));
        int reads = store.keyReads.get();
        erase(erasure, ONE);
        pass(SETTINGS.recheck());
        assertThat(usable(keys.forSealing(List.of(NEW)))).isSameAs(other);
        assertThat(store.keyReads).hasValue(reads);
    }

    @Test
    void anErasureUnderAnyNameCountsForAll() {
        erase(erasure, ONE);
        assertThat(keys.forSealing(BOTH)).isEqualTo(new Forgotten(new KeyId(OLD, 1), AT));
        assertThat(memory.list(Optional.empty(), 10)).isEmpty();
        assertThat(erasure.authorise(BOTH, AT)).hasSize(2);
        pass(SETTINGS.recheck());
        assertThat(usable(keys.forSealing(BOTH)).id()).isEqualTo(new KeyId(NEW, 1));
    }

    @Test
    void whatWasSealedUnderAnOlderNameIsOpenedByItsOwnKey() {
        byte[] ciphertext = usable(keys.forSealing(ONE)).seal(PLAIN, BELONGING);
        DataKey newer = usable(keys.forSealing(BOTH));
        assertThat(newer.id().pseudonym()).isEqualTo(NEW);
        assertThat(usable(keys.forOpening(OLD, 1)).open(ciphertext, BELONGING)).contains(PLAIN);
        erase(erasure, BOTH);
        pass(SETTINGS.recheck());
        assertThat(keys.forOpening(OLD, 1)).isInstanceOf(Forgotten.class);
        assertThat(keys.forOpening(NEW, 1)).isInstanceOf(Forgotten.class);
    }

    /** The whole erasure happens between our look at the ledger and our write. */
    @Test
    void aKeyThatComesTooLateIsNeverUsedAndGoes() {
        for (List<Pseudonym> erased : List.of(BOTH, ONE)) {
            InMemoryKeyStore own = new InMemoryKeyStore();
            CountingStore slow = new CountingStore(own);
            slow.beforeCreate = () -> erase(new KeyErasure(own), erased);
            DataKeys late = new DataKeys(wrapper, slow, SETTINGS, nanos::get);
            assertThat(late.forSealing(BOTH)).isInstanceOf(Forgotten.class);
            assertThat(own.list(Optional.empty(), 10)).isEmpty();
        }
    }

    /** The process ends just after the late write. */
    @Test
    void aKeyThatACrashHasLeftIsNeverUsedAndIsSwept() {
        store.beforeCreate = () -> erase(erasure, ONE);
        store.afterCreate = () -> {
            throw new IllegalStateException("crash");
        };
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> keys.forSealing(ONE));
        assertThat(memory.list(Optional.empty(), 10)).hasSize(1);
        assertThat(server().forSealing(ONE)).isInstanceOf(Forgotten.class);
        assertThat(server().forOpening(OLD, 1)).isInstanceOf(Forgotten.class);
        assertThat(erasure.sweep()).isEqualTo(1);
        assertThat(memory.list(Optional.empty(), 10)).isEmpty();
        assertThat(erasure.sweep()).isZero();
    }

    @Test
    void whoCannotKnowGivesOutNothing() {
        DataKey ignored = usable(keys.forSealing(ONE));
        store.away = true;
        assertThat(usable(keys.forSealing(ONE))).isNotNull();
        pass(SETTINGS.recheck());
        int reads = store.revisionReads.get();
        for (int i = 0; i < 10; i++) {
            refused(Reason.UNAVAILABLE, () -> keys.forSealing(ONE));
            refused(Reason.UNAVAILABLE, () -> keys.forOpening(OLD, 1));
        }
        // That it is away is asked once a second, not by everybody.
        assertThat(store.revisionReads).hasValue(reads + 1);
        store.away = false;
        pass(Duration.ofSeconds(1));
        assertThat(usable(keys.forSealing(ONE))).isNotNull();
    }

    @Test
    void aKeyThatIsNotThereIsDamageAndNotMadeAgain() {
        refused(Reason.DAMAGED, () -> keys.forOpening(OLD, 1));
        refused(Reason.DAMAGED, () -> keys.forOpening(OLD, 2));
        DataKey ignored = usable(keys.forSealing(ONE));
        memory.destroy(new KeyId(OLD, 1));
        pass(SETTINGS.age());
        refused(Reason.DAMAGED, () -> keys.forSealing(ONE));
        refused(Reason.DAMAGED, () -> keys.forOpening(OLD, 1));
        assertThat(memory.list(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void soManyAreRememberedAndNoMore() {
        List<List<Pseudonym>> subjects = IntStream.range(0, 10)
                .mapToObj(number -> List.of(WrappedKeyStoreContract.pseudonym(number)))
                .toList();
        List<DataKey> all = subjects.stream()
                .map(keys::forSealing)
                .map(DataKeysTest::usable)
                .toList();
        assertThat(keys.remembered()).isEqualTo(SETTINGS.entries());
        // Who was given one before can still use it.
        assertThat(all).allSatisfy(key -> assertThat(key.seal(PLAIN, BELONGING)).isNotEmpty());
        int reads = store.keyReads.get();
        assertThat(usable(keys.forSealing(subjects.getLast()))).isSameAs(all.getLast());
        assertThat(store.keyReads).hasValue(reads);
        DataKey ignored = usable(keys.forSealing(subjects.getFirst()));
        assertThat(store.keyReads).hasValue(reads + 1);
    }

    @Test
    void whatNobodyAsksForIsForgottenInTime() {
        DataKey held = usable(keys.forSealing(ONE));
        pass(SETTINGS.age());
        DataKey young = usable(keys.forSealing(List.of(NEW)));
        keys.tidy();
        assertThat(keys.remembered()).isEqualTo(2);
        pass(Duration.ofNanos(1));
        keys.tidy();
        assertThat(keys.remembered()).isEqualTo(1);
        assertThat(usable(keys.forSealing(List.of(NEW)))).isSameAs(young);
        assertThat(held.seal(PLAIN, BELONGING)).isNotEmpty();
    }

    @Test
    void whatIsClosedOpensNothing() {
        DataKey held = usable(keys.forSealing(ONE));
        keys.close();
        refused(Reason.UNAVAILABLE, () -> held.seal(PLAIN, BELONGING));
        assertThat(keys.remembered()).isZero();
    }

    @Test
    void rotationOfTheWrappingKeyChangesNoDataKey() {
        byte[] ciphertext = usable(keys.forSealing(ONE)).seal(PLAIN, BELONGING);
        KeyVersions first = KeyVersions.random();
        LocalKeyWrapper rotating = new LocalKeyWrapper(first, "a test");
        KeyId id = new KeyId(OLD, 1);
        WrappedKey was = memory.find(id).orElseThrow();
        byte[] bytes = wrapper.unwrap(was, id.associatedData());
        assertThat(memory.replace(id, was, rotating.wrap(bytes, id.associatedData())))
                .isTrue();
        KeyVersions both = first.rotated();
        rotating.renew(both);
        KeyRotation rotation = new KeyRotation(rotating, memory);
        assertThat(rotation.run()).isEqualTo(new KeyRotation.Report(1, 0));
        assertThat(rotation.run()).isEqualTo(new KeyRotation.Report(0, 1));
        // The first version is not needed any more.
        TreeMap<Integer, byte[]> second = new TreeMap<>();
        assertThat(second.put(2, both.key(2))).isNull();
        DataKeys server =
                new DataKeys(new LocalKeyWrapper(new KeyVersions(second), "a test"), memory, SETTINGS, nanos::get);
        assertThat(usable(server.forOpening(OLD, 1)).open(ciphertext, BELONGING))
                .contains(PLAIN);
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
