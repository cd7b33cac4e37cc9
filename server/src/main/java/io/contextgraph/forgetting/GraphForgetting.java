// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.forgetting;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.GraphTiers;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes nodes of events out of the graph that have gone from the ledger for long: what is left is the summary of their session.
 *
 * <p><b>Guarantees.</b> Of a session, first the ledger notes which events the graph has forgotten, then their nodes go: who is
 * killed in between leaves nodes that nobody misses, and the next run takes them out. Only nodes of events that have gone, of
 * sessions that nobody holds, and of which the graph has what the ledger has kept the sums of. What was forgotten once is not
 * brought back by another setting.
 *
 * <p><b>Units and bounds.</b> Holds the ids of the nodes of one session; reads it as a whole.
 *
 * <p><b>Errors.</b> Those of ledger, graph and archive: what is done is done.
 *
 * <p><b>Threads.</b> For the one that has the lease of trimming.
 */
public final class GraphForgetting {
    private static final Logger LOG = LoggerFactory.getLogger(GraphForgetting.class);

    /** A note: both numbers of {@link Forgetting}, with a colon between them. */
    private static final String NOTE = "graph_forgotten";

    private static final int SUMMARIES_AT_ONCE = 200;
    private static final int NODES_AT_ONCE = 500;

    private final Partition ledger;
    private final PartitionScope scope;
    private final ForgettingSettings settings;
    private final Graph graph;

    /** @param scope what of the graph is of this partition */
    public GraphForgetting(Partition ledger, PartitionScope scope, ForgettingSettings settings, Graph graph) {
        this.ledger = ledger;
        this.scope = scope;
        this.settings = settings;
        this.graph = graph;
    }

    /** The graph, as far as this needs it. */
    public record Graph(GraphAudit audit, GraphSink sink, GraphRepair repair, GraphTiers tiers) {}

    /**
     * Takes out what is to be forgotten now.
     *
     * @param archive of the ledger: says what was recorded when
     * @param between what there is between two steps
     * @return how many nodes went
     */
    public long run(Fence fence, Archive archive, Instant now, Runnable between) {
        return run(fence, settings.isOn() ? wanted(archive, now) : Forgetting.NONE, between);
    }

    /**
     * The same where it is known what that is.
     *
     * @param wanted what is to be forgotten, besides what was before
     */
    public long run(Fence fence, Forgetting wanted, Runnable between) {
        RetentionNotes notes = ledger.tiers().notes();
        Forgetting before = read(notes);
        Forgetting next = before.or(wanted);
        if (next.equals(Forgetting.NONE)) {
            return 0;
        }
        if (!next.equals(before)) {
            notes.put(NOTE, next.allThrough() + ":" + next.plainThrough());
        }
        long gone = 0;
        Set<SessionId> held = ledger.pruning().holds().all().keySet();
        Optional<GraphTiers.Due> after = Optional.empty();
        List<GraphTiers.Due> page = graph.tiers().due(next, after, SUMMARIES_AT_ONCE);
        while (!page.isEmpty()) {
            List<GraphTiers.Due> done = new ArrayList<>();
            for (GraphTiers.Due due : page) {
                Optional<Long> went = held.contains(due.session()) || !scope.has(due.session())
                        ? Optional.empty()
                        : forget(fence, due.session(), next, between);
                if (went.isPresent()) {
                    gone += went.get();
                    boolean ignored = done.add(due);
                }
                between.run();
            }
            // Before that is noted: who is killed leaves it to the next run.
            tidy(between);
            graph.tiers().forgotten(done, next);
            after = Optional.of(page.getLast());
            page = graph.tiers().due(next, after, SUMMARIES_AT_ONCE);
        }
        if (gone > 0) {
            LOG.info("the graph has forgotten {} events that left the ledger; their summaries stay", gone);
        }
        return gone;
    }

    /** What only they have named goes with them. */
    private void tidy(Runnable between) {
        while (graph.repair().tidy(NODES_AT_ONCE) > 0) {
            between.run();
        }
    }

    private static Forgetting read(RetentionNotes notes) {
        String text = notes.all().getOrDefault(NOTE, "");
        if (!text.matches("\\d{1,18}:\\d{1,18}")) {
            return Forgetting.NONE;
        }
        int colon = text.indexOf(':');
        return new Forgetting(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /** Numbers rise with the times at which they were given. */
    private Forgetting wanted(Archive archive, Instant now) {
        LedgerIdentity identity = ledger.epochs().now().identity();
        long all = 0;
        long plain = 0;
        for (Segment segment : archive.list().segments()) {
            if (segment.cutOff(identity).isEmpty()) {
                Instant recorded = segment.last().recordedAt();
                plain = isOver(settings.fullFor(), recorded, now)
                        ? Math.max(plain, segment.last().seq())
                        : plain;
                all = isOver(settings.importantFor(), recorded, now)
                        ? Math.max(all, segment.last().seq())
                        : all;
            }
        }
        return new Forgetting(all, plain);
    }

    private static boolean isOver(Duration keep, Instant recorded, Instant now) {
        return !keep.isZero() && recorded.plus(keep).isBefore(now);
    }

    /** How many nodes went; empty where the session is to be looked at again. */
    private Optional<Long> forget(Fence fence, SessionId session, Forgetting next, Runnable between) {
        PrunedSession kept = ledger.pruning().sessions(Set.of(session)).get(session);
        if (kept == null) {
            // All of it is back.
            return Optional.of(0L);
        }
        Optional<ForgottenSession> looked = ForgottenSession.of(session, kept, next, graph.audit(), ledger.log());
        if (looked.isEmpty()) {
            LOG.warn(
                    "the graph has other events of session {} than have gone from the ledger, and forgets none of them:"
                            + " contextgraph verify tells",
                    session);
            return Optional.empty();
        }
        ForgottenSession forgotten = looked.get();
        String tally = forgotten.tally();
        if (!tally.equals(kept.tally()) && !ledger.pruning().keep(fence, session, kept, tally)) {
            return Optional.empty();
        }
        between.run();
        List<ForgottenSession.Going> going = forgotten.going();
        for (int from = 0; from < going.size(); from += NODES_AT_ONCE) {
            Map<EventId, String> some = new LinkedHashMap<>();
            going.subList(from, Math.min(going.size(), from + NODES_AT_ONCE))
                    .forEach(node -> some.put(node.id(), node.segment()));
            graph.repair().remove(session, new Removal(List.copyOf(some.keySet()), List.of(), Map.of()));
            graph.tiers().mark(session, some);
            between.run();
        }
        // Each of these follows another one now.
        if (!forgotten.relinked().isEmpty()) {
            graph.sink()
                    .apply(Projection.project(
                            forgotten.relinked().stream().map(scope::named).toList()));
        }
        return Optional.of((long) going.size());
    }
}
