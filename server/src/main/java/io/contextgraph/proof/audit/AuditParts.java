// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.archive.Archive;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.storage.Storage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an audit looks at.
 *
 * @param ledger one partition, or the only one
 * @param trail the partition that records receipts for erasures, as its own log names its events; the same where that is it
 * @param logs where the logs are
 * @param keys that have signed them
 * @param deployment with which their origins begin
 * @param archive what has events that have gone, whole; empty where events are not archived
 * @param ids what has only their ids
 * @param erasures empty where there are no keys of persons here
 * @param mender looks at everything that the store holds; what it throws is told
 * @param scratch local folder for temporary files
 */
public record AuditParts(
        Partition ledger,
        Partition trail,
        Storage logs,
        ProofKeys keys,
        String deployment,
        Supplier<Optional<Archive>> archive,
        Supplier<List<Archive>> ids,
        Supplier<Optional<ErasureEvidence>> erasures,
        Supplier<LedgerMender> mender,
        Path scratch) {
    /** Of a ledger that is one order. */
    public AuditParts(
            Partition ledger,
            Storage logs,
            ProofKeys keys,
            String deployment,
            Supplier<Optional<Archive>> archive,
            Supplier<List<Archive>> ids,
            Supplier<Optional<ErasureEvidence>> erasures,
            Supplier<LedgerMender> mender,
            Path scratch) {
        this(ledger, ledger, logs, keys, deployment, archive, ids, erasures, mender, scratch);
    }
}
