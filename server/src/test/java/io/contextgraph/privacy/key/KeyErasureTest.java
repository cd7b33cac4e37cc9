// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.contextgraph.privacy.key.Erasures.Kind;
import io.contextgraph.privacy.key.Erasures.Step;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KeyErasureTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final Pseudonym OLD = new Pseudonym(1, "0".repeat(32));
    private static final Pseudonym NEW = new Pseudonym(2, "1".repeat(32));
    private static final List<Pseudonym> BOTH = List.of(NEW, OLD);
    private static final WrappedKey KEY = new WrappedKey("test", 1, "key");

    private final InMemoryKeyStore store = new InMemoryKeyStore();
    private final KeyErasure erasure = new KeyErasure(store);

    private static Erasures after(Pseudonym pseudonym, int steps) {
        Erasures erasures = Erasures.none(pseudonym);
        for (int i = 0; i < steps; i++) {
            erasures = erasures.with(erasures.next(AT));
        }
        return erasures;
    }

    @Test
    void anErasureDestroysTheKeysOfAllNames() {
        assertThat(erasure.knows(BOTH)).isFalse();
        assertThat(store.create(new KeyId(OLD, 1), KEY)).isEqualTo(KEY);
        assertThat(erasure.knows(BOTH)).isTrue();
        assertThat(erasure.intend(erasure.current(BOTH), AT)).containsExactly(after(NEW, 1), after(OLD, 1));
        erasure.destroy(erasure.current(BOTH));
        assertThat(store.list(Optional.empty(), 10)).isEmpty();
        assertThat(erasure.complete(erasure.current(BOTH), AT)).containsExactly(after(NEW, 2), after(OLD, 2));
        assertThat(erasure.knows(BOTH)).isTrue();
        assertThat(store.erasures().list(Optional.empty(), 10)).containsExactly(after(OLD, 2), after(NEW, 2));
    }

    /** As after a crash behind each of them; the times of the first one stay. */
    @Test
    void eachStepMayBeRepeated() {
        assertThat(store.create(new KeyId(OLD, 1), KEY)).isEqualTo(KEY);
        for (int i = 0; i < 3; i++) {
            assertThat(erasure.intend(erasure.current(BOTH), AT.plusSeconds(i)))
                    .containsExactly(after(NEW, 1), after(OLD, 1));
        }
        for (int i = 0; i < 3; i++) {
            erasure.destroy(erasure.current(BOTH));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(erasure.complete(erasure.current(BOTH), AT.plusSeconds(i)))
                    .containsExactly(after(NEW, 2), after(OLD, 2));
            erasure.destroy(erasure.current(BOTH));
            assertThat(erasure.intend(erasure.current(BOTH), AT.plusSeconds(i)))
                    .containsExactly(after(NEW, 2), after(OLD, 2));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(erasure.authorise(BOTH, AT.plusSeconds(i))).containsExactly(after(NEW, 3), after(OLD, 3));
        }
        assertThat(erasure.intend(erasure.current(List.of(OLD)), AT)).containsExactly(after(OLD, 4));
    }

    @Test
    void nothingIsDestroyedThatNobodyIntendedTo() {
        assertThat(store.create(new KeyId(OLD, 1), KEY)).isEqualTo(KEY);
        assertThatIllegalStateException().isThrownBy(() -> erasure.destroy(erasure.current(BOTH)));
        assertThatIllegalStateException().isThrownBy(() -> erasure.complete(erasure.current(BOTH), AT));
        assertThat(store.find(new KeyId(OLD, 1))).contains(KEY);
        assertThat(store.erasures().list(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void aReturnBeforeTheEndIsRefusedAsAWhole() {
        assertThat(erasure.intend(erasure.current(BOTH), AT)).hasSize(2);
        assertThat(erasure.complete(erasure.current(List.of(NEW)), AT)).hasSize(1);
        refused(Reason.REFUSED, () -> erasure.authorise(BOTH, AT));
        assertThat(store.erasures().find(NEW)).isEqualTo(after(NEW, 2));
        assertThat(erasure.complete(erasure.current(BOTH), AT)).hasSize(2);
        assertThat(erasure.authorise(BOTH, AT)).containsExactly(after(NEW, 3), after(OLD, 3));
    }

    @Test
    void whoWasNeverErasedNeedsNoAuthorisation() {
        assertThat(erasure.authorise(BOTH, AT)).containsExactly(Erasures.none(NEW), Erasures.none(OLD));
        assertThat(store.erasures().list(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void aBackEndThatKeepsWhatItShouldDestroyIsNotBelieved() {
        assertThat(store.create(new KeyId(OLD, 1), KEY)).isEqualTo(KEY);
        KeyErasure kept = new KeyErasure(new ForwardingKeyStore(store) {
            @Override
            public void destroy(KeyId id) {
                // As a bucket with a lock that says yes.
            }
        });
        assertThat(kept.intend(kept.current(BOTH), AT)).hasSize(2);
        refused(Reason.REFUSED, () -> kept.destroy(kept.current(BOTH)));
        assertThat(store.erasures().find(OLD)).isEqualTo(after(OLD, 1));
    }

    @Test
    void whatOthersWriteAtTheSameTimeIsNoReasonToGiveUp() {
        KeyErasure contended = new KeyErasure(new ForwardingKeyStore(store) {
            private int lost;

            @Override
            protected boolean add(Erasures was, Step step) {
                if (lost++ < 3) {
                    return false;
                }
                return super.add(was, step);
            }
        });
        assertThat(contended.intend(contended.current(List.of(OLD)), AT)).containsExactly(after(OLD, 1));
        KeyErasure hopeless = new KeyErasure(new ForwardingKeyStore(store) {
            @Override
            protected boolean add(Erasures was, Step step) {
                return false;
            }
        });
        refused(Reason.UNAVAILABLE, () -> hopeless.intend(hopeless.current(List.of(NEW)), AT));
    }

    @Test
    void sweepingLeavesWhoReturned() {
        assertThat(erasure.intend(erasure.current(List.of(OLD)), AT)).hasSize(1);
        assertThat(erasure.complete(erasure.current(List.of(OLD)), AT)).hasSize(1);
        assertThat(erasure.authorise(List.of(OLD), AT)).hasSize(1);
        assertThat(store.create(new KeyId(OLD, 2), KEY)).isEqualTo(KEY);
        assertThat(store.create(new KeyId(NEW, 1), KEY)).isEqualTo(KEY);
        assertThat(store.create(new KeyId(OLD, 1), KEY)).isEqualTo(KEY);
        assertThat(erasure.sweep()).isEqualTo(1);
        assertThat(store.list(Optional.empty(), 10)).containsExactly(new KeyId(OLD, 2), new KeyId(NEW, 1));
    }

    @Test
    void stepsFollowEachOther() {
        Step intended = new Step(Kind.INTENDED, 1, AT);
        Step done = new Step(Kind.DONE, 1, AT);
        Step authorised = new Step(Kind.AUTHORISED, 2, AT);
        assertThat(new Erasures(OLD, List.of(intended, done, authorised)).isOpen())
                .isTrue();
        for (List<Step> wrong : List.of(
                List.of(done),
                List.of(authorised),
                List.of(intended, authorised),
                List.of(intended, intended),
                List.of(intended, done, new Step(Kind.AUTHORISED, 1, AT)),
                List.of(intended, done, authorised, intended))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Erasures(OLD, wrong));
        }
        Erasures twice = new Erasures(
                OLD, List.of(intended, done, authorised, new Step(Kind.INTENDED, 2, AT), new Step(Kind.DONE, 2, AT)));
        assertThat(twice.isOpen()).isFalse();
        assertThat(twice.generation()).isEqualTo(2);
        assertThat(KeyStoreJson.readErasures(OLD, KeyStoreJson.write(twice))).contains(twice);
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
