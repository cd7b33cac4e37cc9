// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.AuditReport.Verdict;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.audit.ReceiptEvidence;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A payload that is missing without a receipt that was signed and recorded was taken, not erased. */
abstract class ForgedReceiptsContract extends LedgerContract<PartitionFixture> {
    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private ErasureBed bed;

    @SuppressWarnings("NullAway.Init")
    private TestProofs proofs;

    @SuppressWarnings("NullAway.Init")
    private Jedis redis;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    @SuppressWarnings("NullAway.Init")
    private List<Pseudonym> erased;

    @SuppressWarnings("NullAway.Init")
    private List<Pseudonym> other;

    @BeforeEach
    final void erase() {
        RedisFixture real = (RedisFixture) ledger;
        bed = new ErasureBed(ledger, folder, 1);
        proofs = new TestProofs(
                another(),
                new ManualClock(),
                Optional::empty,
                () -> RedisMender.open(real.settings()),
                () -> Optional.of(new ReceiptEvidence(
                        new RememberedErasures(ledger.personal().erasures()), bed.receipts.publicKey())));
        redis = new Jedis(real.settings().url());
        keys = new Keys(real.settings().prefix());
        DataKeys server = bed.server();
        erased = bed.names("first");
        other = bed.names("second");
        for (long n = 1; n <= 6; n++) {
            assertThat(bed.say(server, n <= 4 ? erased : other, n)).isPresent();
        }
        assertThat(bed.eraser(server).erase(erased)).isInstanceOf(ErasureOutcome.Erased.class);
        proofs.seal();
    }

    @AfterEach
    final void closeAll() {
        redis.close();
        proofs.close();
    }

    private AuditReport audit() {
        return proofs.proving().audit(new Auditor.Request(Optional.empty(), List.of(), 100), Watcher.NONE);
    }

    private String entry(List<Pseudonym> names) {
        return keys.erasure(PayloadErasure.subject(names.getFirst()));
    }

    private void write(List<Pseudonym> names, String entry) {
        assertThat(redis.set(entry(names), entry)).isEqualTo("OK");
    }

    private ErasureReceipt receipt() {
        return new RememberedErasures(ledger.personal().erasures())
                .receipt(erased.getFirst())
                .orElseThrow();
    }

    private void assertNamed(long seq, String why) {
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
        assertThat(report.faults()).as(report.toString()).anySatisfy(fault -> {
            assertThat(fault.kind()).isEqualTo(Kind.RECEIPT);
            assertThat(fault.seq()).isEqualTo(seq);
            assertThat(fault.message()).contains(why);
        });
    }

    @Test
    void whatWasErasedByReceiptIsRightAndProven() {
        AuditReport report = audit();
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE);
        assertThat(report.counts().erased()).isEqualTo(4);
        assertThat(proofs.proving().prove(Events.id(2))).isInstanceOf(Prover.Answer.Proven.class);
    }

    @Test
    void aReceiptThatWasChangedIsFound() {
        String signature = receipt().signature();
        String other = (signature.startsWith("A") ? "B" : "A") + signature.substring(1);
        write(erased, redis.get(entry(erased)).replace(signature, other));
        assertNamed(1, "forged");
    }

    @Test
    void theReceiptOfAnotherKeyIsFound() {
        ErasureReceipt real = receipt();
        ReceiptKey own = ReceiptKey.create(folder.resolve("own"));
        String signature =
                Base64.getEncoder().encodeToString(own.sign(real.payload().getBytes(UTF_8)));
        write(
                erased,
                redis.get(entry(erased))
                        .replace(real.signature(), signature)
                        .replace(real.key(), own.publicKey().id()));
        assertNamed(1, "forged");
    }

    @Test
    void aReceiptOfSomebodyElseProvesNothing() {
        // Taken from the second, without an erasure of theirs.
        assertThat(redis.del(keys.sealed(PayloadErasure.subject(other.getFirst()), Events.id(5))))
                .isEqualTo(1);
        assertThat(redis.set(keys.fence(PayloadErasure.subject(other.getFirst())), "1"))
                .isEqualTo("OK");
        assertNamed(5, "no receipt");
        write(other, redis.get(entry(erased)));
        assertNamed(5, "forged");
    }

    @Test
    void aReceiptThatIsNotThereIsMissed() {
        assertThat(redis.del(entry(erased))).isEqualTo(1);
        assertNamed(1, "no receipt");
        write(erased, "nothing");
        assertNamed(1, "altered");
    }

    @Test
    void aReceiptMustBeOnRecord() {
        RecordedEvent record = all().stream()
                .filter(event -> event.event().sessionId().equals(SessionId.AUDIT))
                .findFirst()
                .orElseThrow();
        assertThat(redis.del(keys.payload(record.event().id()))).isEqualTo(1);
        assertNamed(1, "says something else");
    }
}
