// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the first events that fail, and the last events of all, so that what led to a failure is found whether it comes
 * before it or after.
 *
 * <p>For one thread.
 */
final class Failures {
    /** Most failures that are told. */
    static final int MAX_CHAINS = 16;

    /** Most events of a chain. */
    static final int MAX_STEPS = 8;

    /** Most events that are remembered as possible causes. */
    static final int REMEMBERED = 4_096;

    /** What is known of an event as a cause. */
    private record Known(FailingChain.Step step, Optional<EventId> parent) {}

    /** One failure, as far as its causes are known. */
    private static final class Chain {
        private final List<FailingChain.Step> steps = new ArrayList<>();
        private final Set<EventId> ids = new HashSet<>();
        private final Optional<String> text;
        private @Nullable EventId next;
        private boolean cut;

        Chain(Known failed, Optional<String> text) {
            this.text = text;
            add(failed);
        }

        private void add(Known known) {
            steps.add(known.step());
            ids.add(known.step().id());
            next = known.parent().filter(parent -> !ids.contains(parent)).orElse(null);
        }

        void extend(Map<EventId, Known> remembered) {
            Known known = next == null ? null : remembered.get(next);
            while (known != null && steps.size() < MAX_STEPS) {
                add(known);
                known = next == null ? null : remembered.get(next);
            }
            cut = known != null;
        }

        FailingChain told() {
            return new FailingChain(steps, cut, text);
        }
    }

    private final Map<EventId, Known> remembered = new LinkedHashMap<>();
    private final List<Chain> chains = new ArrayList<>();

    /** @param text what the event says, empty where it is not to be told */
    void add(Event event, Optional<String> text) {
        Known known = new Known(FailingChain.Step.of(event), event.parentId());
        remembered.put(event.id(), known);
        if (remembered.size() > REMEMBERED) {
            // A chain that waits for it would wait in vain from now on.
            chains.forEach(chain -> chain.extend(remembered));
            remembered.remove(remembered.keySet().iterator().next());
        }
        boolean failed = event.status()
                .filter(status -> status == EventStatus.FAILED || status == EventStatus.TIMEOUT)
                .isPresent();
        if (failed && chains.size() < MAX_CHAINS) {
            Chain chain = new Chain(known, text);
            chain.extend(remembered);
            chains.add(chain);
        }
    }

    List<FailingChain> told() {
        chains.forEach(chain -> chain.extend(remembered));
        return chains.stream().map(Chain::told).toList();
    }
}
