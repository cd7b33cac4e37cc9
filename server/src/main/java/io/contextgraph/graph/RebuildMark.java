// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.time.Instant;
import java.util.List;

/**
 * How far a rebuild has come.
 *
 * @param seqs of each partition every event up to this number has been replayed; before anything has, a single 0
 * @param startedAt when it began, before any interruption
 */
public record RebuildMark(List<Long> seqs, Instant startedAt) {
    public RebuildMark {
        seqs = List.copyOf(seqs);
    }
}
