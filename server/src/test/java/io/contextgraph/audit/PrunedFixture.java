// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.Fence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes events out of a ledger, and has the graph keep what it must, without an archive. */
public final class PrunedFixture {
    private static final String SEGMENT = "1-100";
    private static final int STEP = 7;

    private PrunedFixture() {}

    /** @param going in ascending order, not the newest of the ledger */
    public static void prune(Partition ledger, GraphSink graph, List<RecordedEvent> going) {
        TrimmedFixture.trim(ledger.trimming());
        mark(graph, going);
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        Pruning pruning = ledger.pruning();
        List<SeqRun> runs = SeqRun.of(going.stream().map(RecordedEvent::seq).toList());
        Pruned pruned = pruning.begin(fence, new Pruning.Plan(SEGMENT, "older than 90 days", runs, true));
        for (int from = 0; from < going.size(); from += STEP) {
            List<RecordedEvent> step = going.subList(from, Math.min(going.size(), from + STEP));
            Map<SessionId, String> kept = new HashMap<>();
            sessions(step).forEach((session, events) -> {
                SessionTally tally = tally(ledger, session);
                events.forEach(tally::add);
                kept.put(session, tally.toString());
            });
            assertThat(pruning.step(fence, pruned, step, kept, 1)).isEmpty();
        }
        ledger.trimming().lease().release(fence);
    }

    private static SessionTally tally(Partition ledger, SessionId session) {
        return Optional.ofNullable(ledger.pruning().sessions(Set.of(session)).get(session))
                .map(kept -> SessionTally.of(kept.tally()))
                .orElseGet(SessionTally::new);
    }

    private static Map<SessionId, List<RecordedEvent>> sessions(List<RecordedEvent> events) {
        Map<SessionId, List<RecordedEvent>> sessions = new LinkedHashMap<>();
        events.forEach(event -> sessions.computeIfAbsent(event.event().sessionId(), id -> new ArrayList<>())
                .add(event));
        return sessions;
    }

    /** As before events go. */
    public static void mark(GraphSink graph, List<RecordedEvent> going) {
        sessions(going).forEach((session, events) -> {
            Summarizer summarizer = new Summarizer(session, SEGMENT, event -> "");
            events.forEach(summarizer::add);
            graph.apply(List.of(new GraphChange.Summarize(
                    summarizer.summary(),
                    events.stream().map(event -> event.event().id()).toList())));
        });
    }
}
