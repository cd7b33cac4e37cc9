// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.privacy.key.Erasures.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link WrappedKeyStore} does. */
public abstract class WrappedKeyStoreContract {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final int WRITERS = 8;

    private WrappedKeyStore store;

    /** Another one on the same keys, as another process has it; the keys are there for one test. */
    protected abstract WrappedKeyStore connect();

    @BeforeEach
    void connectOnce() {
        store = connect();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** One of any number of pseudonyms, spread over all digits. */
    protected static Pseudonym pseudonym(int number) {
        return new Pseudonym(1, String.format("%08x", Integer.reverse(number)) + "0".repeat(24));
    }

    protected static KeyId id(int number) {
        return new KeyId(pseudonym(number), 1);
    }

    protected static WrappedKey wrapped(String text) {
        return new WrappedKey("test", 1, text);
    }

    @Test
    void whatIsCreatedIsFoundByAnyOther() {
        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.create(id(1), wrapped("one"))).isEqualTo(wrapped("one"));
        assertThat(store.find(id(1))).contains(wrapped("one"));
        try (WrappedKeyStore other = connect()) {
            assertThat(other.find(id(1))).contains(wrapped("one"));
            assertThat(other.find(id(2))).isEmpty();
        }
    }

    @Test
    void theFirstOneStays() {
        assertThat(store.create(id(1), wrapped("first"))).isEqualTo(wrapped("first"));
        try (WrappedKeyStore other = connect()) {
            assertThat(other.create(id(1), wrapped("second"))).isEqualTo(wrapped("first"));
        }
        assertThat(store.find(id(1))).contains(wrapped("first"));
    }

    @Test
    void pseudonymsAndGenerationsAreApart() {
        Pseudonym same = new Pseudonym(2, pseudonym(1).digits());
        List<KeyId> ids = List.of(
                id(1),
                new KeyId(pseudonym(1), 2),
                new KeyId(pseudonym(1), 12),
                new KeyId(same, 1),
                new KeyId(new Pseudonym(12, pseudonym(1).digits()), 1));
        for (KeyId each : ids) {
            assertThat(store.create(each, wrapped(each.toString()))).isEqualTo(wrapped(each.toString()));
        }
        store.destroy(id(1));
        assertThat(store.find(id(1))).isEmpty();
        assertThat(ids.subList(1, ids.size()))
                .allSatisfy(each -> assertThat(store.find(each)).contains(wrapped(each.toString())));
        assertThat(listed(2)).containsExactlyInAnyOrderElementsOf(ids.subList(1, ids.size()));
    }

