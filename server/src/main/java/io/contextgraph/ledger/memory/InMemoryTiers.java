// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ledger.trim.TierSizes.Tier;
import io.contextgraph.ledger.trim.Tiers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what a ledger in memory holds; how much memory that takes, nobody knows. */
final class InMemoryTiers implements Tiers, RetentionNotes {
    private final InMemoryLedger ledger;
    private final Map<String, String> notes = new ConcurrentHashMap<>();

    InMemoryTiers(InMemoryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Optional<StoreMemory> memory() {
        return Optional.empty();
    }

    @Override
    public TierSizes sizes() {
        return ledger.locked(() -> {
            long trimmed = ledger.trimming().trimmed().seq();
            long unindexed = ledger.trimming().index().unindexed().seq();
            List<RecordedEvent> hot = ledger.events.stream().skip(trimmed).toList();
            return new TierSizes(
                    hot.stream().findFirst().map(RecordedEvent::recordedAt),
                    Tier.of(hot.size()),
                    Tier.of(hot.stream()
                            .map(event -> event.event().sessionId())
                            .distinct()
                            .count()),
                    Tier.of(ledger.events.size()),
                    Tier.of(ledger.documents.payloadCount()),
                    Tier.of(ledger.events.size() - unindexed),
                    Tier.of(unindexed),
                    Tier.of(ledger.sessionCount()),
                    ledger.groups().entrySet().stream()
                            .map(group -> new TierSizes.Group(
                                    group.getKey(),
                                    group.getValue().consumers(),
                                    group.getValue().pending()))
                            .toList());
        });
    }

    @Override
    public RetentionNotes notes() {
        return this;
    }

    @Override
    public Map<String, String> all() {
        return Map.copyOf(notes);
    }

    @Override
    public void put(String name, String text) {
        notes.put(name, text);
    }

    @Override
    public void remove(String name) {
        notes.remove(name);
    }
}
