// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.erasure.ErasureOutcome.Erased;
import io.contextgraph.privacy.erasure.ErasureOutcome.Held;
import io.contextgraph.privacy.erasure.ErasureOutcome.Unknown;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "{0} partitions")
@ValueSource(ints = {1, 3})
class EraserTest {
    @TempDir
    private static Path folder;

    private final ReceiptKey receipts = ReceiptKey.create(folder.resolve("receipts-" + UUID.randomUUID()));
    private final int partitions;
    private ErasureBed bed;
    private DataKeys keys;
    private List<Pseudonym> one;
    private List<Pseudonym> other;

    EraserTest(int partitions) {
        this.partitions = partitions;
        bed = bed(1);
        keys = bed.server();
        one = bed.names("jane@example.org");
        other = bed.names("john@example.org");
    }

    private ErasureBed bed(int generations) {
        return new ErasureBed(ErasureBed.memory(partitions), receipts, generations);
    }

    private void use(ErasureBed fresh) {
        bed = fresh;
        keys = fresh.server();
        one = fresh.names("jane@example.org");
        other = fresh.names("john@example.org");
    }

    private void say(List<Pseudonym> names, long... numbers) {
        for (long number : numbers) {
            assertThat(bed.say(keys, names, number)).get().isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    @Test
    void nobodyWhoIsUnknownIsErased() {
        say(other, 1);
        assertThat(bed.eraser(keys).erase(one)).isEqualTo(new Unknown());
        assertThat(bed.store.erasures().find(one.getFirst()).steps()).isEmpty();
        assertThat(bed.ledger.personal().erasures().find(PayloadErasure.subject(one.getFirst())))
                .isEmpty();
        assertThat(bed.onRecord()).isEmpty();
        assertThat(bed.eraser(keys).begun()).isEmpty();
    }

    @Test
    void aPersonIsErasedAndNobodyElse() {
        say(one, 1, 2, 4);
        say(other, 3);
        bed.places.add(new Copies("archive", "segments of the archive", () -> 7));
        assertThat(bed.readable(keys, 1)).contains("{\"name\":\"person 1\"}");

        ErasureOutcome outcome = bed.eraser(keys).erase(one);

        bed.assertTrue(outcome, one, 1, 3);
        ErasureReport report = ((Erased) outcome).report();
        assertThat(report.keys()).containsExactly(new KeyId(one.getFirst(), 1));
        assertThat(report.remaining())
                .containsExactly(new Sweep(
                        "archive",
                        7,
                        "left as they are: they go when their own time has come",
                        List.of("7 segments of the archive that were made before"),
                        "what they have of the person is sealed by a key that is destroyed; and before anything that is"
                                + " restored from them can be read, every erasure is replayed on it"));
        assertThat(bed.readable(keys, 1)).isEmpty();
        assertThat(bed.readable(keys, 3)).contains("{\"name\":\"person 3\"}");
        assertThat(bed.say(keys, one, 5)).isEmpty();
        assertThat(bed.onRecord()).hasSize(1);
        assertThat(bed.eraser(keys).begun()).isEmpty();
    }

    @Test
    void whoIsErasedAlreadyGetsTheReceiptAgain() {
        say(one, 1);
        ErasureOutcome first = bed.eraser(keys).erase(one);
        assertThat(bed.eraser(bed.server()).erase(one)).isEqualTo(first);
        assertThat(bed.onRecord()).hasSize(1);
        assertThat(bed.eraser(keys).receipt(one.getFirst())).contains(((Erased) first).receipt());
        assertThat(bed.eraser(keys).report(one.getFirst())).contains(((Erased) first).report());
        assertThat(bed.eraser(keys).receipt(other.getFirst())).isEmpty();
    }

    @Test
    void aHoldOnOneSessionStopsAllOfItBeforeItBegins() {
        say(one, 1, 2, 3);
        SessionId session = new SessionId("session-2");
        bed.hold(session);
        bed.hold(new SessionId("of others"));

        ErasureOutcome first = bed.eraser(keys).erase(one);

        assertThat(first).isInstanceOf(Held.class);
        ErasureReport held = ((Held) first).report();
        assertThat(held.state()).isEqualTo(State.HELD);
        assertThat(held.heldBy()).containsExactly(session);
        assertThat(bed.readable(keys, 1)).isPresent();
        assertThat(bed.say(keys, one, 4)).get().isInstanceOf(AppendOutcome.Appended.class);
        assertThat(bed.store.erasures().find(one.getFirst()).steps()).isEmpty();
        assertThat(bed.eraser(keys).erase(one)).isEqualTo(first);
        assertThat(bed.eraser(keys).begun()).containsExactly(one);
        assertThatThrownBy(() -> bed.eraser(keys).authorise(one)).isInstanceOf(KeyServiceException.class);

        assertThat(bed.release(session)).isTrue();
        ErasureOutcome released =
                bed.eraser(keys).erase(bed.eraser(keys).begun().getFirst());
        bed.assertTrue(released, one, 1, 4);
        assertThat(((Erased) released).report().id()).isEqualTo(held.id());
        assertThat(bed.eraser(keys).begun()).isEmpty();
    }

    /** What is there is found true by whoever goes on, wherever the one before ended. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErasureThatBrokeOffAnywhereIsEnded(boolean made) {
        int broken = 0;
        boolean more = true;
        for (int call = 1; more; call++) {
            use(bed(2));
            bed.places.add(new Copies("archive", "segments of the archive", () -> 1));
            bed.places.add(new ParkedPlace(bed.ledger.parking()));
            say(one, 1, 2, 3);
            Breaks breaks = new Breaks(call, made);
            Eraser ends = bed.eraser(keys, breaks);
            if (breaks.isBroken() || !endsIn(ends, one)) {
                more = false;
                assertThat(breaks.isBroken()).isFalse();
            } else {
                broken++;
                Eraser next = bed.eraser(bed.server());
                List<List<Pseudonym>> begun = next.begun();
                boolean intended =
                        !bed.store.erasures().find(one.getFirst()).steps().isEmpty();
                boolean erased = next.report(one.getFirst())
                        .filter(report -> report.state() == State.DONE)
                        .isPresent();
                assertThat(intended && !erased && begun.isEmpty())
                        .as("call " + call)
                        .isFalse();
                bed.assertTrue(next.erase(begun.isEmpty() ? one : begun.getFirst()), one, 1, 3);
                assertThat(bed.onRecord()).as("call " + call).hasSize(1);
                assertThat(next.begun()).isEmpty();
                assertThat(bed.readable(bed.server(), 1)).isEmpty();
            }
        }
        assertThat(broken).isGreaterThan(30);
    }

    /** Whether it ends by breaking off. */
    private static boolean endsIn(Eraser eraser, List<Pseudonym> names) {
        try {
            ErasureOutcome outcome = eraser.erase(names);
            assertThat(outcome).isInstanceOf(Erased.class);
            return false;
        } catch (Breaks.Ended ended) {
            return true;
        }
    }

    @Test
    void whoReturnedIsErasedAgain() {
        say(one, 1);
        Erased first = (Erased) bed.eraser(keys).erase(one);
        assertThat(bed.eraser(keys).authorise(one)).hasSize(1);
        assertThat(bed.readable(keys, 1)).isEmpty();
        say(one, 2, 3);
        assertThat(bed.readable(keys, 2)).isPresent();
        assertThat(bed.eraser(keys).receipt(one.getFirst())).contains(first.receipt());

        ErasureOutcome second = bed.eraser(keys).erase(one);

        bed.assertTrue(second, one, 1, 2);
        ErasureReport report = ((Erased) second).report();
        assertThat(report.keys()).containsExactly(new KeyId(one.getFirst(), 2));
        assertThat(report.id()).isNotEqualTo(first.report().id());
        assertThat(bed.onRecord()).hasSize(2);
        assertThat(bed.eraser(keys).receipt(one.getFirst())).contains(((Erased) second).receipt());
        assertThat(bed.eraser(keys).erase(one)).isEqualTo(second);
    }

    @Test
    void aPersonIsErasedUnderEveryName() {
        use(bed(3));
        List<Pseudonym> oldest = one.subList(2, 3);
        say(oldest, 1, 2);
        say(one.subList(1, 3), 3);
        say(one, 4);
        ErasureOutcome outcome = bed.eraser(keys).erase(one);
        bed.assertTrue(outcome, one, 3, 4);
        for (Pseudonym name : one) {
            assertThat(bed.eraser(keys).receipt(name)).contains(((Erased) outcome).receipt());
        }
        // Who does not know yet of the newest key is answered the same.
        assertThat(bed.eraser(keys).erase(oldest)).isEqualTo(outcome);
    }

    @Test
    void whatTheStoreOfTheLedgerHasForgottenIsToldAnew() {
        say(one, 1);
        ErasureOutcome first = bed.eraser(keys).erase(one);
        ErasureBed restored = bed;
        Ledger empty = ErasureBed.memory(partitions);
        Eraser next = new Eraser(
                empty,
                restored.store,
                new ErasureParts(
                        keys,
                        restored.news,
                        List.of(),
                        new AuditTrail(empty.log(), Durability.MEMORY, restored.clock()),
                        receipts),
                restored.clock());
        ErasureOutcome again = next.erase(one);
        assertThat(again).isInstanceOf(Erased.class).isNotEqualTo(first);
        assertThat(((Erased) again).report().at(Eraser.PAYLOADS).orElseThrow().found())
                .isZero();
    }

    @Test
    void whatOnlyTheKeysRememberIsEnded() {
        say(one, 1);
        say(other, 2);
        KeyErasure intent = new KeyErasure(bed.store);
        assertThat(intent.intend(intent.current(one), Instant.EPOCH)).hasSize(1);
        Eraser eraser = bed.eraser(keys);
        assertThat(eraser.begun()).containsExactly(one);
        bed.assertTrue(eraser.erase(one), one, 1, 1);
        assertThat(eraser.begun()).isEmpty();
    }

    @Test
    void whatCannotBeReadHoldsUpNobodyElse() {
        say(one, 1);
        say(other, 2);
        bed.ledger.personal().erasures().put(PayloadErasure.subjects(one), "{\"form\":2}", true);
        KeyErasure intent = new KeyErasure(bed.store);
        assertThat(intent.intend(intent.current(other), Instant.EPOCH)).hasSize(1);
        Eraser eraser = bed.eraser(keys);
        assertThat(eraser.begun()).containsExactly(other);
        assertThatThrownBy(() -> eraser.erase(one))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("erasure:" + one.getFirst());
        assertThat(bed.readable(keys, 1)).isPresent();
    }

    @Test
    void otherServersAreTold() {
        DataKeys there = bed.server();
        say(one, 1);
        assertThat(bed.readable(there, 1)).isPresent();
        KeyNews.Listening listening = bed.news.listen(name -> there.drop(Pseudonym.of(name.value())));
        bed.assertTrue(bed.eraser(keys).erase(one), one, 1, 1);
        listening.close();
        // It would notice by itself only later.
        assertThat(bed.say(there, one, 2)).isEmpty();
    }

    @Test
    void aPersonWithMoreEventsThanAStepIsErased() {
        for (int n = 1; n <= 1203; n++) {
            say(one, n);
        }
        bed.assertTrue(bed.eraser(keys).erase(one), one, 1, 1203);
        assertThat(bed.ledger.log().payloads(List.of(Events.id(1), Events.id(1203))))
                .isEmpty();
    }

    @Test
    void itIsToldAsLongWorkIs() {
        say(one, 1);
        ErasureWork work = new ErasureWork(bed.eraser(keys), one);
        assertThat(work.kind()).isEqualTo("erasure");
        assertThat(work.lock()).isEqualTo("erasure:" + one.getFirst());
        var told = work.run(Watcher.NONE);
        ErasureReport report = ErasureJson.report(told.required("report"));
        ErasureReceipt receipt = ErasureJson.receipt(told.required("receipt"));
        assertThat(receipt.proves(report, receipts.publicKey())).isTrue();
        assertThat(Optional.of(report)).isEqualTo(bed.eraser(keys).report(one.getFirst()));
        assertThat(new ErasureWork(bed.eraser(keys), other).run(Watcher.NONE).toString())
                .isEqualTo("{\"report\":null,\"receipt\":null}");
    }
}
