// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.erasure.ErasureOutcome.Erased;
import io.contextgraph.privacy.erasure.ErasureOutcome.Held;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.proof.audit.AuditFault;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.AuditReport.Verdict;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.audit.ReceiptEvidence;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit says of payloads that somebody has deleted, as far as an erasure of their person has come. */
class MissingPayloadsTest {
    /** More than an erasure makes. */
    private static final int CALLS = 500;

    private static final SessionId SESSION = new SessionId("session-1");

    @TempDir
    private static Path folder;

    private InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
    private ErasureBed bed = bed();
    private TestProofs proofs = proofs();
    private DataKeys server = bed.server();
    private List<Pseudonym> one = bed.names("jane@example.org");

    private ErasureBed bed() {
        return new ErasureBed(ledger, folder, 1);
    }

    private TestProofs proofs() {
        return new TestProofs(
                ledger,
                new ManualClock(),
                Optional::empty,
                TestProofs::sound,
                () -> Optional.of(new ReceiptEvidence(
                        new RememberedErasures(ledger.personal().erasures()), bed.receipts.publicKey())));
    }

    @BeforeEach
    void begin() {
        proofs.close();
        ledger = new InMemoryLedger(Clock.systemUTC());
        bed = bed();
        proofs = proofs();
        server = bed.server();
        one = bed.names("jane@example.org");
        say(1);
        say(2);
    }

    @AfterEach
    void end() {
        proofs.close();
    }

    private void say(long number) {
        assertThat(bed.say(bed.server(), one, number)).isPresent();
    }

    /** Somebody who may write to the store does, and lets it look like an erasure. */
    private void deletePayloads() {
        var subject = PayloadErasure.subject(one.getFirst());
        int ignored = ledger.personal().raise(subject, 9);
        List<PersonalEvent> all = new ArrayList<>();
        ledger.personal().pages(subject, all::addAll);
        assertThat(ledger.personal().forget(subject, all)).isEqualTo(all.size());
    }

    private AuditReport audit() {
        proofs.seal();
        return proofs.proving().audit(new Auditor.Request(Optional.empty(), List.of(), 100), Watcher.NONE);
    }

    private void assertFault(long number, String why) {
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
        assertThat(report.unchecked()).isEmpty();
        assertThat(report.faults()).hasSize(1);
        AuditFault fault = report.faults().getFirst();
        assertThat(fault.kind()).isEqualTo(Kind.RECEIPT);
        assertThat(fault.event()).contains(Events.id(number));
        assertThat(fault.message()).contains(why);
    }

    private void assertUnchecked(long number) {
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(report.faults()).isEmpty();
        assertThat(report.unchecked()).hasSize(1);
        assertThat(report.unchecked().getFirst())
                .contains(one.getFirst().toString(), "event " + Events.id(number), "not at its end");
    }

    @Test
    void anErasureThatIsOnlyAskedForHasDeletedNothing() {
        bed.eraser(server).ask(one);
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
        deletePayloads();
        assertFault(1, "no receipt for the erasure of its person is there");
    }

    @Test
    void anErasureThatWaitsForAHoldHasDeletedNothing() {
        bed.hold(SESSION);
        assertThat(bed.eraser(server).erase(one)).isInstanceOf(Held.class);
        deletePayloads();
        assertFault(1, "no receipt for the erasure of its person is there");
    }

    /** That of a process that has ended as soon as this was so. */
    private void eraseUntil(Runnable before, BooleanSupplier isSo) {
        boolean done = false;
        for (int call = 1; !done && call < CALLS; call++) {
            begin();
            before.run();
            try {
                assertThat(bed.eraser(server, new Breaks(call, true)).erase(one))
                        .isInstanceOf(Erased.class);
            } catch (Breaks.Ended ended) {
                done = isSo.getAsBoolean();
            }
        }
        assertThat(done).isTrue();
    }

    private boolean isDeleted() {
        return ledger.personal().count(PayloadErasure.subject(one.getFirst())) == 0;
    }

    private void eraseAndReturn() {
        assertThat(bed.eraser(server).erase(one)).isInstanceOf(Erased.class);
        assertThat(bed.eraser(server).authorise(one)).hasSize(1);
        say(3);
    }

    @Test
    void anErasureThatRunsIsNamedWithItsPerson() {
        eraseUntil(() -> {}, this::isDeleted);
        assertUnchecked(1);
        assertThat(bed.eraser(server).erase(one)).isInstanceOf(Erased.class);
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts().erased()).isEqualTo(2);
    }

    @Test
    void aReceiptThatIsStillToBeRecordedIsNoFault() {
        eraseUntil(() -> {}, () -> bed.eraser(server).receipt(one.getFirst()).isPresent());
        assertThat(bed.onRecord()).isEmpty();
        assertUnchecked(1);
    }

    @Test
    void aReceiptSaysNothingOfWhatCameAfterIt() {
        eraseAndReturn();
        assertThat(audit().verdict()).isEqualTo(Verdict.WHOLE);
        deletePayloads();
        assertFault(3, "the last receipt for the erasure of its person was recorded before it");
    }

    @Test
    void anErasureOfSomebodyWhoHasReturnedIsNamedUntilItIsDone() {
        eraseUntil(this::eraseAndReturn, this::isDeleted);
        assertUnchecked(3);
        assertThat(bed.eraser(server).erase(one)).isInstanceOf(Erased.class);
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts().erased()).isEqualTo(3);
    }
}
