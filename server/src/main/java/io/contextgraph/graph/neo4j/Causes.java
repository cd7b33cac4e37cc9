// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.graph.LineageQuery.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/**
 * The causes of several events as one ordered list.
 *
 * <p>An event names one cause, so that the causes of its causes are few: each question asks for several levels of them,
 * and most levels of a walk are answered without one.
 */
final class Causes {
    private final SimpleQueryRunner tx;
    private final Relatives relatives;
    private final Map<String, List<Place>> known = new HashMap<>();

    Causes(SimpleQueryRunner tx, Relatives relatives) {
        this.tx = tx;
        this.relatives = relatives;
    }

    /** The first {@code limit} of the causes of {@code effects} after {@code last}; fewer only when there are no more. */
    List<Place> after(Place last, List<String> effects, int limit) {
        effects.forEach(effect -> relatives.causes(effect).ifPresent(causes -> known.put(effect, causes)));
        List<String> unknown =
                effects.stream().filter(effect -> !known.containsKey(effect)).toList();
        if (!unknown.isEmpty()) {
            read(unknown);
        }
        return effects.stream()
                .flatMap(effect -> known.getOrDefault(effect, List.of()).stream())
                .map(cause -> new Place(last.depth(), cause.timeMillis(), cause.seq(), cause.id()))
                .filter(cause -> cause.compareTo(last) > 0)
                .sorted()
                .distinct()
                .limit(limit)
                .toList();
    }

    private void read(List<String> effects) {
        tx.run(Statements.CAUSES, GraphTransaction.lists("from", effects))
                .forEachRemaining(row -> known.put(
                        GraphPages.text(row.get("id")),
                        row.get("causes").asList(Causes::place).stream()
                                .flatMap(Optional::stream)
                                .toList()));
    }

    /** Empty for a node that no event has made. */
    private static Optional<Place> place(Value cause) {
        return EventId.parse(GraphPages.text(cause.get(0)))
                .map(id -> new Place(0, cause.get(1).asLong(), cause.get(2).asLong(), id));
    }
}
