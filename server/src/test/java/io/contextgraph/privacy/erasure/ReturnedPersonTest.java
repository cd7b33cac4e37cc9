// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.privacy.erasure.ErasureOutcome.Erased;
import io.contextgraph.privacy.erasure.ErasureOutcome.Held;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An erasure is of what there was when it was asked for, however late it goes on: it touches nobody who returned since. */
@ParameterizedClass(name = "{0} partitions")
@ValueSource(ints = {1, 3})
class ReturnedPersonTest {
    private static final long BEFORE = 1;
    private static final long SINCE = 9;

    @TempDir
    private static Path folder;

    private final ReceiptKey receipts = ReceiptKey.create(folder.resolve("receipts-" + UUID.randomUUID()));
    private final int partitions;
    private ErasureBed bed;
    private DataKeys keys;
    private List<Pseudonym> one;

    ReturnedPersonTest(int partitions) {
        this.partitions = partitions;
        bed = bed();
        keys = bed.server();
        one = bed.names("jane@example.org");
    }

    private ErasureBed bed() {
        return new ErasureBed(ErasureBed.memory(partitions), receipts, 2);
    }

    private void fresh() {
        bed = bed();
        keys = bed.server();
        one = bed.names("jane@example.org");
        bed.places.add(new ParkedPlace(bed.ledger.parking()));
        say(BEFORE);
        assertThat(bed.say(keys, one.subList(1, 2), BEFORE + 1)).isPresent();
    }

    private void say(long number) {
        assertThat(bed.say(bed.server(), one, number)).get().isInstanceOf(AppendOutcome.Appended.class);
    }

    /** One that broke off as soon as anybody can know of it. */
    private void begin() {
        boolean begun = false;
        for (int call = 1; !begun; call++) {
            fresh();
            try {
                assertThat(bed.eraser(keys, new Breaks(call, true)).erase(one)).isNull();
            } catch (Breaks.Ended ended) {
                begun = !bed.eraser(keys).begun().isEmpty();
            }
        }
    }

    private void endAndReturn() {
        Eraser other = bed.eraser(bed.server());
        assertThat(other.goOn(one)).isInstanceOf(Erased.class);
        assertThat(other.authorise(one)).hasSize(2);
        say(SINCE);
    }

    private void assertHasReturned() {
        assertThat(bed.readable(bed.server(), SINCE)).isPresent();
        assertThat(bed.readable(bed.server(), BEFORE)).isEmpty();
        for (Pseudonym name : one) {
            assertThat(bed.store.erasures().find(name).allows(2)).isTrue();
        }
    }

    @Test
    void whatIsNotBegunDoesNotGoOn() {
        fresh();
        assertThat(bed.eraser(keys).goOn(one)).isEqualTo(new ErasureOutcome.Unknown());
        assertThat(bed.readable(keys, BEFORE)).isPresent();
        assertThat(bed.store.erasures().find(one.getFirst()).steps()).isEmpty();
        assertThat(bed.eraser(keys).begun()).isEmpty();
    }

    @Test
    void whoLooksBeforeAndGoesOnAfterAReturnErasesNobody() {
        begin();
        Eraser schedule = bed.eraser(keys);
        List<Pseudonym> begun = schedule.begun().getFirst();
        endAndReturn();
        assertThat(schedule.goOn(begun)).isInstanceOf(Erased.class);
        assertHasReturned();
        assertThat(bed.onRecord()).hasSize(1);
    }

