// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.ledger.prune.SeqRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Segments that have the same events. After the end of an epoch numbers are given again: only within one they are events. */
final class Overlaps {
    private record Owned(SeqRun run, SegmentId segment) {}

    private Overlaps() {}

    static void find(List<Segment> segments, List<ArchiveFault> faults) {
        Map<Long, List<Owned>> byEpoch = new HashMap<>();
        for (Segment segment : segments) {
            List<Owned> runs = byEpoch.computeIfAbsent(segment.ledger().epoch(), epoch -> new ArrayList<>());
            segment.runs().forEach(run -> runs.add(new Owned(run, segment.id())));
        }
        for (List<Owned> runs : byEpoch.values()) {
            runs.sort(Comparator.comparingLong(owned -> owned.run().from()));
            Owned farthest = runs.getFirst();
            for (Owned next : runs.subList(1, runs.size())) {
                if (next.run().from() <= farthest.run().to() && !next.segment().equals(farthest.segment())) {
                    faults.add(new ArchiveFault(
                            Kind.OVERLAP,
                            next.segment().toString(),
                            "it has events that " + farthest.segment() + " has, too, from seq "
                                    + next.run().from() + " on"));
                }
                farthest = next.run().to() > farthest.run().to() ? next : farthest;
            }
        }
    }
}
