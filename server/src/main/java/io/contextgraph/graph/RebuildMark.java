// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.time.Instant;

/**
 * How far a rebuild has come.
 *
 * @param seq every event up to this number has been replayed
 * @param startedAt when it began, before any interruption
 */
public record RebuildMark(long seq, Instant startedAt) {}
