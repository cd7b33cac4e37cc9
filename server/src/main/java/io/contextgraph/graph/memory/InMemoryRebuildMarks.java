// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.graph.RebuildMark;
import io.contextgraph.graph.RebuildMarks;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who rebuilds the graph, and how far that is. Safe for threads. */
final class InMemoryRebuildMarks implements RebuildMarks {
    private @Nullable Rebuilding rebuilding;

    /** Who works on a rebuild; nobody where the name is empty. */
    private record Rebuilding(String owner, Instant seenAt, RebuildMark mark) {}

    @Override
    public synchronized Optional<RebuildMark> claim(String owner, Instant now, Instant staleBefore) {
        Rebuilding held = rebuilding;
        if (held == null) {
            held = new Rebuilding(owner, now, new RebuildMark(List.of(0L), now));
        } else if (held.owner().isEmpty()
                || held.owner().equals(owner)
                || held.seenAt().isBefore(staleBefore)) {
            held = new Rebuilding(owner, now, held.mark());
        } else {
            return Optional.empty();
        }
        rebuilding = held;
        return Optional.of(held.mark());
    }

    @Override
    public synchronized boolean move(String owner, List<Long> seqs, Instant now) {
        Rebuilding held = rebuilding;
        if (held == null || !held.owner().equals(owner)) {
            return false;
        }
        rebuilding =
                new Rebuilding(owner, now, new RebuildMark(seqs, held.mark().startedAt()));
        return true;
    }

    @Override
    public synchronized void release(String owner) {
        Rebuilding held = rebuilding;
        if (held != null && held.owner().equals(owner)) {
            rebuilding = new Rebuilding("", held.seenAt(), held.mark());
        }
    }

    @Override
    public synchronized void finish(String owner) {
        Rebuilding held = rebuilding;
        if (held != null && held.owner().equals(owner)) {
            rebuilding = null;
        }
    }
}
