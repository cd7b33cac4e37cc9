// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.ledger.router.Partitioning;
import io.contextgraph.operation.Watcher;
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
import io.contextgraph.testing.RedisServers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Who deletes a receipt, or the record of it, from the Redis that has it, is named by the audit of every partition. */
class PartitionedReceiptsIT {
    private static final int PARTITIONS = 3;
    private static final long SAID = 9;

    @TempDir
    private Path folder;

    private final List<RedisSettings> settings = RedisPartitions.of(
            RedisSettings.defaults(RedisServers.seven())
                    .withEngine(Engine.SORTED_SET)
                    .withPrefix("test-" + UUID.randomUUID() + ":"),
            List.of(),
            PARTITIONS);
    private final PartitionedFixture ledger =
            PartitionedFixture.of(PARTITIONS, n -> RedisFixture.connect(settings.get(n)));
    private final Jedis redis = new Jedis(RedisServers.seven());

    @SuppressWarnings("NullAway.Init")
    private ErasureBed bed;

    @SuppressWarnings("NullAway.Init")
    private List<Pseudonym> one;

    @SuppressWarnings("NullAway.Init")
    private List<TestProofs> proofs;

    /** Each is signed for as what it is to itself. */
    @BeforeEach
    void erase() {
        bed = new ErasureBed(ledger, folder, 1);
        one = bed.names("jane@example.org");
        DataKeys keys = bed.server();
        for (long n = 1; n <= SAID; n++) {
            assertThat(bed.say(keys, one, n)).isPresent();
        }
        bed.assertTrue(bed.eraser(keys).erase(one), one, 1, SAID);
        proofs = TestProofs.each(
                ledger.parts(),
                ledger.parts().get(new Partitioning(PARTITIONS).of(SessionId.AUDIT)),
                new ManualClock(),
                () -> Optional.of(new ReceiptEvidence(
                        new RememberedErasures(ledger.personal().erasures()), bed.receipts.publicKey())));
        proofs.forEach(TestProofs::seal);
    }

    @AfterEach
    void close() {
        proofs.forEach(TestProofs::close);
        ledger.close();
        redis.close();
    }

    private List<AuditReport> audits() {
        return proofs.stream()
                .map(one -> one.proving().audit(new Auditor.Request(Optional.empty(), List.of(), 100), Watcher.NONE))
                .toList();
    }

    private void assertNamedEverywhere(String why) {
        assertThat(audits()).allSatisfy(report -> {
            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FAULTY);
            assertThat(report.faults()).extracting(AuditFault::kind).contains(Kind.RECEIPT);
            assertThat(report.faults())
                    .anySatisfy(fault -> assertThat(fault.message()).contains(why));
        });
    }

    @Test
    void oneReceiptIsEnoughForAllPartitions() {
        List<AuditReport> audits = audits();
        assertThat(audits)
                .allSatisfy(report ->
                        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.WHOLE));
        assertThat(audits.stream().map(report -> report.counts().erased()))
                .allMatch(erased -> erased > 0)
                .satisfies(all -> assertThat(
                                all.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(SAID));
    }

    @Test
    void aReceiptThatIsDeletedIsMissedInEachPartition() {
        Keys first = new Keys(settings.getFirst().prefix());
        assertThat(redis.del(first.erasure(PayloadErasure.subject(one.getFirst()))))
                .isEqualTo(1);
        assertNamedEverywhere("no receipt for the erasure of its person is there");
    }

    @Test
    void aRecordThatIsDeletedIsMissedInEachPartition() {
        EventId record = bed.onRecord().getFirst().event().id();
        Keys trail = new Keys(
                settings.get(new Partitioning(PARTITIONS).of(SessionId.AUDIT)).prefix());
        assertThat(redis.del(trail.document(record))).isEqualTo(1);
        assertNamedEverywhere("the document " + trail.document(record) + " is missing");
    }
}
