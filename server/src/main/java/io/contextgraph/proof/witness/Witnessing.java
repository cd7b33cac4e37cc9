// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of asking witnesses, as one process knows it.
 *
 * @param cosignatures how many were taken
 * @param failures how often a witness was asked and did not cosign
 * @param aloneSince when a checkpoint was made that no witness has cosigned, where none has cosigned since
 * @param problems why those do not cosign that did not when they were asked last
 * @param dispute why one of them says that this log is not the one that it has seen
 */
public record Witnessing(
        long cosignatures,
        long failures,
        Optional<Instant> aloneSince,
        List<String> problems,
        Optional<String> dispute) {
    /** Of nobody. */
    static final Witnessing NONE = new Witnessing(0, 0, Optional.empty(), List.of(), Optional.empty());

    public Witnessing {
        problems = List.copyOf(problems);
    }
}
