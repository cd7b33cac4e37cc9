// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.ledger.router.Partitioning;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.erasure.ErasureOutcome.Erased;
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
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person who is spoken of in every partition is erased once: the audit of each finds the one receipt, in whichever it is. */
class PartitionedReceiptsTest {
    private static final int PARTITIONS = 3;

    /** That of the session in which receipts are recorded. */
    private static final int TRAIL = new Partitioning(PARTITIONS).of(SessionId.AUDIT);

    private static final List<Integer> OTHERS =
            IntStream.range(0, PARTITIONS).filter(n -> n != TRAIL).boxed().toList();
    private static final long SAID = 9;

    @TempDir
    private Path folder;

    /** How the log of the partition with the receipts answers. */
    private UnaryOperator<Lookup> told = UnaryOperator.identity();

    private final List<InMemoryLedger> parts = IntStream.range(0, PARTITIONS)
            .mapToObj(n -> new InMemoryLedger(Clock.systemUTC()))
            .toList();
    private final PartitionedLedger ledger = new PartitionedLedger(IntStream.range(0, PARTITIONS)
            .<Partition>mapToObj(n -> n == TRAIL ? new OtherLog(parts.get(n), lying(parts.get(n))) : parts.get(n))
            .toList());

    private ErasureRecords records = ledger.personal().erasures();

    @SuppressWarnings("NullAway.Init")
    private ErasureBed bed;

    @SuppressWarnings("NullAway.Init")
    private DataKeys keys;

    @SuppressWarnings("NullAway.Init")
    private List<Pseudonym> one;

    @SuppressWarnings("NullAway.Init")
    private List<TestProofs> proofs;

