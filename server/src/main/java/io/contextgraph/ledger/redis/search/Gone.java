// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.PlanText;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the ledger remembers of events that were pruned. */
public final class Gone {
    private final Redis redis;
    private final Keys keys;

    public Gone(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** When and why an event went; empty where it did not, or where that has been forgotten. */
    public Optional<Lookup.Gone> find(EventId id) {
        return Optional.ofNullable(redis.call(client -> client.zmscore(keys.gone(), id.toString()))
                        .getFirst())
                .map(score -> Math.round(score))
                .map(at -> pruning(at)
                        .orElseThrow(() -> RedisErrors.corrupt("event " + id + " is gone, and " + keys.prunings()
                                + " has no record of its pruning, " + at))
                        .gone());
    }

    /** Those of some events that are gone, as far as that is remembered. */
    Set<EventId> among(Collection<EventId> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        List<EventId> asked = List.copyOf(ids);
        String[] members = asked.stream().map(EventId::toString).toArray(String[]::new);
        List<Double> scores = redis.call(client -> client.zmscore(keys.gone(), members));
        Set<EventId> gone = new HashSet<>();
        for (int i = 0; i < asked.size(); i++) {
            if (scores.get(i) != null) {
                gone.add(asked.get(i));
            }
        }
        return gone;
    }

    /** The record of a pruning. */
    public Optional<Pruned> pruning(long at) {
        return Optional.ofNullable(redis.call(client -> client.hget(keys.prunings(), Long.toString(at))))
                .map(text -> PlanText.read(at, text));
    }
}
