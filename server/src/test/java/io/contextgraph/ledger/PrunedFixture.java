// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.Fence;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A ledger of which events have gone for good. */
public final class PrunedFixture {
    private PrunedFixture() {}

    /**
     * Trims all streams, and takes these events out.
     *
     * @param segment the name of the archive's segment
     * @param events at most {@link Pruning#MAX_STEP}, ascending
     */
    public static Pruned prune(Partition ledger, String segment, List<RecordedEvent> events) {
        TrimmedFixture.trim(ledger.trimming());
        Fence fence =
                ledger.trimming().lease().take("pruner", Duration.ofMinutes(1)).orElseThrow();
        Pruning pruning = ledger.pruning();
        Pruned pruned = pruning.begin(
                fence,
                new Pruning.Plan(
                        segment,
                        "ceiling 90d",
                        SeqRun.of(events.stream().map(RecordedEvent::seq).toList()),
                        true));
        Map<SessionId, String> tallies = new HashMap<>();
        events.forEach(event -> tallies.put(event.event().sessionId(), segment));
        long first = ledger.order().read(0, Integer.MAX_VALUE).stream()
                .filter(event -> !events.contains(event))
                .mapToLong(RecordedEvent::seq)
                .min()
                .orElse(1);
        if (pruning.step(fence, pruned, events, tallies, first).isPresent()) {
            throw new IllegalStateException("a session is held");
        }
        ledger.trimming().lease().release(fence);
        return pruned;
    }
}
