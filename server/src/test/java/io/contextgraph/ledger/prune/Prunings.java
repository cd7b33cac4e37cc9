// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.trim.Fence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes events out of a ledger whose streams have been trimmed, as somebody would who keeps next to nothing of them. */
public final class Prunings {
    /** What is kept of a session. */
    public static final String TALLY = "t";

    private Prunings() {}

    /**
     * All of some events, in one pruning.
     *
     * @param firstSeq the number of the first event that is there then
     */
    public static Pruned prune(Pruning pruning, Fence fence, List<RecordedEvent> events, long firstSeq) {
        Pruned pruned = pruning.begin(
                fence,
                new Pruning.Plan(
                        "s-" + events.getFirst().seq(),
                        "test",
                        SeqRun.of(events.stream().map(RecordedEvent::seq).toList()),
                        true));
        for (int from = 0; from < events.size(); from += Pruning.MAX_STEP) {
            List<RecordedEvent> some = events.subList(from, Math.min(events.size(), from + Pruning.MAX_STEP));
            Map<SessionId, String> tallies = new HashMap<>();
            some.forEach(event -> tallies.put(event.event().sessionId(), TALLY));
            assertThat(pruning.step(fence, pruned, some, tallies, from + some.size() == events.size() ? firstSeq : 1))
                    .isEmpty();
        }
        return pruned;
    }
}