    /** A ledger was brought back from the middle of an erasure, of somebody who has returned since. */
    @Test
    void whatABackupRemembersOfAnErasureErasesNobody() {
        begin();
        String running = bed.ledger
                .personal()
                .erasures()
                .find(PayloadErasure.subject(one.getFirst()))
                .orElseThrow();
        endAndReturn();
        bed.ledger.personal().erasures().put(PayloadErasure.subjects(one), running, true);
        Eraser schedule = bed.eraser(bed.server());
        assertThat(schedule.begun()).containsExactly(one);
        ErasureOutcome outcome = schedule.goOn(one);
        assertHasReturned();
        ErasureReport report = ((Erased) outcome).report();
        assertThat(report.keys()).containsExactly(new KeyId(one.get(0), 1), new KeyId(one.get(1), 1));
        assertThat(report.state()).isEqualTo(State.DONE);
        assertThat(schedule.begun()).isEmpty();
        // Who asks now means the person who has returned.
        bed.assertTrue(schedule.erase(one), one, 1, 1);
        assertThat(bed.readable(bed.server(), SINCE)).isEmpty();
    }

    @Test
    void whatABackupRemembersOfAnErasureThatWaitsErasesNobody() {
        fresh();
        SessionId session = new SessionId("session-1");
        bed.hold(session);
        assertThat(bed.eraser(keys).erase(one)).isInstanceOf(Held.class);
        String held = bed.ledger
                .personal()
                .erasures()
                .find(PayloadErasure.subject(one.getFirst()))
                .orElseThrow();
        assertThat(bed.release(session)).isTrue();
        endAndReturn();
        bed.ledger.personal().erasures().put(PayloadErasure.subjects(one), held, true);
        assertThat(bed.eraser(keys).goOn(one)).isInstanceOf(Erased.class);
        assertHasReturned();
        assertThat(bed.eraser(keys).begun()).isEmpty();
    }

    /** One that stood still, at any call, while another one ended it and the person returned. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErasureThatStoodStillTouchesNobodyWhoReturned(boolean intendedOnly) {
        int paused = 0;
        boolean more = true;
        for (int call = 1; more; call++) {
            if (intendedOnly) {
                fresh();
                KeyErasure intent = new KeyErasure(bed.store);
                assertThat(intent.intend(intent.current(one), Instant.EPOCH)).hasSize(2);
            } else {
                begin();
            }
            boolean[] returned = {false};
            Breaks pausing = Breaks.pausing(call, () -> {
                returned[0] = true;
                endAndReturn();
            });
            try {
                assertThat(bed.eraser(keys, pausing).goOn(one)).isInstanceOf(Erased.class);
            } catch (KeyServiceException | LedgerException refused) {
                assertThat(returned[0]).isTrue();
            }
            more = returned[0];
            if (more) {
                paused++;
                assertHasReturned();
                Eraser last = bed.eraser(bed.server());
                last.begun().forEach(names -> assertThat(last.goOn(names)).isInstanceOf(Erased.class));
                assertThat(last.begun()).as("call " + call).isEmpty();
                assertHasReturned();
                ErasureReport report = last.report(one.getFirst()).orElseThrow();
                assertThat(last.receipt(one.getFirst()).orElseThrow().proves(report, receipts.publicKey()))
                        .isTrue();
            }
        }
        assertThat(paused).isGreaterThan(25);
    }

    /** Who asks for an erasure before a return, and is at it only afterwards, means the person of before. */
    @Test
    void whoAskedBeforeAReturnErasesNobodyOrAllOfThePerson() {
        int stayed = 0;
        boolean more = true;
        for (int call = 1; more; call++) {
            fresh();
            boolean[] returned = {false};
            Breaks pausing = Breaks.pausing(call, () -> {
                returned[0] = true;
                assertThat(bed.eraser(bed.server()).erase(one)).isInstanceOf(Erased.class);
                endAndReturn();
            });
            assertThat(bed.eraser(keys, pausing).erase(one)).isInstanceOf(Erased.class);
            more = returned[0];
            if (more && bed.store.erasures().find(one.getFirst()).allows(2)) {
                stayed++;
                assertHasReturned();
            } else if (more) {
                assertThat(stayed).as("it had not looked at anything before").isZero();
                assertThat(bed.readable(bed.server(), SINCE)).isEmpty();
            }
            assertThat(bed.eraser(keys).begun()).isEmpty();
        }
        assertThat(stayed).isGreaterThan(30);
    }
}
