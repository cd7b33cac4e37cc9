// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalData;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.OptionalInt;

/**
 * What all partitions hold about persons: a person may be spoken of in any of them.
 *
 * <p><b>Guarantees.</b> What is asked of all is answered completely, or fails and names the partition that is away. A fence is
 * raised in those that are there all the same.
 */
record PartitionedPersonal(Partitions partitions) implements PersonalData {
    /** In the place of no fence, which is lower than any. */
    private static final int NONE = 0;

    @Override
    public int raise(SubjectPseudonym subject, int generation) {
        return partitions.all(partition -> partition.personal().raise(subject, generation)).stream()
                .mapToInt(Integer::intValue)
                .min()
                .orElseThrow();
    }

    @Override
    public OptionalInt fence(SubjectPseudonym subject) {
        return partitions.all(partition -> partition.personal().fence(subject)).stream()
                .mapToInt(fence -> fence.orElse(NONE))
                .min()
                .stream()
                .filter(lowest -> lowest != NONE)
                .findFirst();
    }

    @Override
    public long count(SubjectPseudonym subject) {
        return partitions.all(partition -> partition.personal().count(subject)).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** {@inheritDoc} Kept in the first partition. */
    @Override
    public ErasureRecords erasures() {
        return partitions.list().getFirst().personal().erasures();
    }
}
