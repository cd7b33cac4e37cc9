// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.SessionId;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Of several who erase a person at the same time, a server and a command, one does, and all are told the same. */
@ParameterizedClass(name = "{0} partitions")
@ValueSource(ints = {1, 3})
class ErasureWorkTest {
    @TempDir
    private Path folder;

    private final int partitions;

    ErasureWorkTest(int partitions) {
        this.partitions = partitions;
    }

    private ErasureBed bed() {
        return new ErasureBed(ErasureBed.memory(partitions), folder, 2);
    }

    private static Operations operations(ErasureBed bed) {
        return new Operations(Clock.systemUTC(), bed.ledger.operations());
    }

    private static boolean goesOn(Duration ignored) {
        Thread.onSpinWait();
        return false;
    }

    @Test
    void whoComesSecondIsToldWhatTheFirstHasDone() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        CountDownLatch waited = new CountDownLatch(1);
        bed.places.add(new Copies("backups", "backups", () -> {
            try {
                waited.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return 1;
        }));
        try (Operations server = operations(bed);
                Operations command = operations(bed)) {
            Operation first =
                    server.start(new ErasureWork(bed.eraser(keys), names)).orElseThrow();
            // It does not know yet of the newest key of pseudonyms, or does.
            List<Pseudonym> older = names.subList(1, 2);
            ObjectNode told = new ErasureWork(bed.eraser(bed.server()), older).runAlone(command, rest -> {
                waited.countDown();
                return goesOn(rest);
            });
            assertThat(server.find(first.id()).flatMap(Operation::result).orElseThrow())
                    .hasToString(told.toString());
            ErasureReport report = ErasureJson.report(told.required("report"));
            assertThat(bed.eraser(keys).report(names.getFirst())).contains(report);
        }
        assertThat(bed.onRecord()).hasSize(1);
    }

    @Test
    void whoIsAloneErases() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        try (Operations command = operations(bed)) {
            ObjectNode told = new ErasureWork(bed.eraser(keys), names).runAlone(command, ErasureWorkTest::goesOn);
            ErasureReport report = ErasureJson.report(told.required("report"));
            assertThat(ErasureJson.receipt(told.required("receipt")).proves(report, bed.receipts.publicKey()))
                    .isTrue();
            assertThat(new ErasureWork(bed.eraser(keys), bed.names("nobody"))
                            .runAlone(command, ErasureWorkTest::goesOn)
                            .toString())
                    .isEqualTo("{\"report\":null,\"receipt\":null}");
        }
    }

    /** Whoever was told that it is begun need not ask again, whatever becomes of the process that said so. */
    @Test
    void whatIsAskedForIsCarriedOutThoughItsProcessEndsBeforeItBegins() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        new ErasureWork(bed.eraser(keys), names).prepare();
        assertThat(bed.readable(keys, 1)).isPresent();
        Eraser next = bed.eraser(bed.server());
        ErasureReport asked = next.report(names.getFirst()).orElseThrow();
        assertThat(asked.state()).isEqualTo(ErasureReport.State.ASKED);
        new ErasureWork(next, names).prepare();
        assertThat(next.report(names.getLast())).contains(asked);
        assertThatExceptionOfType(KeyServiceException.class).isThrownBy(() -> next.authorise(names));
        assertThat(next.begun()).containsExactly(names);
        ErasureOutcome outcome = next.goOn(names);
        bed.assertTrue(outcome, names, 1, 1);
        assertThat(next.report(names.getFirst()).map(ErasureReport::id)).contains(asked.id());
        assertThat(next.begun()).isEmpty();
        new ErasureWork(next, names).prepare();
        assertThat(next.begun()).isEmpty();
    }

    @Test
    void nothingIsAskedForWhereNothingIsKnown() {
        ErasureBed bed = bed();
        Eraser eraser = bed.eraser(bed.server());
        new ErasureWork(eraser, bed.names("nobody")).prepare();
        assertThat(eraser.begun()).isEmpty();
    }

    @Test
    void aHoldStopsWhatIsAskedFor() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        new ErasureWork(bed.eraser(keys), names).prepare();
        SessionId session = new SessionId("session-1");
        bed.hold(session);
        Eraser next = bed.eraser(bed.server());
        assertThat(next.goOn(names)).isInstanceOf(ErasureOutcome.Held.class);
        assertThat(bed.readable(keys, 1)).isPresent();
        assertThat(bed.release(session)).isTrue();
        bed.assertTrue(next.goOn(next.begun().getFirst()), names, 1, 1);
    }

    /** It was somebody else's turn; who has waited begins none, as the person may have returned since. */
    @Test
    void whoHasWaitedForOneThatIsOverBeginsNone() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        ErasureWork work = new ErasureWork(bed.eraser(keys), names);
        assertThat(bed.ledger.operations().claim(work.lock(), "another", Duration.ofHours(1)))
                .isTrue();
        try (Operations command = operations(bed)) {
            ObjectNode told = work.runAlone(command, rest -> {
                bed.ledger.operations().release(work.lock(), "another");
                return goesOn(rest);
            });
            assertThat(told.required("report").isNull()).isTrue();
        }
        assertThat(bed.readable(keys, 1)).isPresent();
    }

    @Test
    void whatHoldsItUpIsTold() {
        ErasureBed bed = bed();
        DataKeys keys = bed.server();
        List<Pseudonym> names = bed.names("one");
        assertThat(bed.say(keys, names, 1)).isPresent();
        bed.hold(new SessionId("session-1"));
        ErasureWork work = new ErasureWork(bed.eraser(keys), names);
        try (Operations command = operations(bed)) {
            assertThatExceptionOfType(WorkFailedException.class)
                    .isThrownBy(() -> work.runAlone(command, ErasureWorkTest::goesOn))
                    .withMessageContaining("sessions of the person are held (session-1)");
            assertThat(bed.ledger.operations().claim(work.lock(), "another", Duration.ofHours(1)))
                    .isTrue();
            assertThatThrownBy(() -> work.runAlone(command, rest -> true)).isInstanceOf(CancellationException.class);
        }
    }
}