    @Test
    void aKeyIsReplacedOnlyWhileItIsWhatItWas() {
        assertThat(store.replace(id(1), wrapped("one"), wrapped("two"))).isFalse();
        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.create(id(1), wrapped("one"))).isEqualTo(wrapped("one"));
        assertThat(store.replace(id(1), wrapped("other"), wrapped("two"))).isFalse();
        assertThat(store.find(id(1))).contains(wrapped("one"));
        assertThat(store.replace(id(1), wrapped("one"), wrapped("two"))).isTrue();
        assertThat(store.replace(id(1), wrapped("one"), wrapped("three"))).isFalse();
        try (WrappedKeyStore other = connect()) {
            assertThat(other.find(id(1))).contains(wrapped("two"));
        }
    }

    @Test
    void whatIsDestroyedIsGoneForAll() {
        store.destroy(id(1));
        assertThat(store.create(id(1), wrapped("one"))).isEqualTo(wrapped("one"));
        assertThat(store.replace(id(1), wrapped("one"), wrapped("two"))).isTrue();
        try (WrappedKeyStore other = connect()) {
            other.destroy(id(1));
            assertThat(other.find(id(1))).isEmpty();
        }
        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.replace(id(1), wrapped("two"), wrapped("three"))).isFalse();
        assertThat(listed(10)).isEmpty();
        store.destroy(id(1));
        assertThat(store.create(id(1), wrapped("another"))).isEqualTo(wrapped("another"));
        assertThat(store.find(id(1))).contains(wrapped("another"));
    }

    @Test
    void ofManyThatCreateOneDoes() throws Exception {
        List<WrappedKey> ends = atOnce(number -> {
            try (WrappedKeyStore own = connect()) {
                return own.create(id(1), wrapped("by " + number));
            }
        });
        assertThat(new HashSet<>(ends)).hasSize(1);
        assertThat(store.find(id(1))).contains(ends.getFirst());
    }

    @Test
    void ofManyThatReplaceOneDoes() throws Exception {
        assertThat(store.create(id(1), wrapped("first"))).isEqualTo(wrapped("first"));
        List<Boolean> ends = atOnce(number -> {
            try (WrappedKeyStore own = connect()) {
                return own.replace(id(1), wrapped("first"), wrapped("by " + number));
            }
        });
        assertThat(ends.stream().filter(done -> done)).hasSize(1);
        assertThat(store.find(id(1))).contains(wrapped("by " + ends.indexOf(true)));
    }

    /** A rotation must not bring back what an erasure has destroyed at the same instant. */
    @Test
    void whatIsDestroyedWhileItIsReplacedIsGone() throws Exception {
        for (int round = 0; round < 20; round++) {
            KeyId contested = id(round);
            assertThat(store.create(contested, wrapped("first"))).isEqualTo(wrapped("first"));
            List<Boolean> ends = atOnce(number -> {
                try (WrappedKeyStore own = connect()) {
                    if (number == 0) {
                        own.destroy(contested);
                        return true;
                    }
                    return own.replace(contested, wrapped("first"), wrapped("by " + number));
                }
            });
            assertThat(ends).hasSize(WRITERS);
            assertThat(store.find(contested)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40, 100})
    void keysAreListedInPages(int limit) {
        assertThat(listed(limit)).isEmpty();
        TreeSet<KeyId> there = new TreeSet<>();
        for (int number = 0; number < 40; number++) {
            boolean added = there.add(id(number));
            assertThat(added).isTrue();
            assertThat(store.create(id(number), wrapped("key"))).isEqualTo(wrapped("key"));
        }
        store.destroy(id(7));
        boolean removed = there.remove(id(7));
        assertThat(removed).isTrue();
        assertThat(listed(limit)).containsExactlyInAnyOrderElementsOf(there).doesNotHaveDuplicates();
    }

    /** What goes and comes between pages changes nothing for the rest. */
    @Test
    void pagesGoOnBehindAKeyThatIsGone() {
        for (int number = 0; number < 6; number++) {
            assertThat(store.create(id(number), wrapped("key"))).isEqualTo(wrapped("key"));
        }
        List<KeyId> first = store.list(Optional.empty(), 3);
        store.destroy(first.getLast());
        List<KeyId> second = store.list(Optional.of(first.getLast()), 10);
        List<KeyId> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(all).containsExactlyInAnyOrder(id(0), id(1), id(2), id(3), id(4), id(5));
    }

    private List<KeyId> listed(int limit) {
        List<KeyId> all = new ArrayList<>();
        Optional<KeyId> after = Optional.empty();
        List<KeyId> page;
        do {
            page = store.list(after, limit);
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
            after = page.isEmpty() ? after : Optional.of(page.getLast());
        } while (page.size() == limit);
        return all;
    }

    @Test
    void erasuresAreRememberedForEver() {
        Erasures none = store.erasures().find(pseudonym(1));
        assertThat(none).isEqualTo(Erasures.none(pseudonym(1)));
        Erasures erasures = none;
        for (int i = 0; i < 7; i++) {
            assertThat(store.erasures().add(erasures, erasures.next(AT.plusSeconds(i))))
                    .isTrue();
            erasures = erasures.with(erasures.next(AT.plusSeconds(i)));
            try (WrappedKeyStore other = connect()) {
                assertThat(other.erasures().find(pseudonym(1))).isEqualTo(erasures);
            }
        }
        store.destroy(id(1));
        assertThat(store.erasures().find(pseudonym(1))).isEqualTo(erasures);
        assertThat(store.erasures().find(pseudonym(2))).isEqualTo(Erasures.none(pseudonym(2)));
        assertThat(erasures.last().orElseThrow().kind()).isEqualTo(Kind.INTENDED);
        assertThat(erasures.generation()).isEqualTo(3);
    }

    @Test
    void aStepIsAddedOnlyToWhatIsThere() {
        Erasures none = Erasures.none(pseudonym(1));
        Erasures intended = none.with(none.next(AT));
        assertThat(store.erasures().add(intended, intended.next(AT))).isFalse();
        assertThat(store.erasures().find(pseudonym(1))).isEqualTo(none);
        assertThat(store.erasures().add(none, none.next(AT))).isTrue();
        assertThat(store.erasures().add(none, none.next(AT.plusSeconds(1)))).isFalse();
        assertThat(store.erasures().find(pseudonym(1))).isEqualTo(intended);
    }

    @Test
    void ofManyThatAddAStepOneDoes() throws Exception {
        Erasures none = Erasures.none(pseudonym(1));
        List<Boolean> ends = atOnce(number -> {
            try (WrappedKeyStore own = connect()) {
                return own.erasures().add(none, none.next(AT.plusSeconds(number)));
            }
        });
        assertThat(ends.stream().filter(done -> done)).hasSize(1);
        assertThat(store.erasures().find(pseudonym(1)))
                .isEqualTo(none.with(none.next(AT.plusSeconds(ends.indexOf(true)))));
    }

    /** Steps of other subjects at the same time are no reason to lose one. */
    @Test
    void noneOfManySubjectsIsLost() throws Exception {
        List<Boolean> ends = atOnce(number -> {
            try (WrappedKeyStore own = connect()) {
                boolean all = true;
                for (int i = 0; i < 8; i++) {
                    // All under one digit.
                    Erasures none = Erasures.none(pseudonym((number * 8 + i) << 4));
                    boolean added = own.erasures().add(none, none.next(AT));
                    all = all && added;
                }
                return all;
            }
        });
        assertThat(ends).containsOnly(true);
        assertThat(store.erasures().list(Optional.empty(), 1_000)).hasSize(WRITERS * 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20, 100})
    void erasuresAreListedInPages(int limit) {
        List<Erasures> there = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            Erasures none = Erasures.none(pseudonym(number));
            assertThat(store.erasures().add(none, none.next(AT))).isTrue();
            there.add(none.with(none.next(AT)));
        }
        List<Erasures> all = new ArrayList<>();
        Optional<Pseudonym> after = Optional.empty();
        List<Erasures> page;
        do {
            page = store.erasures().list(after, limit);
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
            after = page.isEmpty() ? after : Optional.of(page.getLast().pseudonym());
        } while (page.size() == limit);
        assertThat(all).containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void theRevisionIsAnotherAfterEachStepAndOnlyThen() {
        try (WrappedKeyStore other = connect()) {
            TreeSet<String> revisions = new TreeSet<>(List.of(other.erasures().revision()));
            Erasures erasures = Erasures.none(pseudonym(1));
            for (int i = 0; i < 6; i++) {
                assertThat(store.erasures().add(erasures, erasures.next(AT))).isTrue();
                erasures = erasures.with(erasures.next(AT));
                assertThat(revisions.add(other.erasures().revision())).isTrue();
                assertThat(other.erasures().revision())
                        .isEqualTo(store.erasures().revision());
            }
            assertThat(store.create(id(1), wrapped("key"))).isEqualTo(wrapped("key"));
            store.destroy(id(1));
            assertThat(revisions.add(other.erasures().revision())).isFalse();
        }
    }

    @Test
    void itSaysWhichAndWhereItIs() {
        assertThat(store.describe()).isNotBlank();
        String id = store.id();
        assertThat(id).isNotBlank();
        Erasures none = Erasures.none(pseudonym(1));
        assertThat(store.erasures().add(none, none.next(AT))).isTrue();
        try (WrappedKeyStore other = connect()) {
            assertThat(other.id()).isEqualTo(id);
        }
    }

    /** What one of several does. */
    protected interface Part<T> {
        T run(int number) throws Exception;
    }

    /** What each of several gets who do something at once. */
    protected static <T> List<T> atOnce(Part<T> part) throws Exception {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int number = i;
            calls.add(() -> part.run(number));
        }
        List<T> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (Future<T> end : threads.invokeAll(calls)) {
                ends.add(end.get());
            }
        }
        return ends;
    }
}