    private EventLog lying(EventLog real) {
        return EventLog.class.cast(Proxy.newProxyInstance(
                EventLog.class.getClassLoader(), new Class<?>[] {EventLog.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(real, arguments);
                        return answer instanceof Lookup.Found found
                                        && found.event().event().sessionId().equals(SessionId.AUDIT)
                                ? told.apply(found)
                                : answer;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }

    @BeforeEach
    void say() {
        bed = new ErasureBed(ledger, folder, 1);
        keys = bed.server();
        one = bed.names("jane@example.org");
        proofs = proofs();
        // Numbers in the first of the others are above those of the receipt, in the second below.
        fill(OTHERS.getFirst(), 1000, 60);
        fill(TRAIL, 2000, 30);
        for (long n = 1; n <= SAID; n++) {
            assertThat(bed.say(keys, one, n)).isPresent();
            assertThat(bed.say(keys, bed.names("john@example.org"), 100 + n)).isPresent();
        }
        assertThat(ledger.partitions())
                .allSatisfy(partition -> assertThat(partition.personal().count(PayloadErasure.subject(one.getFirst())))
                        .isPositive());
    }

    /** Says something of nobody. */
    private void fill(int partition, long first, int events) {
        String session = IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> "of nobody " + n)
                .filter(name -> ledger.partitionOf(new SessionId(name)).number() == partition)
                .findFirst()
                .orElseThrow();
        for (int n = 0; n < events; n++) {
            assertThat(bed.append(Events.event(first + n, session))).isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    private List<TestProofs> proofs() {
        return TestProofs.each(
                ledger.partitions(),
                ledger.partitions().get(TRAIL),
                new ManualClock(),
                () -> Optional.of(new ReceiptEvidence(new RememberedErasures(records), bed.receipts.publicKey())));
    }

    @AfterEach
    void close() {
        proofs.forEach(TestProofs::close);
        ledger.close();
    }

    private Erased erase() {
        ErasureOutcome outcome = bed.eraser(keys).erase(one);
        bed.assertTrue(outcome, one, 1, SAID);
        return (Erased) outcome;
    }

    private AuditReport audit(int partition) {
        return proofs.get(partition)
                .proving()
                .audit(new Auditor.Request(Optional.empty(), List.of(), 100), Watcher.NONE);
    }

    private void assertWhole(int partition) {
        AuditReport report = audit(partition);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
    }

    private void assertFault(int partition, String why) {
        AuditReport report = audit(partition);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
        assertThat(report.faults()).hasSize(1);
        AuditFault fault = report.faults().getFirst();
        assertThat(fault.kind()).isEqualTo(Kind.RECEIPT);
        assertThat(fault.message()).contains(why);
    }

    @Test
    void oneReceiptMakesTheAuditsOfAllPartitionsWhole() {
        ErasureReceipt receipt = erase().receipt();
        proofs.forEach(TestProofs::seal);
        long erased = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertWhole(partition);
            erased += audit(partition).counts().erased();
        }
        assertThat(erased).isEqualTo(SAID);
        assertThat(bed.onRecord()).hasSize(1);
        assertThat(receipt.through().stream().map(Position::partition)).containsExactly(0, 1, 2);
        List<EventId> said =
                IntStream.rangeClosed(1, (int) SAID).mapToObj(Events::id).toList();
        assertThat(ledger.log().payloads(said)).isEmpty();
        assertThat(bed.readable(keys, 101)).isPresent();
    }

    @Test
    void aReceiptThatIsDeletedIsMissedInEveryPartition() {
        Erased ignored = erase();
        proofs.forEach(TestProofs::seal);
        records = new InMemoryLedger(Clock.systemUTC()).personal().erasures();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertFault(partition, "no receipt for the erasure of its person is there");
        }
    }

    @Test
    void itsRecordIsLookedForInThePartitionThatHasIt() {
        Erased ignored = erase();
        proofs.forEach(TestProofs::seal);
        told = found -> new Lookup.Unknown();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertFault(partition, "was never recorded in the ledger");
        }
    }

    private void alter(UnaryOperator<RecordedEvent> how) {
        told = found -> new Lookup.Found(how.apply(found.found().orElseThrow()));
    }

    @Test
    void itsRecordMustBeWhatItIsTheHashOf() {
        Erased ignored = erase();
        proofs.forEach(TestProofs::seal);
        alter(record -> {
            String text = record.event().payload().orElseThrow().json();
            return record.withPayload(Optional.of(new Payload(text.replace("a person was erased", "nothing"))));
        });
        OTHERS.forEach(partition -> assertFault(partition, "says something else"));
    }

    @Test
    void itsRecordMustBeWhatWasSignedForInThePartitionThatHasIt() {
        Erased ignored = erase();
        proofs.forEach(TestProofs::seal);
        alter(record -> record.at(record.position().next()));
        OTHERS.forEach(partition -> assertFault(partition, "is not what was signed for"));
    }

    @Test
    void aRecordThatIsNotSignedForYetIsSaidToBeSo() {
        Erased ignored = erase();
        for (int partition : OTHERS) {
            proofs.get(partition).seal();
            AuditReport report = audit(partition);
            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(report.unchecked()).hasSize(1);
            assertThat(report.unchecked().getFirst())
                    .contains("event " + bed.onRecord().getFirst().event().id(), "not signed for yet");
        }
        proofs.get(TRAIL).seal();
        OTHERS.forEach(this::assertWhole);
    }

    @Test
    void itsRecordMustBeSignedForByAKeyOfThisServer() throws IOException {
        Erased ignored = erase();
        OTHERS.forEach(partition -> proofs.get(partition).seal());
        List<TestProofs> foreign = proofs();
        foreign.get(TRAIL).seal();
        for (StoredFile file : foreign.get(TRAIL).storage().list("proof/")) {
            try (InputStream bytes = foreign.get(TRAIL).storage().open(file.name())) {
                proofs.get(TRAIL).storage().put(file.name(), bytes.readAllBytes());
            }
        }
        foreign.forEach(TestProofs::close);
        OTHERS.forEach(partition -> assertFault(partition, "was not signed for by a key in"));
    }

    /** Numbers and clocks of two partitions say nothing of which came first. */
    @Test
    void aReceiptSaysNothingOfWhatCameAfterIt() {
        Erased ignored = erase();
        assertThat(bed.eraser(keys).authorise(one)).hasSize(1);
        for (long n = 11; n <= 19; n++) {
            assertThat(bed.say(bed.server(), one, n)).isPresent();
        }
        proofs.forEach(TestProofs::seal);
        IntStream.range(0, PARTITIONS).forEach(this::assertWhole);
        var subject = PayloadErasure.subject(one.getFirst());
        assertThat(ledger.personal().raise(subject, 9)).isEqualTo(9);
        for (Partition partition : ledger.partitions()) {
            List<PersonalEvent> all = new ArrayList<>();
            partition.personal().pages(subject, all::addAll);
            assertThat(partition.personal().forget(subject, all)).isEqualTo(all.size());
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertFault(partition, "the last receipt for the erasure of its person was recorded before it");
        }
    }
}
