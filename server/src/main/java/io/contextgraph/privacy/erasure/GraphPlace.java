// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.graph.PersonalNodes;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;

/**
 * The nodes of events about a person: they stay, as the graph is a function of the events, and say nothing of their own.
 *
 * @param nodes where they are
 */
public record GraphPlace(PersonalNodes nodes) implements ErasurePlace {
    @Override
    public String name() {
        return "graph";
    }

    @Override
    public Sweep sweep(List<Pseudonym> names) {
        return new Sweep(
                name(),
                nodes.blank(names.stream().map(Pseudonym::toString).toList()),
                "nodes stay with what envelopes say, under the pseudonym; every other text on them, and on their edges,"
                        + " says " + PersonalNodes.BLANK + "; summaries never had any of theirs",
                List.of(),
                "");
    }
}
